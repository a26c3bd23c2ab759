import { type EventOf, planeBytes } from "../../protocol/index.ts";
import type { QrxRawKeyFrame, QtxRawKeyFrame, RawKeyFrame } from "./transceiver.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A received raw-key frame for the users of the driver. The planes are the bytes that the scanner gathered, not a copy.
 * They are hidden from enumeration, so that neither `inspect` nor JSON nor a spread shows key bits.
 */
export function qtxFrame(message: EventOf<"rawKeyQtx">): QtxRawKeyFrame {
  return withPlanes({ role: "qtx" as const, ...head(message), sent: message.sent }, message);
}

/** The same for the receiver's half. */
export function qrxFrame(message: EventOf<"rawKeyQrx">): QrxRawKeyFrame {
  const { clicksDetector0, clicksDetector1, doubleClicks, deadGates, photocurrentNa } = message;
  return withPlanes(
    {
      role: "qrx" as const,
      ...head(message),
      clicksPerDetector: [clicksDetector0, clicksDetector1] as const,
      doubleClicks,
      deadGates,
      photocurrentNa,
    },
    message,
  );
}

function head(message: EventOf<"rawKeyQtx"> | EventOf<"rawKeyQrx">) {
  const { sessionNumber, frameId, firstGate, gateCount, detections, gateDigest } = message;
  return {
    sessionNumber,
    frameId,
    firstGate,
    gateCount,
    detections,
    gateDigest,
    planeBytes: planeBytes(detections),
  };
}

function withPlanes<F extends Omit<RawKeyFrame, "planes">>(
  fields: F,
  message: EventOf<"rawKeyQtx"> | EventOf<"rawKeyQrx">,
): F & Pick<RawKeyFrame, "planes"> {
  const shown = `[${fields.role} raw-key frame ${fields.frameId}, ${fields.detections} secret detections]`;
  const hidden = <T>(value: T) => ({ value, enumerable: false });
  Object.defineProperties(fields, {
    planes: hidden(message.planes.reveal()),
    toJSON: hidden(() => shown),
    toString: hidden(() => shown),
    [INSPECT]: hidden(() => shown),
  });
  return fields as F & Pick<RawKeyFrame, "planes">;
}
