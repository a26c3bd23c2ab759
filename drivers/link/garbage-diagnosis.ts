import { FrameError, type QkdError, TransportError } from "../../errors/index.ts";
import { PROTOCOL_VERSION } from "../../protocol/index.ts";
import type { TransportLabel } from "../transport/transport.ts";
import { type LinkCounters, totalGarbage } from "./link-counters.ts";

/** Fewer garbage bytes than this may be the tail of a frame that was cut when the line opened. */
const SUSPICIOUS_BYTES = 64;
/** So much garbage without a single frame needs no further waiting. */
const HOPELESS_BYTES = 8_192;

/** What is wrong with a line on which no valid frame ever arrived, or undefined while nothing points to the line. */
export function diagnoseGarbage(
  { kind, name }: TransportLabel,
  counters: LinkCounters,
): QkdError | undefined {
  if (counters.framesReceived > 0) return undefined;
  if ((counters.garbageBytes.version ?? 0) > 0)
    return new FrameError(
      "QKD_FRAME_VERSION",
      `${name} speaks another protocol version than ${PROTOCOL_VERSION}`,
      {
        context: { address: name },
      },
    );
  const garbageBytes = totalGarbage(counters);
  if (garbageBytes < SUSPICIOUS_BYTES) return undefined;
  const serial = kind === "serial";
  return new TransportError(
    "QKD_TRANSPORT_GARBAGE",
    `${name} sends bytes but no frame: ${serial ? "wrong baud rate, parity or stop bits" : "no transceiver listens there"}`,
    {
      retryable: true,
      context: { address: name, garbageBytes },
      ...(serial ? {} : { remedy: "check host and port: another service may listen there" }),
    },
  );
}

/** True when a diagnosis is certain enough to give the connection up at once. */
export function isHopeless(counters: LinkCounters): boolean {
  return (
    counters.framesReceived === 0 &&
    (totalGarbage(counters) >= HOPELESS_BYTES || (counters.garbageBytes.version ?? 0) > 0)
  );
}
