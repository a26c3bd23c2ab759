import { describe, expect, it } from "vitest";
import { gateSensitivity } from "../../physics/index.ts";
import { type LightSeen, lossChange } from "./loss-change.ts";

/** A receiver whose clicks obey fibre, laser and gates. */
function seen({ lossDb = 0, laserDb = 0, arrivalPs = 0, read = true }): LightSeen {
  const sent = 1e8;
  const [sensitivity] = gateSensitivity({ arrivalPs, skewPs: 0 });
  return {
    sent,
    detected: Math.round(sent * 0.02 * 10 ** ((laserDb - lossDb) / 10) * sensitivity),
    arrivalPs: read ? { value: arrivalPs, u: 1 } : null,
    laserDbm: read ? { value: -3 + laserDb, u: 0.01 } : null,
  };
}

describe("the change of a fibre's loss", () => {
  it("is told whichever way it goes, and nothing else is taken for it", () => {
    expect(lossChange(seen({}), seen({ lossDb: 0.3 }), 60).value).toBeCloseTo(0.3, 4);
    expect(lossChange(seen({ lossDb: 0.3 }), seen({}), 60).value).toBeCloseTo(-0.3, 4);
    expect(lossChange(seen({ arrivalPs: 20 }), seen({ arrivalPs: -3 }), 2400).value).toBeCloseTo(0, 4);
    expect(lossChange(seen({ laserDb: 0.1 }), seen({ laserDb: -0.1 }), 2400).value).toBeCloseTo(0, 4);
    expect(
      lossChange(seen({ arrivalPs: 25 }), seen({ lossDb: 0.15, laserDb: 0.1, arrivalPs: 2 }), 600).value,
    ).toBeCloseTo(0.15, 4);
  });

  it("is as certain as counts and readings make it", () => {
    const few = { ...seen({}), sent: 1e5, detected: 2000 };
    expect(lossChange(few, seen({}), 0).u).toBeCloseTo(4.343 * Math.sqrt(1 / 2000 + 1 / 2e6), 2);
    const off = { ...seen({ arrivalPs: 30 }), arrivalPs: { value: 30, u: 5 } };
    // d/dt of the gate's shape at 30 ps, times 5 ps: 10/ln 10 · 30/4279 · 5 dB.
    expect(lossChange(off, seen({}), 0).u).toBeCloseTo(0.152, 2);
    expect(lossChange(seen({}), { ...seen({}), laserDbm: { value: -3, u: 0.2 } }, 0).u).toBeCloseTo(0.2, 2);
  });

  it("is less certain without readings, the more the longer it took", () => {
    const u = (apartS: number) => lossChange(seen({ read: false }), seen({ read: false }), apartS).u;
    expect(u(60)).toBeCloseTo(0.031, 3);
    expect(u(1e6)).toBeCloseTo(Math.hypot(0.1, 0.04, 0.02), 3);
    expect(lossChange(seen({}), seen({}), 1e6).u).toBeCloseTo(Math.hypot(0.02, 0.01 * Math.SQRT2), 3);
  });
});
