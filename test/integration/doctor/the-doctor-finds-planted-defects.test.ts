import { describe, expect, it } from "vitest";
import { CHECKS, type DoctorReport } from "../../../doctor/index.ts";
import { DEFECTS } from "./broken-kme.ts";
import { defectsAreFound, examinations, FIRST_DEFECTS } from "./planted-defects.ts";

const found = ({ checks }: DoctorReport) =>
  checks.filter(({ verdict }) => verdict === "finding").map(({ check, findings }) => [check, ...findings]);
const skipped = ({ checks }: DoctorReport) =>
  checks.filter(({ verdict }) => verdict === "skipped").map(({ check, reason }) => [check, reason]);

describe("qkdlink doctor", () => {
  const trial = examinations();

  it("finds nothing in a server that keeps the standard, and skips nothing", async () => {
    const clean = await trial.examined();
    expect(found(clean)).toEqual([]);
    expect(skipped(clean)).toEqual([]);
    expect(clean).toMatchObject({ ok: true, standard: "ETSI GS QKD 014 V1.1.1" });
    expect(trial.exitCode()).toBe(0);
  });

  // The others are in the slow tests.
  defectsAreFound(trial, FIRST_DEFECTS);

  it("has a planted defect for every check", () => {
    const planted = new Set<string>(Object.values(DEFECTS));
    expect(CHECKS.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });
});
