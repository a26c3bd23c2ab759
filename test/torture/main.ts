// npm run torture -- [--kills N] [--seed N] [--json FILE]
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { torture } from "./torture.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write("--kills needs a whole number of at least 1, --seed a whole number\n");
  process.exit(2);
}
const report = await torture({ kills, seed, progress: (text) => process.stderr.write(`  ${text}\n`) });
const { violations, harms, openings, ...figures } = report;
for (const [name, value] of Object.entries({ ...figures, ...openings, ...harms })) {
  process.stdout.write(`${name.padEnd(60)}${typeof value === "object" ? JSON.stringify(value) : value}\n`);
}
for (const violation of violations) process.stdout.write(`VIOLATION: ${violation}\n`);
process.stdout.write(
  violations.length === 0 ? "nothing was violated\n" : `${violations.length} violations\n`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
