import { countDetections, type Optics, type OpticsFrame, type OpticsSetup } from "../../../emulator/index.ts";
import type { OpticsFactory } from "../suite/honesty-context.ts";

/** Detections as one byte each: bit 0 Alice's basis, 1 her bit, 2-3 intensity, 4 Bob's basis, 5 his bit. */
export function codesOf({ qtx, qrx, detections }: OpticsFrame): Uint8Array {
  const planes = [qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh, qrx.basis, qrx.bit];
  const codes = new Uint8Array(detections);
  for (const [bit, plane] of planes.entries())
    for (let i = 0; i < detections; i++) codes[i]! |= ((plane[i >>> 3]! >>> (i & 7)) & 1) << bit;
  return codes;
}

/** The frame with other detections. */
export function withCodes<F extends OpticsFrame>(frame: F, codes: Uint8Array): F {
  const plane = (bit: number) => {
    const bytes = new Uint8Array((codes.length + 7) >>> 3);
    for (let i = 0; i < codes.length; i++) bytes[i >>> 3]! |= ((codes[i]! >>> bit) & 1) << (i & 7);
    return bytes;
  };
  return {
    ...frame,
    detections: codes.length,
    counts: countDetections(codes),
    qtx: { ...frame.qtx, basis: plane(0), bit: plane(1), intensityLow: plane(2), intensityHigh: plane(3) },
    qrx: { ...frame.qrx, basis: plane(4), bit: plane(5) },
  };
}

/** A frame as the optics hand it out, with truth where that was asked for. */
export type SampledFrame = ReturnType<Optics["nextFrame"]>;

/** Optics whose every frame passes through `change`, made anew for each setup. */
export function changingFrames(
  inner: OpticsFactory,
  change: (setup: OpticsSetup, optics: Optics) => (frame: SampledFrame) => SampledFrame,
): OpticsFactory {
  return async (setup) => {
    const optics = await inner(setup);
    const apply = change(setup, optics);
    return {
      nextFrame: (limits) => apply(optics.nextFrame(limits)),
      control: (control) => optics.control(control),
      get gate() {
        return optics.gate;
      },
      get conditions() {
        return optics.conditions;
      },
    };
  };
}
