import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restoreSettings } from "../../../commissioning/index.ts";
import { type OpenedTransceiver, openTransceiver } from "../../../drivers/index.ts";
import { CommissioningRig } from "./commissioning-rig.ts";

let rig: CommissioningRig;
beforeEach(async () => {
  rig = await CommissioningRig.start();
});
afterEach(() => rig.stop());

const READ = [
  "laserEnabled",
  "attenuationDb",
  "gateDelayPs",
  "phaseOffsetRad",
  "detectorTemperatureC",
] as const;

async function settings() {
  const found: Record<string, unknown> = {};
  for (const site of ["alice", "bob"] as const) {
    const unit = await openTransceiver(rig.link.addresses[site].tcp ?? "");
    for (const { name, value } of await unit.listParameters())
      if ((READ as readonly string[]).includes(name)) found[`${site} ${name}`] = value;
    await unit.close();
  }
  return found;
}

/**
 * Resolves when the step has touched a unit: its first setting is in the journal, so that the unit may have it, or a unit scans
 * by itself.
 */
async function isUnderWay(step: number, units: readonly OpenedTransceiver[]): Promise<void> {
  const isSet = (line: string) => line.includes('"set"') && line.includes(`"step":${step},`);
  const scans = async () => (await Promise.all(units.map((unit) => unit.status()))).some(isCalibrating);
  while (!journal().split("\n").some(isSet) && !(await scans())) await sleep(1);
}

const isCalibrating = ({ state }: { readonly state: string }): boolean => state === "calibrating";

function journal(): string {
  try {
    return readFileSync(join(rig.out(), "journal.jsonl"), "utf8");
  } catch {
    return "";
  }
}

describe("a commissioning that is stopped", { timeout: 300_000 }, () => {
  it.each([6, 8, 10, 21])("in step %d leaves both units as they were, and goes on there", async (number) => {
    const before = await settings();
    const { alice, bob } = rig.link.addresses;
    const units = await Promise.all([alice, bob].map(({ tcp = "" }) => openTransceiver(tcp)));
    const options = { skip: [5, 20, 22, 23, 24] };
    const { error } = await rig.run({
      options,
      watch: (news, stop) => {
        if (news.type === "step" && news.number === number) void isUnderWay(number, units).then(stop);
      },
    });
    await Promise.all(units.map((unit) => unit.close()));
    expect(error).toMatchObject({ code: "QKD_COMMISSION_STOPPED" });
    expect(await settings()).toEqual(before);
    const next = await rig.run({
      options,
      untilFailed: true,
      watch: (news, stop) => void (news.type === "done" && stop()),
    });
    const begun = next.news.flatMap((one) => (one.type === "step" ? [one.number] : []));
    expect(begun[0]).toBe(number);
  });

  it("and whose settings stayed, because it was killed, is put right by --restore and by the next run", async () => {
    const before = await settings();
    await rig.run({ watch: (news, stop) => void (news.type === "done" && news.number === 1 && stop()) });
    // What a killed run leaves: a line on the disk, and a unit that took the value.
    const alice = await openTransceiver(rig.link.addresses.alice.tcp ?? "");
    const line = {
      type: "set",
      step: 10,
      unit: "alice",
      serial: alice.identity.serial,
      name: "attenuationDb",
      found: 0,
      to: 12,
    };
    appendFileSync(join(rig.out(), "journal.jsonl"), `${JSON.stringify(line)}\n`);
    await alice.service.setParameter("attenuationDb", 12);
    await alice.close();
    expect(await settings()).toMatchObject({ "alice attenuationDb": 12 });
    const { alice: a, bob: b } = rig.link.addresses;
    const options = {
      alice: a.tcp ?? "",
      bob: b.tcp ?? "",
      out: rig.out(),
      signal: new AbortController().signal,
      tell: () => {},
    };
    expect(await restoreSettings(options)).toEqual(["alice attenuationDb"]);
    expect(await settings()).toEqual(before);
    expect(await restoreSettings(options)).toEqual([]);
    expect(readFileSync(join(rig.out(), "journal.jsonl"), "utf8")).toContain('"restored"');
  });
});

describe("a link that others use", { timeout: 120_000 }, () => {
  it("is refused while key is made on it, and nothing is set", async () => {
    const bob = await openTransceiver(rig.link.addresses.bob.tcp ?? "");
    await bob.start();
    const { error } = await rig.run();
    expect(error).toMatchObject({ code: "QKD_COMMISSION_BUSY", message: expect.stringContaining("Bob") });
    await bob.stop();
    await bob.close();
  });

  it("is refused to a second engineer, who is told the name of the first", async () => {
    const bob = await openTransceiver(rig.link.addresses.bob.tcp ?? "");
    const lease = await bob.service.lease("Operator 7");
    const { error } = await rig.run();
    expect(error).toMatchObject({
      code: "QKD_COMMISSION_BUSY",
      message: expect.stringContaining("Operator 7"),
    });
    await lease.release();
    await bob.close();
  });
});
