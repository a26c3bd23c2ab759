import { setTimeout as sleep } from "node:timers/promises";
import { DemoFolder } from "../development/demo-folder.ts";
import { type DemoLink, fillDemoState, writeSiteConfig } from "../development/demo-state.ts";
import { DemoTally } from "./demo-tally.ts";
import { type ChildLine, JsonChild } from "./json-child.ts";

/** What the demo is asked to run. */
export interface DemoOptions {
  readonly link: DemoLink;
  readonly stateFolder: string;
  readonly speed: string;
  /** Whether parts of the emulated link drift (default: as `emulate` does by itself). */
  readonly drift?: "usual" | "none";
  /** Called for every line of every process. */
  readonly onLine?: (process: string, line: ChildLine, who: string) => void;
  /** Bob connects to the port that this gives for Alice's, so that something may stand between the sites. */
  readonly peerVia?: (alicePort: number) => Promise<number>;
}

interface UnitAddresses {
  readonly tcp: string;
  readonly modbusTcp: string;
}

type DemoAddresses = Readonly<Record<"alice" | "bob", UnitAddresses>> & { readonly control: string };

/** The running chain: an emulated link and two controllers, each a process of its own. */
export interface DemoChain {
  readonly root: string;
  readonly urls: { readonly alice: string; readonly bob: string };
  /** Address of each site's dashboard with its token; undefined where it could not be served. */
  readonly dashboards: Readonly<Record<"alice" | "bob", string | undefined>>;
  readonly addresses: DemoAddresses;
  readonly tally: DemoTally;
  readonly processes: Readonly<Record<"emulator" | "alice" | "bob", number>>;
  /** When the key exchange began, milliseconds of `performance.now`. */
  readonly startedAtMs: number;
  /** Rejects when a process ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Starts emulator and controllers; resolves when both sites are ready. Stops what it started if one fails. */
export async function startDemo(options: DemoOptions): Promise<DemoChain> {
  const { link } = options;
  const folder = new DemoFolder(options.stateFolder);
  const root = folder.path;
  const tally = new DemoTally(link.clockHz);
  const children: JsonChild[] = [];
  const start = (who: string, args: readonly string[], onLine?: (line: ChildLine) => void) => {
    const child = new JsonChild(who, args, (line) => {
      onLine?.(line);
      options.onLine?.(args[0] ?? "", line, who);
    });
    children.push(child);
    return child;
  };
  const pidOf = (index: number) => children[index]?.pid ?? 0;
  const stop = async () => {
    const [emulator, ...sites] = children;
    await Promise.all(sites.map((child) => child.stop()));
    await emulator?.stop();
    folder.release();
  };
  try {
    await fillDemoState(root);
    const emulator = start("the emulator", emulateArguments(options));
    const { addresses } = (await emulator.line((line) => line.ready === true)) as unknown as {
      readonly addresses: DemoAddresses;
    };
    const site = async (role: "alice" | "bob", peer: { listen: string } | { connect: string }) => {
      const unit = { address: addresses[role].tcp, telemetry: addresses[role].modbusTcp };
      const dashboard = { listen: "http://127.0.0.1:0", emulator: addresses.control };
      const config = writeSiteConfig(root, role, link, unit, peer, "https://127.0.0.1:0", dashboard);
      const child = start(`the controller of ${role}`, ["control", "--config", config, "--json"], (line) => {
        if (role === "bob" || line.type === "fallbackEngaged") tally.take(line);
      });
      return child.line((line) => line.type === "ready");
    };
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const alicePort = Number(alice.peerPort);
    const peerPort = (await options.peerVia?.(alicePort)) ?? alicePort;
    const bob = await site("bob", { connect: `tls://127.0.0.1:${peerPort}` });
    // The link begins to run when its second site is ready.
    const startedAtMs = performance.now();
    const broken = Promise.race(children.map((child) => child.guard()));
    broken.catch(() => {});
    return {
      root,
      addresses,
      tally,
      startedAtMs,
      broken,
      stop,
      processes: { emulator: pidOf(0), alice: pidOf(1), bob: pidOf(2) },
      dashboards: { alice: textOf(alice.dashboard), bob: textOf(bob.dashboard) },
      urls: { alice: String(alice.delivery), bob: String(bob.delivery) },
    };
  } catch (error) {
    await Promise.race([stop(), sleep(6000)]);
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function emulateArguments({ link, speed, drift }: DemoOptions): string[] {
  return [
    "emulate",
    "--json",
    "--preset",
    link.preset,
    "--loss-db",
    String(link.lossDb),
    "--clock-hz",
    String(link.clockHz),
    "--speed",
    speed,
    "--control",
    "tcp://127.0.0.1:0",
    // Frames of one device alone are of no use; and equal seeds give equal keys only when both begin together.
    "--wait-for-partner",
    "forever",
    ...(drift === undefined ? [] : ["--drift", drift]),
    ...(link.seed === null ? [] : ["--seed", String(link.seed)]),
  ];
}
