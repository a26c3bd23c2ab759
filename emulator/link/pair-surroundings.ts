import type { Surroundings } from "../device/device-world.ts";
import type { SiteLevel } from "../happenings/link-state/level.ts";
import { DEFAULT_AMBIENT_C } from "../happenings/link-state/link-state.ts";
import type { SiteName } from "../happenings/site-name.ts";
import type { LinkDrift } from "../optics/drift/usual-drift.ts";
import { detectorState } from "../optics/effects/detector.ts";
import { classicalNoise } from "../optics/effects/multiplexing.ts";
import type { OpticsDesk } from "./light/optics-desk.ts";

/** What lies around the devices of a pair, as their instruments see it. */
export class PairSurroundings {
  readonly #desk: OpticsDesk;
  readonly #ambientC: Record<SiteName, number> = { alice: DEFAULT_AMBIENT_C, bob: DEFAULT_AMBIENT_C };
  /** Nothing is lit on the fibre unless it is said to be. */
  readonly #classicalDbm: (number | null)[] = [null, null, null, null];
  readonly #driftNow: () => LinkDrift | undefined;

  /** `driftNow` tells how far the parts of the link are off by themselves. */
  constructor(desk: OpticsDesk, driftNow: () => LinkDrift | undefined) {
    this.#desk = desk;
    this.#driftNow = driftNow;
  }

  /** A level of the surroundings changes. */
  set(level: Exclude<SiteLevel, { type: "deviceFault" }>): void {
    if (level.type === "ambient") this.#ambientC[level.site] = level.celsius;
    else this.#classicalDbm[level.channel - 1] = level.dbm;
  }

  /** What the device at a site sees. */
  at(site: SiteName): Surroundings {
    const { conditions } = this.#desk;
    const { link, laserPower, trojanLightDbm, modulatorOffsetV, modulatorSettingV, strayPerGate } =
      conditions;
    const { darkCountsPerGate } = detectorState(conditions);
    const dark = darkCountsPerGate[0] + darkCountsPerGate[1];
    const drift = this.#driftNow();
    const airK = (site === "alice" ? drift?.aliceAirK : drift?.bobAirK) ?? 0;
    return {
      ambientC: this.#ambientC[site] + airK,
      laserRelative: laserPower * 10 ** ((drift?.laserDb ?? 0) / 10),
      modulatorOffsetV: modulatorOffsetV + modulatorSettingV + (drift?.modulatorV ?? 0),
      fibreLossDb: Math.max(0, this.#desk.fibreLossDb + (drift?.lossDb ?? 0)),
      classicalDbm: this.#classicalDbm,
      trojanLightDbm,
      backgroundPerGate: dark + link.noisePerGate + strayPerGate + (classicalNoise(conditions)?.total ?? 0),
    };
  }
}
