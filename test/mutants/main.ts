import { QkdError } from "../../errors/index.ts";
import { BREACHES } from "./breaches.ts";
import { type BreachResult, Campaign } from "./campaign.ts";
import { readOptions, USAGE } from "./options.ts";
import { summaryLines, tally } from "./summary.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

async function run(args: readonly string[]): Promise<number> {
  const { breaches, jobs, json, help } = readOptions(args, BREACHES);
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const campaign = new Campaign(Math.min(jobs, breaches.length));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      campaign.close();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  // Whoever reads the lines may stop.
  process.stdout.once("error", () => {
    campaign.close();
    process.exit(1);
  });
  try {
    const fault = await campaign.baseline(breaches);
    if (fault !== null) {
      process.stderr.write(`The tests concerned fail without any breach (${fault}): mend them first.\n`);
      return 1;
    }
    let done = 0;
    const tell = (result: BreachResult) => {
      done++;
      say(json ? jsonLine(result) : progressLine(result, done, breaches.length));
    };
    const results = await campaign.run(breaches, tell);
    const all = tally("all", results);
    if (json) say(JSON.stringify(all));
    else say(["", ...summaryLines(results)].join("\n"));
    return all.killed === breaches.length ? 0 : 1;
  } finally {
    campaign.close();
  }
}

function progressLine({ breach, outcome, by, seconds }: BreachResult, done: number, all: number): string {
  const counter = `${done}/${all}`.padStart(9);
  const line = `${counter} ${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${breach.id}`;
  if (outcome === "killed") return line;
  return `${line}\n${" ".repeat(10)}${breach.file}: ${breach.meaning}\n${" ".repeat(10)}${by}`;
}

function jsonLine({ breach, outcome, by, seconds }: BreachResult): string {
  return JSON.stringify({ id: breach.id, file: breach.file, outcome, by, seconds });
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof QkdError)) throw error;
  process.stderr.write(`${error.line}\n`);
  process.exitCode = error.code === "QKD_CONFIG_INVALID" ? 2 : 1;
}
