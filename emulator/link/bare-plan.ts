import { gridFrequencyThz } from "../../physics/index.ts";
import type { LinkPlan } from "../happenings/link-state/link-state.ts";

/** Grid slots (100 GHz) of the classical channels that a link without a scenario can have lit. */
const CHANNEL_SLOTS = [13, 14, 15, 16];

/**
 * What a link without a scenario is made of: a fibre without named connectors, and four dark classical channels of the C
 * band, 1 THz and more above the C-band presets' quantum channel.
 */
export function barePlan(quantumWavelengthNm: number, fibreKm: number): LinkPlan {
  return {
    connectors: [],
    channels: CHANNEL_SLOTS.map((slot, index) => ({
      name: `${index + 1}`,
      frequencyThz: gridFrequencyThz(slot, 100),
      direction: "forward",
      launchDbm: 0,
      lit: false,
    })),
    multiplex: { quantumWavelengthNm, fibreKm },
    aerial: true,
    gatesApart: true,
  };
}
