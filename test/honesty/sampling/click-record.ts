import type { OpticsControl, OpticsFrame } from "../../../emulator/index.ts";
import type { LinkParameters } from "../../../physics/index.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";

/** Every click of a stretch of gates in order, from the tap of truth. */
export interface ClickRecord {
  readonly gates: number;
  /** Gate of each click, counted from the first gate. */
  readonly gate: Float64Array;
  /** bit 0 Alice's basis, 1 her bit, 2-3 intensity, 4 Bob's basis, 5 his reported bit, 6 and 7 detector 0 and 1 fired. */
  readonly code: Uint8Array;
  /**
   * Settings (low five bits of a code) of all gates that the sampler looked at, in order: chosen without regard to any
   * setting, so that these follow the probabilities of Alice and Bob.
   */
  readonly looked: Uint8Array;
}

/** A record by its name. */
export interface RecordRequest {
  readonly name: string;
  readonly link: LinkParameters;
  readonly gates: number;
  readonly controls?: readonly OpticsControl[];
}

/** Samples so many gates with the tap of truth. */
export function recordClicks(context: HonestyContext, request: RecordRequest): Promise<ClickRecord> {
  const { name, link, gates, controls = [] } = request;
  return context.sample(`clicks ${name}`, async () => {
    const seed = context.seedFor(`clicks ${name}`);
    const optics = await context.openOptics({ link, seed, controls, truth: true });
    const gate: number[] = [];
    const code: number[] = [];
    const looked: number[] = [];
    while (Number(optics.gate) < gates) {
      const left = gates - Number(optics.gate);
      const frame = optics.nextFrame({ maxDetections: 2 ** 15, maxGates: BigInt(Math.min(left, 2 ** 28)) });
      let detection = 0;
      for (const truth of frame.truth!.gates) {
        const settings = truth.basis | (truth.bit << 1) | (truth.intensity << 2) | (truth.bobBasis << 4);
        looked.push(settings);
        const fired = (truth.clicked[0] ? 0x40 : 0) | (truth.clicked[1] ? 0x80 : 0);
        if (fired === 0) continue;
        gate.push(Number(truth.gate));
        code.push(settings | fired | (bobBit(frame, detection++) << 5));
      }
      context.progress(`clicks of ${name}: ${Math.round((100 * Number(optics.gate)) / gates)} %`);
    }
    return {
      gates,
      gate: Float64Array.from(gate),
      code: Uint8Array.from(code),
      looked: Uint8Array.from(looked),
    };
  });
}

function bobBit(frame: OpticsFrame, detection: number): number {
  return (frame.qrx.bit[detection >>> 3]! >>> (detection & 7)) & 1;
}
