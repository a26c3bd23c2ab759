import type { HonestyContext } from "../../suite/honesty-context.ts";
import { codesOf } from "./user-frame.ts";
import { type FramesRequest, type Path, userFrames } from "./user-frames.ts";

/** Clicks in time without the tap of truth. */
export interface UserClicks {
  readonly gates: number;
  /** Gate of each click, counted from the first gate. */
  readonly gate: Float64Array;
  /** As in `codesOf`, with bits 6 and 7: detector 0 and 1 fired. */
  readonly code: Uint8Array;
}

/** Frames of one detection each end with the gate of that detection: so users learn when a click was. */
export function userClicks(
  context: HonestyContext,
  path: Path,
  request: Omit<FramesRequest, "detectionsPerFrame"> & { readonly clicks: number },
): Promise<UserClicks> {
  const { clicks, name } = request;
  return context.sample(`${path} clicks ${name}`, async () => {
    const gate: number[] = [];
    const code: number[] = [];
    let gates = 0;
    for await (const frame of userFrames(context, path, { ...request, detectionsPerFrame: 1 })) {
      gates = Number(frame.firstGate + frame.gateCount);
      if (frame.detections === 1) {
        const [zero, one] = frame.qrx.clicksPerDetector;
        gate.push(gates - 1);
        code.push(codesOf(frame)[0]! | (zero << 6) | (one << 7));
      }
      if (gate.length === clicks) break;
      if (gate.length % 1000 === 0) context.progress(`${path}, ${name}: ${gate.length} of ${clicks} clicks`);
    }
    return { gates, gate: Float64Array.from(gate), code: Uint8Array.from(code) };
  });
}
