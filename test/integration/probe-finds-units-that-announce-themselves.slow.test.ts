import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const [CABINET, LAPTOP] = [`qkd-c${process.pid}`, `qkd-l${process.pid}`];
const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Two machines on one wire; multicast does not travel on a loopback. */
function joinNamespaces(): void {
  for (const name of [CABINET, LAPTOP]) ip("netns", "add", name);
  ip("link", "add", "wire0", "netns", CABINET, "type", "veth", "peer", "name", "wire0", "netns", LAPTOP);
  [CABINET, LAPTOP].forEach((name, index) => {
    ip("-n", name, "addr", "add", `10.77.0.${index + 1}/24`, "dev", "wire0");
    for (const device of ["lo", "wire0"]) ip("-n", name, "link", "set", device, "up");
    ip("-n", name, "route", "add", "224.0.0.0/4", "dev", "wire0");
  });
}

/** Why this machine cannot play two machines, or null. */
function obstacle(): string | null {
  try {
    joinNamespaces();
    return null;
  } catch (error) {
    return `network namespaces cannot be made here: ${String((error as Error).message).split("\n")[0]}`;
  }
}

const inNamespace = (name: string, args: readonly string[]) =>
  spawn("ip", ["netns", "exec", name, process.execPath, MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });

const why = obstacle();
if (why !== null && process.env.REQUIRE_ALL === "1") throw new Error(why);

describe.skipIf(why !== null)(`probe without an address${why === null ? "" : ` (skipped: ${why})`}`, () => {
  let emulator: ReturnType<typeof inNamespace>;
  beforeAll(async () => {
    const listen = [
      "--alice",
      "tcp://0.0.0.0:5525",
      "--alice",
      "modbus+tcp://0.0.0.0:1502",
      "--bob",
      "tcp://0.0.0.0:5526",
    ];
    emulator = inNamespace(CABINET, ["emulate", "--json", "--announce", ...listen]);
    await new Promise<void>((resolve, reject) => {
      emulator.stdout?.once("data", () => resolve());
      emulator.once("exit", (code) => reject(new Error(`the emulator ended with ${code}`)));
    });
  }, 30_000);
  afterAll(async () => {
    emulator.kill("SIGTERM");
    await new Promise((resolve) => emulator.once("exit", resolve));
    for (const name of [CABINET, LAPTOP]) ip("netns", "del", name);
  }, 30_000);

  const probed = async (...args: string[]) => {
    const command = inNamespace(LAPTOP, ["probe", "--json", ...args]);
    let output = "";
    command.stdout?.on("data", (chunk) => {
      output += String(chunk);
    });
    await new Promise((resolve) => command.once("close", resolve));
    const lines = output.split("\n").filter((line) => line.includes("10.77.0.1"));
    return lines.map((line) => JSON.parse(line) as { readonly address: string; readonly found: string });
  };

  it("finds both units of a cabinet with their telemetry, and asks each who it is", async () => {
    const found = await probed();
    expect(found.map(({ address, found: what }) => `${what} ${address}`).sort()).toEqual([
      "telemetry modbus+tcp://10.77.0.1:1502?unit=1",
      "transceiver tcp://10.77.0.1:5525",
      "transceiver tcp://10.77.0.1:5526",
    ]);
  }, 30_000);

  it("looks nowhere on the network where it is told not to", async () => {
    expect(await probed("--no-network")).toEqual([]);
  }, 30_000);
});
