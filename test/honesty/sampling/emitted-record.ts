import type { LinkParameters } from "../../../physics/index.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";

/** What left Alice at consecutive gates, detected or not. */
export interface EmittedRecord {
  /** bit 0 basis, 1 bit, 2-3 intensity. */
  readonly settings: Uint8Array;
  /** Photons of each pulse, 255 for more. */
  readonly photons: Uint8Array;
}

/** Looks at every pulse of the first `gates` gates through the tap of truth. */
export function recordEmitted(
  context: HonestyContext,
  request: { readonly name: string; readonly link: LinkParameters; readonly gates: number },
): Promise<EmittedRecord> {
  const { name, link, gates } = request;
  return context.sample(`emitted ${name}`, async () => {
    const seed = context.seedFor(`emitted ${name}`);
    const optics = await context.openOptics({ link, seed, truth: true });
    const settings = new Uint8Array(gates);
    const photons = new Uint8Array(gates);
    for (let at = 0; at < gates; ) {
      const { truth, firstGate, gateCount } = optics.nextFrame({
        maxDetections: 2 ** 20,
        maxGates: BigInt(Math.min(gates - at, 250_000)),
      });
      for (let gate = firstGate; gate < firstGate + gateCount; gate++, at++) {
        const pulse = truth!.emitted(gate);
        settings[at] = pulse.basis | (pulse.bit << 1) | (pulse.intensity << 2);
        photons[at] = Math.min(255, pulse.photons);
      }
      context.progress(`pulses of ${name}: ${Math.round((100 * at) / gates)} %`);
    }
    return { settings, photons };
  });
}
