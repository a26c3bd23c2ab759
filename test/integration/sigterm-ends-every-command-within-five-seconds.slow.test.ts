import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createDemoState } from "../../cli/index.ts";
import { openTransceiver } from "../../drivers/index.ts";
import { AskedToStop } from "../chain/asked-to-stop.ts";

const ORDERLY = { code: 0, signal: null, inTime: true, errors: "" };
const BY_SIGNAL = { code: null, signal: "SIGTERM", inTime: true };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function run(args: readonly string[]): AskedToStop {
  const command = new AskedToStop(args);
  closing.push(() => command.kill());
  return command;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "qkdlink-stop-"));
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A port that accepts and says nothing. */
async function silentPort(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

const EMULATE = ["emulate", "--json", "--alice", "tcp://127.0.0.1:0", "--bob", "tcp://127.0.0.1:0"];

/** An emulator that is ready, with the address of Bob's device. */
async function emulator(more: readonly string[] = []) {
  const command = run([...EMULATE, "--control", "tcp://127.0.0.1:0", ...more]);
  await command.until("\n");
  const { addresses } = JSON.parse(command.output) as {
    readonly addresses: { readonly bob: { readonly tcp: string }; readonly control: string };
  };
  return { command, bob: addresses.bob.tcp, control: addresses.control };
}

/** Ids of the processes that a process started. */
function childrenOf(pid: number): number[] {
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
}

/** False also for one that has ended and that nobody has asked about yet. */
const runs = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};

describe("watch", () => {
  it("of a unit that answers, and of one that says nothing", async () => {
    const { bob } = await emulator();
    const command = run(["watch", bob, "--json"]);
    await command.until('"health"');
    expect(await command.stop()).toEqual(ORDERLY);
    const silent = run(["watch", `tcp://127.0.0.1:${await silentPort()}`]);
    await sleep(900);
    expect((await silent.stop()).inTime).toBe(true);
  }, 30_000);
});

describe("record and replay", () => {
  it("end their file in order, and what was recorded is served until asked to stop", async () => {
    const { bob } = await emulator();
    const file = join(folder(), "run.pcapng");
    const recording = run(["record", bob, "--out", file]);
    await recording.until("recording to");
    await sleep(1500);
    expect(await recording.stop()).toEqual(ORDERLY);
    const replaying = run(["replay", file, "--json"]);
    await replaying.until('"ready":true');
    const { units } = JSON.parse(replaying.output) as {
      readonly units: readonly { readonly session: string }[];
    };
    const unit = await openTransceiver(units[0]?.session ?? "");
    closing.push(() => unit.close());
    expect(await replaying.stop()).toEqual(ORDERLY);
  }, 30_000);

  it("of a unit that says nothing", async () => {
    const file = join(folder(), "run.pcapng");
    const silent = run(["record", `tcp://127.0.0.1:${await silentPort()}`, "--out", file]);
    await sleep(900);
    expect((await silent.stop()).inTime).toBe(true);
  }, 30_000);
});

describe("emulate", () => {
  it("while it starts", async () => {
    const command = run(EMULATE);
    await sleep(900);
    expect((await command.stop()).inTime).toBe(true);
  }, 30_000);

  it("with clients that read nothing of a key exchange at full speed, and that drip at its control port", async () => {
    const { command, bob, control } = await emulator(["--speed", "max", "--wait-for-partner", "0"]);
    const unit = await openTransceiver(bob);
    closing.push(() => unit.close());
    await unit.start({ creditFrames: 64 });
    for (const address of [bob, bob, control]) {
      const socket = connect(Number(new URL(address).port), "127.0.0.1").on("error", () => {});
      closing.push(() => socket.destroy());
      socket.pause().write("GET /li");
    }
    await sleep(1500);
    expect(await command.stop()).toEqual(ORDERLY);
  }, 30_000);
});

describe("what asks and computes", () => {
  it("keys, before a server that says nothing", async () => {
    const root = await createDemoState(folder());
    const file = (name: string) => join(root, name);
    const url = `https://127.0.0.1:${await silentPort()}`;
    const identity = [
      "--cert",
      file("sae-alice.pem"),
      "--key",
      file("sae-alice.key"),
      "--ca",
      file("ca.pem"),
    ];
    const command = run(["keys", "status", "sae-bob", "--url", url, ...identity, "--timeout", "60000"]);
    await sleep(1500);
    expect(await command.stop()).toMatchObject(BY_SIGNAL);
  }, 30_000);

  it("plan, over thousands of points", async () => {
    const command = run(["plan", "--sweep", "loss=0:60:0.001"]);
    await sleep(900);
    const { inTime } = await command.stop();
    expect(inTime).toBe(true);
  }, 30_000);
});

describe("demo", () => {
  it.each([
    ["while it starts", 0],
    ["while it runs", 7000],
  ])(
    "%s, and leaves no process behind",
    async (_, afterMs) => {
      const command = run(["demo", "--state", folder(), "--clock-hz", "2.5e8", "--block-bits", "1000000"]);
      const pid = command.child.pid ?? 0;
      await expect.poll(() => childrenOf(pid).length, { timeout: 25_000 }).toBeGreaterThan(0);
      await sleep(afterMs);
      const children = childrenOf(pid);
      const { inTime } = await command.stop();
      expect(inTime).toBe(true);
      await expect.poll(() => children.filter(runs), { timeout: 5000 }).toEqual([]);
    },
    40_000,
  );
});
