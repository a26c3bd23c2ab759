import { afterEach, expect, it } from "vitest";
import { fitGate } from "../../../commissioning/measuring/gate-fit.ts";
import { scanSetting } from "../../../commissioning/steps/scan-setting.ts";
import type { StepContext } from "../../../commissioning/steps/step.ts";
import { openUnit, type Unit } from "../../../commissioning/units/unit.ts";
import { CommissioningRig } from "./commissioning-rig.ts";

let rig: CommissioningRig | undefined;
afterEach(() => rig?.stop());

/** The same unit, as if it could not measure by itself. */
function plain(unit: Unit): Unit {
  return Object.create(unit, { description: { value: { ...unit.description, measurements: [] } } }) as Unit;
}

it("a unit that cannot measure by itself is scanned by its frames, to the same centre and width", {
  timeout: 120_000,
}, async () => {
  rig = await CommissioningRig.start({ scenario: "quiet-metro", drift: "none" });
  const { signal } = new AbortController();
  const log = { add: () => {} };
  const alice = await openUnit("alice", rig.link.addresses.alice.tcp ?? "", undefined, log, signal);
  const bob = await openUnit("bob", rig.link.addresses.bob.tcp ?? "", undefined, log, signal);
  try {
    expect(bob.description.measurements).toContain("gateDelay");
    const scanned = async (unit: Unit) => {
      const context = {
        alice,
        bob,
        signal,
        set: (_: Unit, name: "gateDelayPs", value: number) => bob.set(name, value),
      } as unknown as StepContext;
      const points = await scanSetting(context, {
        unit,
        name: "gateDelayPs",
        kind: "gateDelay",
        from: -150,
        to: 150,
        points: 11,
        clicks: 60_000,
        dwellMs: 100,
      });
      expect(points.map(({ setting }) => setting)).toEqual([
        -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150,
      ]);
      return fitGate(
        points.map(({ setting, counts }) => ({
          delayPs: setting,
          clicks: counts.clicks[0],
          gates: counts.gates,
        })),
        1e-5,
      );
    };
    const [itself, frames] = [await scanned(bob), await scanned(plain(bob))];
    // Five standard uncertainties: one run in a million would differ by chance.
    const apart = (u: number, v: number) => 5 * Math.hypot(u, v);
    expect(Math.abs(itself.centrePs - frames.centrePs)).toBeLessThan(apart(itself.centreU, frames.centreU));
    expect(Math.abs(itself.fwhmPs - frames.fwhmPs)).toBeLessThan(apart(itself.fwhmU, frames.fwhmU));
    expect(Math.abs(itself.centrePs)).toBeLessThan(1);
  } finally {
    await alice.close();
    await bob.close();
  }
});
