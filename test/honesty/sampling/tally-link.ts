import type { OpticsControl } from "../../../emulator/index.ts";
import type { LinkParameters } from "../../../physics/index.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { ClassTally } from "./class-tally.ts";

/** A sample of a link by its name. */
export interface TallyRequest {
  readonly name: string;
  readonly link: LinkParameters;
  readonly gates: number;
  readonly controls?: readonly OpticsControl[];
  /** Sees the photocurrent of every frame. */
  readonly onPhotocurrentNa?: (nanoampere: number) => void;
}

const FRAME_DETECTIONS = 2 ** 20;
const FRAME_GATES = 2 ** 33;

/** Samples so many gates of a link and counts what both transceivers report. */
export function tallyLink(context: HonestyContext, request: TallyRequest): Promise<ClassTally> {
  const { name, link, gates, controls = [], onPhotocurrentNa } = request;
  return context.sample(`tally ${name}`, async () => {
    const optics = await context.openOptics({ link, seed: context.seedFor(name), controls });
    const tally = new ClassTally();
    while (Number(optics.gate) < gates) {
      const left = gates - Number(optics.gate);
      const frame = optics.nextFrame({
        maxDetections: FRAME_DETECTIONS,
        maxGates: BigInt(Math.min(left, FRAME_GATES)),
      });
      tally.add(frame);
      onPhotocurrentNa?.(frame.qrx.photocurrentNa);
      context.progress(`${name}: ${Math.round((100 * Number(optics.gate)) / gates)} %`);
    }
    return tally;
  });
}
