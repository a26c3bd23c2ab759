import type { OpticsConditions } from "../conditions.ts";

/** Phase that encodes each basis (0 Z, 1 X) and bit, radian. */
const SENDER_PHASE = [
  [0, Math.PI],
  [Math.PI / 2, (3 * Math.PI) / 2],
] as const;
const RECEIVER_PHASE = [0, Math.PI / 2] as const;

/**
 * Fraction of the light that leaves towards detector 0 (physics paper 1.2): (1 + V cos(phase difference)) / 2, V being
 * the visibility in Bob's basis. In matched bases the wrong detector gets (1 - V)/2, in mismatched ones each gets half,
 * unless a phase error tilts it. Alice's own error acts on bit 1, whose phase her modulator has to reach (state
 * preparation; Xu et al. 2015, arXiv:1408.3667, examine such errors of commercial units).
 */
export function fractionToZero(
  conditions: OpticsConditions,
  senderBasis: number,
  senderBit: number,
  receiverBasis: number,
): number {
  const { misalignment } = conditions.link;
  const visibility = 1 - 2 * (receiverBasis === 0 ? misalignment.z : misalignment.x);
  const set = SENDER_PHASE[senderBasis]![senderBit]! - RECEIVER_PHASE[receiverBasis]!;
  const { preparationRad, phaseErrorRad, modeHopRad, phaseSettingRad } = conditions;
  const prepared = senderBit === 0 ? 0 : senderBasis === 0 ? preparationRad.z : preparationRad.x;
  const error = phaseErrorRad + modeHopRad - phaseSettingRad + prepared;
  // Exact where the error is zero: cos(pi / 2) is not.
  const crossed = senderBasis !== receiverBasis;
  const cosine = error === 0 && crossed ? 0 : Math.cos(set + error);
  return (1 + visibility * cosine) / 2;
}
