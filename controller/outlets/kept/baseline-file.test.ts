import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { BaselineFile } from "../../../diagnosis/index.ts";
import { linkPreset } from "../../../physics/index.ts";
import { keepBaseline, learntBaselineOf, readOwnBaseline } from "./baseline-file.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-baseline-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FILE: Omit<BaselineFile, "schema"> = {
  linkId: "ab".repeat(16),
  serials: { alice: "E1", bob: "" },
  learntUtc: "2026-01-01T00:00:00.000Z",
  clockHz: 1e9,
  baseline: { link: linkPreset("yuan2018").link, look: {}, scatter: {}, independentLooks: 1 },
};
const OWNER = { linkId: FILE.linkId, role: "qtx", serial: "E1" } as const;

describe("the baseline of a site", () => {
  const path = join(folder, "link.json");

  it("is read as it was kept, for the unit that it was learnt with, and by its owner alone", async () => {
    await keepBaseline(path, FILE);
    expect(await readOwnBaseline(path, OWNER)).toMatchObject(FILE);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it.each([
    ["another link", { ...OWNER, linkId: "cd".repeat(16) }, /another link/],
    ["another unit", { ...OWNER, serial: "E2" }, /another unit/],
    ["the unit of the other end", { ...OWNER, role: "qrx" as const }, /another unit/],
  ])("is refused to %s", async (_, owner, sentence) => {
    await expect(readOwnBaseline(path, owner)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringMatching(sentence),
    });
  });

  it("is refused where it is none, too long, or not there", async () => {
    const other = join(folder, "other.json");
    writeFileSync(other, "{}");
    await expect(readOwnBaseline(other, OWNER)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
    writeFileSync(other, `${readFileSync(path, "utf8")}${" ".repeat(1024 * 1024)}`);
    await expect(readOwnBaseline(other, OWNER)).rejects.toMatchObject({ code: "QKD_CONFIG_UNREADABLE" });
    await expect(readOwnBaseline(join(folder, "none"), OWNER)).rejects.toMatchObject({
      code: "QKD_CONFIG_UNREADABLE",
      message: expect.stringMatching(/there is no such file/),
    });
  });

  it("is not replaced by half of one", async () => {
    const before = statSync(path).ino;
    await keepBaseline(path, FILE);
    expect(statSync(path).ino, "a file of its own takes its place").not.toBe(before);
    const within = join(path, "under-a-file.json");
    await expect(keepBaseline(within, FILE)).rejects.toBeDefined();
    expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(learntBaselineOf("keys.db")).toBe("keys.db.baseline.json");
  });
});
