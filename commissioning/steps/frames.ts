import { readPair } from "../measuring/read-pair.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 7: whether both ends speak of the same gates. */
export const frames: Step = { id: "frames", number: 7, name: "step_frames", needs: [1], run };

const FRAMES = 100;

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, bob, signal, judging, table } = context;
  const counts = await readPair(alice, bob, { frames: FRAMES, detectionsPerFrame: 1 << 13 }, signal);
  table(
    "07-frames",
    ["differing", "unpaired", ...READING_HEAD],
    [[counts.differingFrames, counts.unpairedFrames, ...readingRow(counts)]],
  );
  const source = { origin: "D", text: "from_device" } as const;
  return {
    judgements: [
      judging.none({ id: "digests", text: "check_digests" }, counts.differingFrames, FRAMES, source, {
        find: "find_digests",
        fix: "fix_digests",
        values: { differing: counts.differingFrames, frames: counts.frames },
      }),
      judging.none(
        { id: "framesMissing", text: "check_framesMissing" },
        counts.unpairedFrames,
        FRAMES,
        source,
        {
          find: "find_digests",
          fix: "fix_digests",
          values: { differing: counts.unpairedFrames, frames: counts.frames },
        },
      ),
    ],
  };
}
