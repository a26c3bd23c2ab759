// npm run bench -- [name…] [--seconds N] [--json FILE]
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type { BenchContext } from "./bench.ts";
import { readCommandLine } from "./command-line.ts";
import { type Figure, meets, ratioOf } from "./figure.ts";
import { table } from "./report/table.ts";
import { SUITE } from "./suite.ts";

const NAMES = Object.keys(SUITE);

async function main(args: readonly string[]): Promise<void> {
  const request = readCommandLine(args, NAMES);
  if (request.help) {
    const benches = await Promise.all(Object.values(SUITE).map((load) => load()));
    const lines = benches.map(({ name, title }) => `  ${name.padEnd(26)}${title}`);
    process.stdout.write(`npm run bench -- [name…] [--seconds N] [--json FILE]\n\n${lines.join("\n")}\n`);
    return;
  }
  const chosen = NAMES.filter((name) => request.names.length === 0 || request.names.includes(name));
  const machine = {
    node: process.version,
    processors: cpus().length,
    model: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
    date: new Date().toISOString(),
  };
  const context: BenchContext = {
    seconds: (standard) => request.seconds ?? standard,
    progress: (text) => process.stderr.write(`  ${text}\n`),
  };
  const figures: Figure[] = [];
  for (const name of chosen) {
    const bench = await SUITE[name]!();
    process.stderr.write(`${bench.name}: ${bench.title}\n`);
    figures.push(...(await bench.run(context)));
  }
  process.stdout.write(
    `Node ${machine.node}, ${machine.processors} x ${machine.model}, ${machine.memoryGiB} GiB, load before ${machine.loadBefore.toFixed(1)}, ${machine.date}\n` +
      `Rates of stages are per CPU second of one core; medians, half the distance of the quartiles.\n\n${table(figures)}\n`,
  );
  if (request.jsonFile !== null) {
    const rows = figures.map((figure) => ({ ...figure, met: meets(figure), ratio: ratioOf(figure) }));
    writeFileSync(request.jsonFile, `${JSON.stringify({ machine, figures: rows }, null, 2)}\n`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof TypeError || !(error instanceof Error) ? 1 : 2;
}
