import { DistillationError, PeerError, type QkdError } from "../../../../errors/index.ts";
import type { Expiry } from "./waits.ts";

/** What lasted too long, under the code of whose work it was. */
export function stallError({ wait, waitedMs }: Expiry): QkdError {
  const { awaited, sequence, limitMs, of } = wait;
  const context = { awaited, ...(sequence === null ? {} : { sequence }), waitedMs, limitMs };
  const options = { retryable: true, context };
  return of === "peer"
    ? new PeerError("QKD_PEER_STALLED", `the peer left this site waiting: ${awaited}`, options)
    : new DistillationError("QKD_DISTILLATION_STALLED", `no answer within this site: ${awaited}`, options);
}
