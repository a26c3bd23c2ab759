import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AskedToStop } from "../chain/asked-to-stop.ts";

const usualTemporary = process.env.TMPDIR;
let temporary: string;
let command: AskedToStop | null = null;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "qkdlink-network-test-"));
  process.env.TMPDIR = temporary;
});

afterEach(() => {
  command?.kill();
  command = null;
  if (usualTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualTemporary;
  rmSync(temporary, { recursive: true, force: true });
});

function run(...args: readonly string[]): AskedToStop {
  command = new AskedToStop(["network", ...args]);
  return command;
}

/** Processes that a process started, with their command lines. */
function childrenOf(pid: number | undefined): { readonly pid: number; readonly line: string }[] {
  // Without any child its exit code is 1.
  const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout.split("\n").flatMap((text) => {
    const [, id, line] = /^\s*(\d+)\s+(.*)$/.exec(text) ?? [];
    return id === undefined ? [] : [{ pid: Number(id), line: line ?? "" }];
  });
}

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function untilErrorsSay(network: AskedToStop, text: string): Promise<void> {
  while (!network.errors.includes(text)) {
    if (network.child.exitCode !== null) throw new Error(`ended: ${network.errors.slice(-800)}`);
    await sleep(50);
  }
}

describe("a network of six nodes in a ring", { timeout: 300_000 }, () => {
  it("gives every pair the same keys at both ends, through a cut and the loss of a node, and leaves nothing behind", async () => {
    const network = run("--scenario", "ring-6", "--clock-hz", "1e7", "--for", "45", "--json");
    const code = await new Promise((resolve) => network.child.once("exit", resolve));
    expect(code, network.errors.slice(-2000)).toBe(0);
    const summary = JSON.parse(network.output.trim().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({
      network: "ring-6",
      clockHz: 1e7,
      nodes: 6,
      links: 7,
      fibreKm: 45.3,
      pairs: 15,
      pairsIdentical: 15,
      different: 0,
      cuts: 1,
    });
    const { requests, served, refused, unreachable, failedOptedIn, failures } = summary;
    expect(served.qkd).toBeGreaterThan(0);
    expect(served.relay).toBeGreaterThan(0);
    expect(unreachable).toBeGreaterThan(0);
    const sum = served.qkd + served.relay + served.hybrid + served.pqc + refused + unreachable;
    // What met a node that was dying is neither.
    expect(requests - sum).toBe(failedOptedIn - refused);
    expect(failures.QKD_PEER_LIED, JSON.stringify(failures)).toBeUndefined();
    expect(network.errors).toContain("node komorebi: killed");
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("a network", { timeout: 120_000 }, () => {
  it("that is asked to stop while it fills ends all its processes within five seconds, also those that hang, and removes its folder", async () => {
    const network = run("--scenario", "line-3", "--json");
    await untilErrorsSay(network, "pairs have keys");
    const children = childrenOf(network.child.pid);
    expect(children).toHaveLength(4);
    for (const { pid, line } of children) if (/minase|emulate/.test(line)) process.kill(pid, "SIGSTOP");
    expect(readdirSync(temporary)).toHaveLength(1);
    expect(await network.stop("SIGINT")).toMatchObject({ code: 0, signal: null, inTime: true });
    expect(children.filter(({ pid }) => runs(pid))).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("that is asked to stop while its nodes start ends likewise", async () => {
    const network = run("--scenario", "line-3", "--json");
    while (!childrenOf(network.child.pid).some(({ line }) => line.includes(" node --config ")))
      await sleep(20);
    const children = childrenOf(network.child.pid);
    expect(await network.stop()).toMatchObject({ code: 0, signal: null, inTime: true });
    expect(children.filter(({ pid }) => runs(pid))).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("one of whose processes dies says which, fails, and ends the others", async () => {
    const network = run("--scenario", "line-3", "--json");
    await untilErrorsSay(network, "pairs have keys");
    const children = childrenOf(network.child.pid);
    const minase = children.find(({ line }) => line.includes("minase"));
    process.kill(minase?.pid ?? 0, "SIGKILL");
    expect(await network.ending()).toMatchObject({ code: 1, signal: null, inTime: true });
    const { error } = JSON.parse(network.errors.trim().split("\n").at(-1) ?? "");
    expect(error).toMatchObject({
      code: "QKD_LINK_PROCESS",
      message: expect.stringContaining("node minase was ended by SIGKILL"),
    });
    expect(children.filter(({ pid }) => runs(pid))).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("whose pairs get no keys in time names them, and fails", async () => {
    const out = join(temporary, "kept");
    const network = run("--scenario", "line-3", "--fill-within", "1", "--out", out, "--json");
    await new Promise((resolve) => network.child.once("exit", resolve));
    expect(network.child.exitCode).toBe(1);
    const { error } = JSON.parse(network.errors.trim().split("\n").at(-1) ?? "");
    expect(error.code).toBe("QKD_LINK_FAILED");
    expect(error.message).toMatch(/of 3 pairs have no keys: .*(asagiri|minase)/);
    expect(readdirSync(out).toSorted()).toEqual(["ca.pem", "network.json", "nodes"]);
  });
});
