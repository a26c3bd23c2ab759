import { finiteRate } from "../../physics/index.ts";
import { litLink, type PlannedLink } from "./plan-report.ts";

/**
 * What is counted on of the closed form. The chain keeps 94.9 % of it at blocks of 10^8 bits (docs/PERFORMANCE.md); the rest
 * covers what drifts between calibrations.
 */
export const CHAIN_SHARE = 0.9;
/** Key of a block that confirms it between the sites and is never handed out (SPEC-PEER 5.2), bits. */
const TAIL_BITS = 512;

/** Loss beyond which no photon is left to speak of, and no closed form goes. */
const DARK_DB = 200;

/** Key that users can count on, and how it comes. */
export interface DependableRate {
  /** Average over days, bits per second. */
  readonly rateBps: number;
  /** Seconds from block to block; infinite where nothing is detected. */
  readonly blockS: number;
}

/**
 * Secret key rate that is promised: the lesser of what the plan's bound and the controller's give for the block, less what no
 * controller hands out, while the link is available.
 */
export function dependableRate(planned: PlannedLink): DependableRate {
  const { link } = litLink(planned);
  const { plan, availability } = planned;
  const controller = finiteRate(link, { ...plan, bound: "composable" });
  const asked = plan.bound === "composable" ? controller : finiteRate(link, plan);
  const perBlockBits =
    Math.min(asked.rateBps, controller.rateBps) * controller.blockS * CHAIN_SHARE - TAIL_BITS;
  const rateBps = perBlockBits > 0 ? (perBlockBits / controller.blockS) * availability : 0;
  return { rateBps, blockS: controller.blockS };
}

/** The same link with so much more loss on its way, in decibels. */
export function withMoreLoss(planned: PlannedLink, moreDb: number): PlannedLink {
  const channelLossDb = Math.min(DARK_DB, Math.max(0, planned.link.channelLossDb + moreDb));
  // Joints and age lose light on the way, but make the fibre no longer.
  const fibreKm = planned.fibreKm ?? planned.link.channelLossDb / planned.fibreDbPerKm;
  return { ...planned, fibreKm, link: { ...planned.link, channelLossDb } };
}

/** The same link with the noise of its channels worked out once: loss that does not lengthen the fibre leaves it as it is. */
export function withNoiseSettled(planned: PlannedLink): PlannedLink {
  const { link, fibreKm } = litLink(planned);
  return { ...planned, link, fibreKm, channels: [] };
}
