import { MISTAKES } from "./relay-mistakes.ts";
import { PRODUCT } from "./relay-rules.ts";
import { search, walk } from "./relay-search.ts";
import { LARGE, WORLDS } from "./relay-worlds.ts";

/** Worlds looked at of each, at most, and walks, unless the command says otherwise. */
const [limit = 1_000_000, walks = 50_000, seed = 1] = process.argv.slice(2).map(Number);

let wrong = 0;
const told = (breach: { invariant: string; text: string } | null, trace: readonly string[]): string => {
  if (breach === null) return "no breach";
  wrong += 1;
  return `BREACH ${breach.invariant}: ${breach.text}: ${trace.join(" | ")}`;
};

for (const commitsApart of [false, true])
  for (const [name, world] of Object.entries(WORLDS)) {
    const { worlds, fetched, complete, breach, trace } = search(world, { ...PRODUCT, commitsApart }, limit);
    const how = commitsApart ? "parts of commits apart" : "commits joined";
    const reach = complete ? "all" : "NOT all";
    console.log(
      `${name}, ${how}: ${worlds} worlds, ${fetched} with a key fetched, ${reach}, ${told(breach, trace)}`,
    );
  }
for (const [name, { rules, world }] of Object.entries(MISTAKES)) {
  const { breach, trace } = search(world, rules, limit);
  if (breach === null) wrong += 1;
  console.log(breach === null ? `NOT FOUND ${name}` : `found ${name}: ${breach.text}; ${trace.length} moves`);
}
const { steps, fetched, breach, trace } = walk(LARGE, PRODUCT, { walks, seed });
console.log(
  `${walks} walks, seed ${seed}: ${steps} steps, ${fetched} with a key fetched, ${told(breach, trace)}`,
);
process.exitCode = wrong === 0 ? 0 : 1;
