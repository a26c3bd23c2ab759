import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { parseSpeed } from "../emulator/index.ts";
import { linkPreset, predictLink } from "../physics/index.ts";
import { DemoFailures } from "./demo/demo-failures.ts";
import { DemoProgress } from "./demo/demo-progress.ts";
import { type DemoChain, startDemo } from "./demo/demo-run.ts";
import { KeyFetcher } from "./demo/key-fetcher.ts";
import { DEMO_SAE } from "./development/demo-files.ts";
import type { DemoLink } from "./development/demo-state.ts";
import { number, positive, wholeNumber } from "./number-flags.ts";
import { PRESET_SAYS } from "./plan/plan-table.ts";
import { EXIT } from "./report-error.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface DemoFlags {
  readonly preset: string;
  readonly lossDb: number;
  readonly clockHz?: number;
  readonly blockBits?: number;
  readonly seed?: number;
  readonly speed: string;
  readonly for?: number;
  readonly state: string;
  readonly json?: boolean;
}

const DEFAULT_LOSS_DB = 7;
const FETCH_EVERY_MS = 500;
const KEYS_A_ROUND = 8;

/** `qkdlink demo`: the whole chain on one machine. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("run an emulated link with a controller at each site and fetch the same keys at both")
    .option("--preset <name>", "link preset", "yuan2018")
    .option("--loss-db <dB>", "fibre loss", number, DEFAULT_LOSS_DB)
    .option("--clock-hz <Hz>", "gate clock; default: the preset's", number)
    .option("--block-bits <bits>", "sifted bits of a block; default: about five seconds of them", number)
    .option(
      "--seed <number>",
      "development seed: photons and keys repeat, so the keys are not secret",
      wholeNumber,
    )
    .option("--speed <real|max|N>", "pace of the emulated link", "real")
    .option("--for <seconds>", "stop after so many seconds", positive)
    .option("--state <folder>", "where certificates, secrets and stores go", join(".qkdlink", "demo"))
    .option("--json", "print one JSON line at the end")
    .action(runDemo);
}

async function runDemo(flags: DemoFlags): Promise<void> {
  const link = chooseLink(flags);
  parseSpeed(flags.speed);
  const progress = new DemoProgress(flags.json === true ? process.stderr : process.stdout);
  progress.say(
    `starting an emulated link: ${link.preset} (${PRESET_SAYS[linkPreset(link.preset).kind]}), ${link.lossDb} dB, ${link.clockHz / 1e9} GHz, ${link.blockBits} bits a block`,
  );
  const failures = new DemoFailures((text) => process.stderr.write(text));
  const stopped = new AbortController();
  const chain = await startDemo({
    link,
    stateFolder: flags.state,
    speed: flags.speed,
    // A site that is stopped sees the other one end: that is no failure.
    onLine: (_, line, who) => {
      if (!stopped.signal.aborted) failures.take(line, who);
    },
  });
  const fetcher = new KeyFetcher(chain.root, chain.urls);
  const stop = new StopRequest(endOverdue);
  void stop.made.then(() => stopped.abort());
  try {
    for (const line of fetchLines(chain)) progress.say(line);
    const fetching = fetchKeys(chain, fetcher, stopped.signal);
    await Promise.race([watch(chain, progress, flags.for, stopped.signal), chain.broken, fetching]);
    const durationS = (performance.now() - chain.startedAtMs) / 1000;
    stopped.abort();
    await fetching;
    progress.close();
    const summary = chain.tally.summary(link, durationS);
    await chain.stop();
    // A short demo may end before its first key; one whose sites fail and that delivers nothing has failed.
    const { delivered, mismatches } = chain.tally;
    if (mismatches > 0 || (delivered === 0 && failures.count > 0)) process.exitCode = EXIT.failed;
    if (flags.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else
      progress.say(
        `stopped after ${durationS.toFixed(0)} s: ${summary.secretBits} secret bits, ${summary.deliveredKeys} keys delivered${delivered === 0 ? "" : `, identical: ${summary.deliveredIdentical}`}`,
      );
  } finally {
    stopped.abort();
    stop.close();
    await chain.stop();
  }
}

function chooseLink({ preset, lossDb, clockHz, blockBits, seed }: DemoFlags): DemoLink {
  const published = linkPreset(preset).link;
  const link = { ...published, channelLossDb: lossDb, clockHz: clockHz ?? published.clockHz };
  const { siftedPerGate, clicksPerS } = predictLink(link);
  const perSecond = siftedPerGate.z * link.clockHz;
  const frame = 2 ** Math.round(Math.log2(Math.min(2 ** 20, Math.max(2 ** 14, clicksPerS / 8))));
  return {
    preset,
    lossDb,
    clockHz: link.clockHz,
    blockBits: blockBits ?? Math.round(Math.min(1e8, Math.max(1e6, 5 * perSecond)) / 1e5) * 1e5,
    detectionsPerFrame: frame,
    seed: seed ?? null,
  };
}

async function watch(
  chain: DemoChain,
  progress: DemoProgress,
  forS: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const elapsedS = (performance.now() - chain.startedAtMs) / 1000;
    if (signal.aborted || (forS !== undefined && elapsedS >= forS)) return;
    progress.show(chain.tally, elapsedS);
    const leftMs = forS === undefined ? 1000 : Math.max(1, 1000 * (forS - elapsedS));
    await sleep(Math.min(1000, leftMs), undefined, { signal }).catch(() => {});
  }
}

/** Takes and fetches keys throughout; a round under way is finished, so that no key is left half delivered. */
async function fetchKeys(chain: DemoChain, fetcher: KeyFetcher, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (chain.tally.secretBits > 0) {
      const round = await fetcher.round(KEYS_A_ROUND);
      if (round !== null) {
        chain.tally.delivered += round.delivered;
        if (!round.identical) chain.tally.mismatches += 1;
      }
    }
    await sleep(FETCH_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

function fetchLines({ root, urls, addresses, dashboards }: DemoChain): string[] {
  const curl = (sae: string) =>
    `curl -s --cacert ${join(root, "ca.pem")} --cert ${join(root, `${sae}.pem`)} --key ${join(root, `${sae}.key`)}`;
  const control = addresses.control.replace("tcp:", "http:");
  const fault = (value: object) => `curl -s ${control}/fault -d '${JSON.stringify(value)}'`;
  const shown = Object.entries(dashboards).filter(([, address]) => address !== undefined);
  return [
    "",
    ...(shown.length === 0 ? [] : ["Watch the link in a browser, cut it and repair it there:"]),
    ...shown.map(([site, address]) => `  ${site === "alice" ? "Alice" : "Bob"}  ${address}`),
    "Fetch a key at Alice's site, and the same key at Bob's (put the key_ID of the first answer into the second line):",
    `  ${curl(DEMO_SAE.alice)} ${urls.alice}/api/v1/keys/${DEMO_SAE.bob}/enc_keys`,
    `  ${curl(DEMO_SAE.bob)} "${urls.bob}/api/v1/keys/${DEMO_SAE.alice}/dec_keys?key_ID=KEY_ID"`,
    "A certificate of a strange authority gets 401:",
    `  ${curl("sae-stranger")} ${urls.alice}/api/v1/keys/${DEMO_SAE.bob}/enc_keys`,
    "Cut the fibre, and repair it:",
    `  ${fault({ event: "cut" })}`,
    `  ${fault({ event: "repair" })}`,
    "",
  ];
}
