import { eavesdropperIndicators, expectationOf, type Indicator } from "../../../controller/index.ts";
import { LINK_PRESETS, type LinkParameters, type PresetName } from "../../../physics/index.ts";
import { PoissonSampler } from "./poisson-sampler.ts";
import { CHARGE_NA, quietBlock, quietLink } from "./quiet-block.ts";

/** One kind of quiet link, and what its blocks raised. */
export interface QuietResult {
  readonly preset: PresetName;
  readonly lossDb: number;
  readonly blockBits: number;
  readonly drift: string;
  readonly blocks: number;
  readonly alarms: readonly Indicator[];
  /** Blocks with an alarm. */
  readonly alarmed: number;
}

/** Smallest, usual and largest blocks of the settings. */
const BLOCK_BITS = [1e5, 3e5, 1e6, 1e7, 1.1e8];
const LOSSES_DB = [0, 2, 5, 8, 10, 13, 16, 19, 22, 26, 30, 40, 60];
/** What may be otherwise than configured without anybody on the line: docs/ATTACKS.md. */
const DRIFTS: Readonly<Record<string, (link: LinkParameters) => LinkParameters>> = {
  "as configured": (link) => link,
  "2 dB more loss": (link) => ({ ...link, channelLossDb: link.channelLossDb + 2 }),
  "half the dark counts": (link) => ({ ...link, darkCountsPerGate: darker(link, 0.5) }),
  "twice the dark counts": (link) => ({ ...link, darkCountsPerGate: darker(link, 2) }),
};

/** Kinds of links that a run judges. */
export const QUIET_KINDS =
  Object.keys(LINK_PRESETS).length * LOSSES_DB.length * Object.keys(DRIFTS).length * BLOCK_BITS.length;

function darker({ darkCountsPerGate: [zero, one] }: LinkParameters, factor: number): [number, number] {
  return [zero * factor, one * factor];
}

/** Judges `blocksOfEach` quiet blocks of every preset, loss, block size and drift; equal seeds give equal blocks. */
export function* quietRun(blocksOfEach: number, seed: number): Generator<QuietResult> {
  const random = new PoissonSampler(seed);
  for (const [preset, { link: usual }] of Object.entries(LINK_PRESETS))
    for (const lossDb of LOSSES_DB) {
      const configured: LinkParameters = { ...usual, channelLossDb: lossDb };
      const expected = expectationOf(configured);
      for (const [drift, change] of Object.entries(DRIFTS))
        for (const blockBits of BLOCK_BITS) {
          const quiet = quietLink(change(configured), blockBits);
          const alarms: Indicator[] = [];
          let alarmed = 0;
          for (let block = 0; block < blocksOfEach; block++) {
            const raised = eavesdropperIndicators(quietBlock(quiet, random), expected, CHARGE_NA);
            alarms.push(...raised);
            if (raised.length > 0) alarmed += 1;
          }
          const name = preset as PresetName;
          yield { preset: name, lossDb, blockBits, drift, blocks: blocksOfEach, alarms, alarmed };
        }
    }
}
