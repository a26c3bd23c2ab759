import { writeFileSync } from "node:fs";
import { QkdError } from "../../errors/index.ts";
import { canJudge, type Judgement, judge } from "./judgement.ts";
import { readOptions, USAGE } from "./options.ts";
import { soakSvg } from "./plot.ts";
import { soak } from "./soak.ts";

const EVERY_MS = 5000;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function run(args: readonly string[]): Promise<number> {
  const { minutes, json, plot, help } = readOptions(args);
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const { series, keys } = await soak(60 * minutes, EVERY_MS, stop.signal);
  if (plot !== undefined) writeFileSync(plot, soakSvg(series));
  const judged = series.filter(({ points }) => points.length > 1).map(judge);
  const grows = judged.filter((judgement) => judgement.grows);
  const judgeable = series.some(canJudge);
  for (const judgement of judged) say(json ? JSON.stringify(judgement) : row(judgement));
  const result = {
    minutes,
    ...keys,
    judged: judgeable ? judged.length : 0,
    grows: grows.map(({ name }) => name),
  };
  say(
    json
      ? JSON.stringify(result)
      : `\n${keys.taken} keys taken, ${keys.fetched} fetched, ${keys.differing} differing`,
  );
  if (!json) say(judgeable ? `${grows.length} of ${judged.length} series grow` : "too short to judge growth");
  return grows.length === 0 && keys.differing === 0 && keys.fetched > 0 ? 0 : 1;
}

function row({ name, unit, least, most, slope, sigmas, grows }: Judgement): string {
  const figure = (value: number) => value.toFixed(unit === "MiB" ? 1 : 0).padStart(8);
  return `${name.padEnd(26)}${figure(least)}${figure(most)} ${slope.toFixed(2).padStart(8)} ${unit}/min ${sigmas.toFixed(1).padStart(6)} sigma${grows ? "  GROWS" : ""}`;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof QkdError)) throw error;
  process.stderr.write(`${error.line}\n`);
  process.exitCode = error.code === "QKD_CONFIG_INVALID" ? 2 : 1;
}
