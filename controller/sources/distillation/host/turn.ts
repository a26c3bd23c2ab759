import { distillationParities } from "../../../../protocol/index.ts";
import type { EngineInput } from "../engine-io.ts";

/**
 * Where a step ends that takes no more parities than it must: behind the message that completes so many bytes of them.
 * The peer then works on their answer while this site goes on with the rest.
 */
export function turnEnd(inputs: readonly EngineInput[], parityBytes: number): number {
  let left = parityBytes;
  for (const [index, input] of inputs.entries()) {
    if (input.type !== "peerMessage" || input.kind !== distillationParities.kind) continue;
    left -= input.body.length;
    if (left <= 0) return index + 1;
  }
  return inputs.length;
}
