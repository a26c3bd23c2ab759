import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DemoChain, type DemoLink, startDemo } from "../../cli/index.ts";
import { readProcess } from "../measure/process-meter.ts";
import { DelayingProxy } from "./delaying-proxy.ts";

/** What to run. */
export interface ChainWish {
  readonly lossDb: number;
  readonly blockBits: number;
  readonly speed: "real" | "max";
  readonly seconds: number;
  /** Added to the round trip between the sites. */
  readonly addedRoundTripMs?: number;
  /** Done beside the running chain from the first block on. */
  readonly beside?: (chain: DemoChain, until: AbortSignal) => Promise<void>;
}

/** State of the chain at one moment. */
export interface ChainSample {
  readonly wallS: number;
  readonly linkS: number;
  /** Link seconds of finished blocks. */
  readonly finishedS: number;
  readonly cpuS: Readonly<Record<ProcessName, number>>;
  readonly residentBytes: Readonly<Record<ProcessName, number>>;
}

export type ProcessName = "emulator" | "alice" | "bob";
const PROCESSES: readonly ProcessName[] = ["emulator", "alice", "bob"];

/** What a run came to. */
export interface ChainOutcome {
  readonly samples: readonly ChainSample[];
  /** Samples from the first finished block on. */
  readonly settled: readonly ChainSample[];
  readonly droppedFrames: number;
  readonly summary: ReturnType<DemoChain["tally"]["summary"]>;
  readonly failures: readonly string[];
  /** Seconds from each block's last signal to its key in the pool. */
  readonly latenciesS: readonly number[];
}

const SAMPLE_MS = 1000;
const FIRST_BLOCK_WAIT_S = 60;

/** Runs emulator and both sites as processes of their own and watches them; times count from the first block on. */
export async function runChain(wish: ChainWish, progress: (text: string) => void): Promise<ChainOutcome> {
  const link: DemoLink = {
    preset: "yuan2018",
    lossDb: wish.lossDb,
    clockHz: 1e9,
    seed: null,
    blockBits: wish.blockBits,
    detectionsPerFrame: 2 ** 20,
  };
  const stateFolder = mkdtempSync(join(tmpdir(), "qkdlink-bench-"));
  const failures: string[] = [];
  let proxy: DelayingProxy | null = null;
  const chain = await startDemo({
    link,
    stateFolder,
    speed: wish.speed,
    // Figures stand beside the closed form, which knows the parts as they left the factory.
    drift: "none",
    onLine: (name, line) => {
      if (line.type === "failure") failures.push(`${name}: ${line.code} ${line.message}`);
    },
    peerVia: async (port) => {
      if (wish.addedRoundTripMs === undefined) return port;
      proxy = await DelayingProxy.listen(port, wish.addedRoundTripMs / 2);
      return proxy.port;
    },
  });
  const stopped = new AbortController();
  try {
    const samples: ChainSample[] = [];
    let firstSettled = -1;
    let beside: Promise<void> = Promise.resolve();
    const broken = chain.broken.catch((error: unknown) => {
      stopped.abort();
      throw error;
    });
    const watch = async () => {
      for (let leftS = wish.seconds; leftS > 0; ) {
        await sleep(SAMPLE_MS);
        samples.push(sample(chain));
        const { wallS } = samples.at(-1)!;
        if (firstSettled < 0 && (chain.tally.lastBlock !== undefined || wallS > FIRST_BLOCK_WAIT_S)) {
          firstSettled = samples.length - 1;
          beside = wish.beside?.(chain, stopped.signal) ?? beside;
        }
        if (firstSettled >= 0) leftS -= SAMPLE_MS / 1000;
        if (samples.length % 5 === 0)
          progress(
            `${wallS.toFixed(0)} s, link ${chain.tally.linkSeconds.toFixed(1)} s, ${(chain.tally.secretBits / 1e6).toFixed(1)} Mb secret`,
          );
      }
    };
    await Promise.race([watch(), broken]);
    stopped.abort();
    await beside;
    const summary = chain.tally.summary(link, samples.at(-1)?.wallS ?? 0);
    const { droppedFrames, latenciesS } = chain.tally;
    return { samples, settled: samples.slice(firstSettled), summary, failures, droppedFrames, latenciesS };
  } finally {
    stopped.abort();
    await chain.stop();
    (proxy as DelayingProxy | null)?.close();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

function sample(chain: DemoChain): ChainSample {
  const readings = PROCESSES.map((name) => readProcess(chain.processes[name]));
  const each = (value: (reading: { cpuSeconds: number; residentBytes: number }) => number) => {
    const [emulator = 0, alice = 0, bob = 0] = readings.map((reading) =>
      reading === null ? 0 : value(reading),
    );
    return { emulator, alice, bob };
  };
  return {
    wallS: (performance.now() - chain.startedAtMs) / 1000,
    linkS: chain.tally.linkSeconds,
    finishedS: chain.tally.finishedSeconds,
    cpuS: each((reading) => reading.cpuSeconds),
    residentBytes: each((reading) => reading.residentBytes),
  };
}
