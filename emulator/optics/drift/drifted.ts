import type { OpticsConditions } from "../conditions.ts";
import type { LinkDrift } from "./usual-drift.ts";

/** Conditions as the light meets them while parts of the link are off by `drift`. */
export function drifted(conditions: OpticsConditions, drift: LinkDrift): OpticsConditions {
  const { link } = conditions;
  const worn = (misalignment: number) => Math.min(0.5, misalignment + drift.visibilityLoss / 2);
  const efficiency = (detector: 0 | 1) =>
    Math.min(1, link.detectorEfficiency[detector] * Math.max(0, 1 + drift.efficiency[detector]));
  return {
    ...conditions,
    link: {
      ...link,
      channelLossDb: Math.min(200, Math.max(0, link.channelLossDb + drift.lossDb)),
      misalignment: { z: worn(link.misalignment.z), x: worn(link.misalignment.x) },
      detectorEfficiency: [efficiency(0), efficiency(1)],
    },
    laserPower: conditions.laserPower * 10 ** (drift.laserDb / 10),
    arrivalPs: conditions.arrivalPs + drift.delayPs,
    phaseErrorRad: conditions.phaseErrorRad + drift.phaseRad,
    modulatorOffsetV: conditions.modulatorOffsetV + drift.modulatorV,
  };
}
