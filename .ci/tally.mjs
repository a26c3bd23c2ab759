// Adds up the Vitest reports of a folder and prints "N passed, N failed" last. Fails unless everything ran and passed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const runs = readdirSync(folder).filter((file) => file.endsWith(".code"));
let [passed, failed] = [0, 0];
for (const file of runs) {
  const name = file.slice(0, -".code".length);
  const code = Number(readFileSync(join(folder, file), "utf8"));
  const report = join(folder, `${name}.json`);
  const tests = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
  const outcomes = tests.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const good = outcomes.filter((status) => status === "passed").length;
  // What did not run counts as failed, and so does a run that failed beside its tests.
  const bad = Math.max(outcomes.length - good, code !== 0 || outcomes.length === 0 ? 1 : 0);
  console.log(`${name}: ${good} passed, ${bad} failed, exit code ${code}`);
  passed += good;
  failed += bad;
}
if (runs.length === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
