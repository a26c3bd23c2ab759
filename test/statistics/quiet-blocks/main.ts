import { QUIET_KINDS, quietRun } from "./quiet-run.ts";

/**
 * `npm run quiet-blocks -- [blocks] [seed]`: so many quiet blocks, 100,000 unless told, over all presets, losses and block
 * sizes. Ends with a line of JSON; exit code 1 when any of them raised an alarm.
 */
const [blocks = "100000", seed = "1"] = process.argv.slice(2);
const blocksOfEach = Math.ceil(Number(blocks) / QUIET_KINDS);
let total = 0;
let alarmed = 0;
const started = Date.now();
for (const result of quietRun(blocksOfEach, Number(seed))) {
  total += result.blocks;
  alarmed += result.alarmed;
  if (result.alarmed === 0) continue;
  const { preset, lossDb, blockBits, drift, alarms } = result;
  const { name, evidence } = alarms[0] ?? {};
  process.stdout.write(
    `${preset} ${lossDb} dB, blocks of ${blockBits.toExponential(1)}, ${drift}: ${result.alarmed} of ${result.blocks}, ${name}: ${evidence}\n`,
  );
}
const durationS = (Date.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ blocks: total, alarmed, seed: Number(seed), durationS })}\n`);
process.exitCode = alarmed === 0 ? 0 : 1;
