import type { DetectionCounts } from "../../../kernels/index.ts";
import { checkArgument, rule } from "../../../options/index.ts";

/** Counts detections, one code byte each: bit 0 Alice's basis, 1 her bit, 2-3 intensity, 4 Bob's basis, 5 his bit. */
export function countDetections(codes: Uint8Array): DetectionCounts {
  checkArgument("codes", codes, rule.bytes);
  let [receiverZero, lowest, lowestWrong, highest] = [0, 0, 0, 0];
  const matched: [number, number] = [0, 0];
  const wrong: [number, number] = [0, 0];
  for (const code of codes) {
    const basis = (code & 0x10) === 0 ? 0 : 1;
    const level = (code >>> 2) & 3;
    if (basis === 0) receiverZero += 1;
    if ((code & 1) !== basis) continue;
    const differ = ((code >>> 1) ^ (code >>> 5)) & 1;
    matched[basis] += 1;
    wrong[basis] += differ;
    if (level === 0) lowest += 1;
    if (level === 0) lowestWrong += differ;
    if (level === 2) highest += 1;
  }
  return { receiverZero, matched, wrong, lowest, lowestWrong, highest };
}
