import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { listNetworks, loadNetwork } from "../emulator/index.ts";
import { ConfigError, fileReason } from "../errors/index.ts";
import { emptyFolder } from "./development/empty-folder.ts";
import { logLine } from "./log-line.ts";
import { introduction } from "./network/introduction.ts";
import { NetworkRun, type NetworkTold } from "./network/network-run.ts";
import type { NetworkSummary } from "./network/network-summary.ts";
import { positive, wholeNumber } from "./number-flags.ts";
import { ProgressLine } from "./progress-line.ts";
import { EXIT } from "./report-error.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface NetworkFlags {
  readonly scenario?: string;
  readonly listScenarios?: boolean;
  readonly for?: number;
  readonly clockHz?: number;
  readonly seed?: number;
  readonly demand: number;
  readonly fillWithin: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `qkdlink network`: a whole network on this machine. */
export function networkCommand(): Command {
  return new Command("network")
    .description("run a whole network on this machine: emulated links, a program for each node, applications")
    .option("--scenario <name|file>", "which network, and what happens to it")
    .option("--list-scenarios", "print the ready-made networks and end")
    .option(
      "--for <seconds>",
      "stop after so many seconds of demand; they begin when every pair has keys",
      positive,
    )
    .option("--clock-hz <Hz>", "gates per second of every link, instead of the scenario's", positive)
    .option("--seed <number>", "chooses photons, which fibres are cut, and when keys are wanted", wholeNumber)
    .option("--demand <factor>", "multiplies what applications ask for", positive, 1)
    .option("--fill-within <seconds>", "give up when pairs have no keys after so long", positive, 900)
    .option(
      "--out <folder>",
      "keep certificates, files and stores there; default: a folder that is removed at the end",
    )
    .option("--json", "print one JSON line at the end, progress on standard error")
    .action(runNetwork);
}

async function runNetwork(flags: NetworkFlags): Promise<void> {
  if (flags.listScenarios === true) {
    process.stdout.write(scenarioLines(flags.json === true));
    return;
  }
  if (flags.scenario === undefined)
    throw new ConfigError("QKD_USAGE", "no network is named", {
      remedy: "name one with --scenario; --list-scenarios shows the ready-made ones",
    });
  const scenario = loadNetwork(flags.scenario, flags.clockHz === undefined ? {} : { clockHz: flags.clockHz });
  const seed = flags.seed ?? scenario.seed;
  const root = flags.out === undefined ? temporaryFolder() : emptyFolder(flags.out, "--out");
  const stop = new StopRequest(endOverdue);
  const told = progressOf(flags.json === true);
  const run = new NetworkRun(
    {
      scenario,
      source: flags.scenario,
      root,
      seed,
      forS: flags.for,
      fillWithinS: flags.fillWithin,
      demandFactor: flags.demand,
    },
    told,
  );
  // Also for an end that nothing awaits, such as that of a stop that takes too long.
  const clear = () => {
    run.kill();
    if (flags.out === undefined) rmSync(root, { recursive: true, force: true });
  };
  process.once("exit", clear);
  try {
    for (const line of introduction(scenario, seed, flags.demand)) told.say(line);
    const summary = await run.run(stop.signal).catch((error: unknown) => {
      if (error === stop.signal.reason) return null;
      throw error;
    });
    told.close();
    await run.stop();
    if (summary !== null) tell(summary, flags.json === true, told, stop.signal.aborted);
  } finally {
    told.close();
    await run.stop();
    process.off("exit", clear);
    clear();
    stop.close();
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "qkdlink-network-"));
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `no folder can be made in ${tmpdir()}: ${fileReason(cause)}`, {
      cause,
      remedy: "name an empty folder with --out, or set TMPDIR to a writable one",
    });
  }
}

function tell(summary: NetworkSummary, json: boolean, told: NetworkTold, stopped: boolean): void {
  const { pairs, pairsIdentical, different, served, refused, latencyMs, realTimeFactor } = summary;
  if (different > 0 || (!stopped && pairsIdentical < pairs)) process.exitCode = EXIT.failed;
  if (json) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const { qkd, relay, hybrid, pqc } = served;
  for (const { link, reportedBps, of, atPresetClockBps } of summary.reported)
    told.say(
      `${link}: ${atPresetClockBps === null ? "no block yet" : `${kbps(atPresetClockBps)} here, brought to the clock of its preset`}; ${kbps(reportedBps)} were published (${of})`,
    );
  told.say(
    `stopped after ${summary.durationS.toFixed(0)} s of demand: ${qkd} keys of links, ${relay} relayed, ${hybrid} hybrid, ${pqc} post-quantum, ${refused} refused; ${pairsIdentical} of ${pairs} pairs with the same keys at both ends; p99 ${latencyMs.p99 ?? "-"} ms; real-time factor ${realTimeFactor ?? "-"}`,
  );
}

const kbps = (bps: number): string => `${(bps / 1000).toFixed(1)} kbit/s`;

function progressOf(json: boolean): NetworkTold & { close(): void } {
  const line = new ProgressLine(json ? process.stderr : process.stdout);
  const beganMs = performance.now();
  return {
    say: (text) => line.say(text),
    show: (text) => line.show(text, (performance.now() - beganMs) / 1000),
    failure: (node, { code, message, remedy }) =>
      process.stderr.write(logLine(`node ${node}: ${code}: ${message}. Remedy: ${remedy}.`)),
    close: () => line.close(),
  };
}

function scenarioLines(json: boolean): string {
  const networks = listNetworks();
  if (json) return `${JSON.stringify({ scenarios: networks })}\n`;
  return networks.map(({ name, title }) => `${name.padEnd(20)}${title}\n`).join("");
}
