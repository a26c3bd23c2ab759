import type { Surroundings } from "../device/device-world.ts";
import type { SiteLevel } from "../happenings/link-state/level.ts";
import { DEFAULT_AMBIENT_C } from "../happenings/link-state/link-state.ts";
import type { SiteName } from "../happenings/site-name.ts";
import { classicalNoise } from "../optics/effects/multiplexing.ts";
import type { OpticsDesk } from "./light/optics-desk.ts";

/** What lies around the devices of a pair, as their instruments see it. */
export class PairSurroundings {
  readonly #desk: OpticsDesk;
  readonly #ambientC: Record<SiteName, number> = { alice: DEFAULT_AMBIENT_C, bob: DEFAULT_AMBIENT_C };
  readonly #classicalDbm: (number | null)[] = [0, 0, 0, 0];

  constructor(desk: OpticsDesk) {
    this.#desk = desk;
  }

  /** A level of the surroundings changes. */
  set(level: Exclude<SiteLevel, { type: "deviceFault" }>): void {
    if (level.type === "ambient") this.#ambientC[level.site] = level.celsius;
    else this.#classicalDbm[level.channel - 1] = level.dbm;
  }

  /** What the device at a site sees. */
  at(site: SiteName): Surroundings {
    const { conditions } = this.#desk;
    const { link, laserPower, trojanLightDbm } = conditions;
    const dark = link.darkCountsPerGate[0] + link.darkCountsPerGate[1];
    return {
      ambientC: this.#ambientC[site],
      laserRelative: laserPower,
      fibreLossDb: this.#desk.fibreLossDb,
      classicalDbm: this.#classicalDbm,
      trojanLightDbm,
      backgroundPerGate: dark + link.noisePerGate + (classicalNoise(conditions)?.total ?? 0),
    };
  }
}
