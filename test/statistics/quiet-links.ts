import { createKernels } from "../../kernels/index.ts";
import { LINK_PRESETS, type LinkParameters } from "../../physics/index.ts";
import { evidence, runAttack } from "./attack-run.ts";

export const yuan = (lossDb: number): LinkParameters => ({
  ...LINK_PRESETS.yuan2018.link,
  channelLossDb: lossDb,
});

const QUIET = [
  yuan(2),
  yuan(10),
  yuan(16),
  LINK_PRESETS.t12.link,
  { ...LINK_PRESETS["mu-oband"].link, channelLossDb: 8 },
];

/** What is raised over so many runs of four blocks without anybody on the line, of seeds 1000 and on. */
export async function raisedOverQuietLinks(runs: number): Promise<string[]> {
  const kernels = await createKernels();
  const raised: string[] = [];
  for (let run = 0; run < runs; run++) {
    const link = QUIET[run % QUIET.length]!;
    const seed = BigInt(1000 + run);
    raised.push(...evidence(await runAttack({ kernels, link, seed, blockBits: 100_000, blocks: 4 })));
  }
  return raised;
}
