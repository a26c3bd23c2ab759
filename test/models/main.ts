import { MISTAKES } from "./agreement-mistakes.ts";
import { PRODUCT } from "./agreement-rules.ts";
import { search } from "./agreement-search.ts";
import { LARGE_WORLDS, WORLDS } from "./agreement-worlds.ts";

/** Worlds looked at of each, at most, unless the command says otherwise. */
const LIMIT = 400_000;

const limit = Number(process.argv[2] ?? LIMIT);
let wrong = 0;
for (const [name, world] of Object.entries({ ...WORLDS, ...LARGE_WORLDS })) {
  const { worlds, fetched, complete, breach, trace } = search(world, PRODUCT, limit);
  const told =
    breach === null ? "no breach" : `BREACH ${breach.invariant}: ${breach.text}: ${trace.join(" | ")}`;
  console.log(
    `${name}: ${worlds} worlds, ${fetched} with a key fetched, ${complete ? "all" : "NOT all"}, ${told}`,
  );
  if (breach !== null) wrong += 1;
}
for (const [name, { rules, world }] of Object.entries(MISTAKES)) {
  const { breach, trace } = search(world, rules, limit);
  console.log(breach === null ? `NOT FOUND ${name}` : `found ${name}: ${breach.text}; ${trace.length} moves`);
  if (breach === null) wrong += 1;
}
process.exitCode = wrong === 0 ? 0 : 1;
