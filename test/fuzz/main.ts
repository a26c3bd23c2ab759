import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type CampaignResult, fuzzCampaign } from "./engine/fuzz-campaign.ts";
import { FUZZ_TARGETS, keptInputs, moduleOf } from "./fuzz-targets.ts";

const USAGE = `npm run fuzz -- [--seconds N] [--target NAME] [--seed N] [--json]
  --seconds N     time for each target, 600 unless told
  --target NAME   one of ${FUZZ_TARGETS.join(", ")}; all unless told
  --seed N        repeats a run on an equally fast machine; drawn unless told
  --json          a line of JSON for each target
Inputs that find a fault are written to .qkdlink/fuzz/; exit code 1 when there are any.
`;
const FINDINGS = ".qkdlink/fuzz";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    target: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const unknown = values.target !== undefined && !FUZZ_TARGETS.includes(values.target);
if (values.help || unknown || !(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
const chosen = values.target === undefined ? FUZZ_TARGETS : [values.target];
let found = 0;
for (const name of chosen) {
  const kept = [...keptInputs(name).values()];
  const result = await fuzzCampaign({ name, module: moduleOf(name), kept, seconds, seed });
  found += result.findings.length;
  const files = result.findings.map(({ input }) => keep(name, input));
  const { findings, ...told } = result;
  if (values.json)
    say(JSON.stringify({ ...told, findings: findings.map(({ text }, at) => ({ file: files[at], text })) }));
  else say(lineOf(result), ...findings.map(({ text }, at) => `  ${files[at]}\n  ${text}`));
}
process.exitCode = found === 0 ? 0 : 1;

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function lineOf({ target, runs, seconds: took, corpus, reached, findings }: CampaignResult): string {
  const rate = Math.round(runs / took);
  const end = findings.length === 0 ? "nothing found" : `${findings.length} FOUND`;
  return `${target.padEnd(18)} ${runs} inputs in ${took.toFixed(0)} s (${rate}/s), ${corpus} kept, ${reached} places reached: ${end}`;
}

/** Writes an input that found a fault, and says where. */
function keep(name: string, input: Uint8Array): string {
  mkdirSync(`${FINDINGS}/${name}`, { recursive: true });
  const file = `${FINDINGS}/${name}/${createHash("sha256").update(input).digest("hex").slice(0, 16)}`;
  writeFileSync(file, input);
  return file;
}
