import type { Happening, OpticsControl } from "../../../../emulator/index.ts";
import type { LinkParameters } from "../../../../physics/index.ts";
import type { HonestyContext } from "../../suite/honesty-context.ts";
import { DriverLink } from "./driver-link.ts";
import type { UserFrame } from "./user-frame.ts";

/**
 * Both ways on which users meet the photons, neither with the tap of truth: drivers at a running link, and the optics
 * with the compiled kernel in this process, which are faster and behind which faults can be planted.
 */
export const PATHS = ["drivers", "kernel"] as const;
export type Path = (typeof PATHS)[number];

/** Frames of a link by the name of the sample. */
export interface FramesRequest {
  readonly name: string;
  readonly link: LinkParameters;
  readonly detectionsPerFrame: number;
  /** Changes in force from the first gate on, in the words of each path. */
  readonly controls?: readonly OpticsControl[];
  readonly happenings?: readonly Happening[];
}

/** Link time after which a driver's frame ends at the latest; the kernel's do the same. */
const LONGEST_FRAME_S = 0.25;

/** Frames as a user of that path gets them; endless. Leaving the loop closes everything. */
export async function* userFrames(
  context: HonestyContext,
  path: Path,
  request: FramesRequest,
): AsyncGenerator<UserFrame, never> {
  const { name, link, detectionsPerFrame, controls = [], happenings = [] } = request;
  const seed = context.seedFor(`${path} ${name}`);
  if (path === "kernel") {
    const optics = await context.openOptics({ link, seed, controls });
    const maxGates = BigInt(Math.round(link.clockHz * LONGEST_FRAME_S));
    for (;;) yield optics.nextFrame({ maxDetections: detectionsPerFrame, maxGates });
  }
  const drivers = await DriverLink.open({ link, seed });
  try {
    for (const happening of happenings) await drivers.apply(happening);
    await drivers.start(detectionsPerFrame);
    for (;;) yield await drivers.next();
  } finally {
    await drivers.close();
  }
}
