// Brings each cause onto emulated links, looks at them through drivers, and counts what `explain` names first.

import { readFileSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { readFlags, wrongFlag } from "../../command-flags.ts";
import { BROUGHT_NAMES } from "./brought-causes.ts";
import { confusionOf, confusionTable, summaryTable } from "./confusion.ts";
import { judgeTrial } from "./judge-trial.ts";
import { type PlayedTrial, playTrial } from "./play-trial.ts";
import { writeTables } from "./write-tables.ts";

const HELP = `usage: npm run explain-matrix -- [--per N] [--from N] [--drift X] [--keep FILE] [--played FILE]... [--write]
  --per N        trials of each cause (20)
  --from N       seeds begin here; no tuning has seen those from 7000000 on
  --drift X      times the usual drift of every link (1)
  --keep FILE    keeps what the links showed, as JSON lines
  --played FILE  judges what was kept instead of playing; repeatable, TITLE=FILE gives the row of the table a title
  --without NAME an observable that nobody measured; repeatable
  --write        writes the tables of docs/EXPLAIN.md`;

const flags = readFlags(process.argv.slice(2), {
  per: { type: "string" },
  from: { type: "string" },
  drift: { type: "string" },
  keep: { type: "string" },
  played: { type: "string", multiple: true },
  without: { type: "string", multiple: true },
  write: { type: "boolean" },
});

const number = (name: "per" | "from" | "drift", usual: number, least: number): number => {
  const value = Number(flags[name] ?? usual);
  if (!(value >= least)) throw wrongFlag(`--${name}`, `give a number of at least ${least}`);
  return value;
};

async function play(): Promise<readonly PlayedTrial[]> {
  const [per, from, drift] = [number("per", 20, 1), number("from", 7_000_000, 0), number("drift", 1, 1)];
  const all: PlayedTrial[] = [];
  if (flags.keep !== undefined) writeFileSync(flags.keep, "");
  for (const [index, cause] of BROUGHT_NAMES.entries())
    for (let trial = 0; trial < per; trial++) {
      const played = await playTrial(cause, from + index * 1000 + trial, drift);
      all.push(played);
      if (flags.keep !== undefined) writeFileSync(flags.keep, `${JSON.stringify(played)}\n`, { flag: "a" });
      if (process.stderr.isTTY) process.stderr.write(`\r${all.length} of ${per * BROUGHT_NAMES.length} `);
    }
  return all;
}

const kept = (path: string): readonly PlayedTrial[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as PlayedTrial);

if (flags.help) console.log(HELP);
else {
  // Every trial starts the emulator's threads anew.
  enableCompileCache();
  const runs =
    flags.played === undefined
      ? { [`drift x ${number("drift", 1, 1)}`]: await play() }
      : Object.fromEntries(
          flags.played.map((named) => {
            const [path = "", title = path] = named.split("=").reverse();
            return [title, kept(path)];
          }),
        );
  const judged = Object.fromEntries(
    Object.entries(runs).map(([title, trials]) => [
      title,
      confusionOf(trials.map((played) => judgeTrial(played, flags.without ?? []))),
    ]),
  );
  console.log(summaryTable(judged));
  for (const [title, confusion] of Object.entries(judged))
    console.log(`\n${title}\n\n${confusionTable(confusion)}`);
  if (flags.write) writeTables(judged);
}
