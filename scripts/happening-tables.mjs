// Rewrites what the declarations in emulator/happenings tell: the JSON Schema of scenarios and the tables of the documents.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { happeningTable } from "../dist/emulator/happenings/happening-table.js";
import { SCENARIO_SCHEMA } from "../dist/emulator/scenario/scenario-schema.js";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
writeFileSync(at("emulator/scenario/scenario.schema.json"), `${JSON.stringify(SCENARIO_SCHEMA, null, 2)}\n`);
for (const [path, which] of [
  ["emulator/scenarios/README.md", "timeline"],
  ["docs/EMULATOR-IN-THE-LOOP.md", "running link"],
]) {
  const [first, last] = [`<!-- happenings: ${which} -->`, "<!-- /happenings -->"];
  const [before, rest] = readFileSync(at(path), "utf8").split(first);
  const after = rest?.split(last)[1];
  if (after === undefined) throw new Error(`${path} has no place for the table`);
  writeFileSync(at(path), `${before}${first}\n${happeningTable(which)}\n${last}${after}`);
}
