import {
  decodePeerHeader,
  type FrameEvent,
  FrameScanner,
  type FramingOptions,
  PEER_HEADER_BYTES,
} from "../../protocol/index.ts";
import {
  decodePseudoHeader,
  encodePseudoHeader,
  PSEUDO_HEADER_BYTES,
  planeOf,
} from "../packet/pseudo-header.ts";
import type { CapturePacket } from "../pcapng/capture-reader.ts";
import { type RedactedPacket, redactFrame, zeros } from "./redact-frame.ts";
import { redactPeerMessage } from "./redact-peer-message.ts";

/**
 * What of a recorded packet may be handed on, with its pseudo header: the same redaction once more, whoever wrote the
 * recording. Nothing of a packet that no recorder of this kind wrote.
 */
export function redactPacket(packet: CapturePacket, framing: FramingOptions = {}): Uint8Array[] {
  const plane = planeOf(packet.interface.linkType);
  const facts = decodePseudoHeader(packet.bytes);
  if (plane === undefined || facts === undefined) return [];
  const bytes = packet.bytes.subarray(PSEUDO_HEADER_BYTES);
  const again = (): RedactedPacket[] => {
    if (facts.damaged) return zeros(bytes.length, facts.reason);
    if (plane === "session") return frames(bytes, framing).flatMap((event) => redactFrame(event, framing));
    if (plane === "peer") return peerMessage(bytes);
    return [{ bytes, redacted: false, damaged: false, repeat: false, reason: "none" }];
  };
  return again().map(({ bytes: kept, ...told }) => {
    const head = encodePseudoHeader({ ...told, direction: facts.direction, unit: facts.unit });
    const whole = new Uint8Array(head.length + kept.length);
    whole.set(head);
    whole.set(kept, head.length);
    return whole;
  });
}

function frames(bytes: Uint8Array, framing: FramingOptions): FrameEvent[] {
  const scanner = new FrameScanner(framing);
  const events = [...scanner.push(bytes)];
  while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
  return events;
}

function peerMessage(bytes: Uint8Array): RedactedPacket[] {
  try {
    const { kind, bodyBytes } = decodePeerHeader(bytes);
    const body = bytes.subarray(PEER_HEADER_BYTES);
    return body.length === bodyBytes ? [redactPeerMessage(kind, body)] : zeros(bytes.length, "length");
  } catch {
    return zeros(bytes.length, "header");
  }
}
