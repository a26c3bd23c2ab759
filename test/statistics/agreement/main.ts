import { type AgreementPoint, agreementGrid } from "./agreement-grid.ts";
import { type AgreementFigure, agreementRun } from "./agreement-run.ts";
import { agrees, pooled } from "./pooled.ts";

/**
 * `npm run agreement -- [gates] [seed]`: closed form against emulator at every preset, loss, dead time and afterpulse
 * probability of the grid, at most so many gates each (4e9 unless told). Prints the table of docs/PLANNING.md, then a line of JSON; exit code
 * 1 when a figure disagrees.
 */
const [maxGates = "4e9", seed = "1"] = process.argv.slice(2);
const started = Date.now();
const all: { readonly point: AgreementPoint; readonly figures: readonly AgreementFigure[] }[] = [];
let disagreeing = 0;
let greatest = 0;
for (const point of agreementGrid()) {
  const figures = await agreementRun(point, { error: 2e-3, maxGates: Number(maxGates) }, BigInt(seed));
  all.push({ point, figures });
  for (const figure of figures) {
    greatest = Math.max(greatest, Math.abs(figure.difference / figure.error));
    if (agrees(figure)) continue;
    disagreeing += 1;
    const { preset, lossDb, deadGates, afterpulseProbability } = point;
    process.stdout.write(
      `${preset} ${lossDb} dB, ${deadGates} dead gates, afterpulses ${afterpulseProbability}: ${figure.name} ${percent(figure)}\n`,
    );
  }
}
const names = all[0]!.figures.map((figure) => figure.name);
process.stdout.write(
  `| dead gates | afterpulses | ${names.join(" | ")} |\n|${"---|".repeat(names.length + 2)}\n`,
);
const rows = new Set(all.map(({ point }) => `${point.deadGates} ${point.afterpulseProbability}`));
for (const row of rows) {
  const own = all.filter(({ point }) => `${point.deadGates} ${point.afterpulseProbability}` === row);
  const cells = pooled(own.flatMap(({ figures }) => figures)).map(percent);
  const [gates, afterpulses] = row.split(" ");
  process.stdout.write(`| ${gates} | ${(100 * Number(afterpulses)).toFixed(0)} % | ${cells.join(" | ")} |\n`);
}
const figures = all.reduce((sum, { figures: own }) => sum + own.length, 0);
const durationS = (Date.now() - started) / 1000;
process.stdout.write(
  `${JSON.stringify({ settings: all.length, figures, disagreeing, greatestScore: greatest, seed: Number(seed), durationS })}\n`,
);
process.exitCode = disagreeing === 0 ? 0 : 1;

function percent({ difference, error }: AgreementFigure): string {
  return `${(100 * difference).toFixed(2)} ± ${(100 * error).toFixed(2)} %`;
}
