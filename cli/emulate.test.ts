import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { emulateCommand } from "./emulate.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs the command as users do; collects what it prints. */
function emulate(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "emulate", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const printed = { out: "" };
  let wake = (): void => {};
  child.stdout.on("data", (chunk: Uint8Array) => {
    printed.out += String(chunk);
    wake();
  });
  let isOver = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", (code) => {
      isOver = true;
      wake();
      resolve(code);
    }),
  );
  const until = async (text: string): Promise<void> => {
    while (!printed.out.includes(text)) {
      if (isOver) throw new Error(`the command ended before it printed ${JSON.stringify(text)}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { child, printed, ended, until };
}

describe("qkdlink emulate", () => {
  it("prints its addresses and ready, serves, and leaves nothing behind on SIGTERM", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emulate-"));
    const line = join(folder, "alice-line");
    const run = emulate("--alice", `serial:${line}?baud=115200`, "--bob", "tcp://127.0.0.1:0");
    await run.until("ready\n");
    expect(run.printed.out).toContain(`alice    serial:${line}?baud=115200\n`);
    expect(run.printed.out).toMatch(/bob {6}tcp:\/\/127\.0\.0\.1:\d+\n/);
    expect(existsSync(line)).toBe(true);
    run.child.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(existsSync(line)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it("prints one JSON line for programs", async () => {
    const run = emulate("--json", "--control", "tcp://127.0.0.1:0", "--alice", "tcp://127.0.0.1:0");
    await run.until("\n");
    const { ready, addresses } = JSON.parse(run.printed.out);
    expect(ready).toBe(true);
    expect(addresses.alice.tcp).toMatch(/^tcp:/);
    expect(Object.keys(addresses.bob)).toEqual(["tcp", "serial", "modbusTcp", "modbusRtu", "all"]);
    expect((await fetch(`${addresses.control}/state`)).status).toBe(200);
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
  });

  it("tells each event of a scenario, and what the control port makes happen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emulate-"));
    const scenario = join(folder, "short.yaml");
    writeFileSync(
      scenario,
      `name: short
title: A short cut
description: A bend, and a cut that is over soon.
preset: yuan2018
clockHz: 1.0e+6
starts: at once
duration: 10 s
fibre: { lengthKm: 10, attenuationDbPerKm: 0.2, kind: buried }
timeline:
  - { at: 0 s, event: bend, lossDb: 2 }
  - { at: 300 ms, event: cut, for: 1 s }
`,
    );
    const ports = ["--alice", "tcp://127.0.0.1:0", "--bob", "tcp://127.0.0.1:0"];
    const plain = emulate("--scenario", scenario, ...ports);
    const json = emulate("--scenario", scenario, "--json", "--control", "tcp://127.0.0.1:0", ...ports);
    await plain.until("cut is over\n");
    expect(plain.printed.out.slice(plain.printed.out.indexOf("ready\n"))).toBe(
      "ready\n0 s      bend: lossDb 2\n0.3 s    cut: for 1 s\n1.3 s    cut is over\n",
    );
    await json.until('"phase":"ends"');
    const lines = () =>
      json.printed.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const [{ addresses }, ...told] = lines();
    const happening = { type: "happening", by: "scenario" };
    expect(told).toEqual([
      { ...happening, atS: 0, phase: "begins", event: "bend", values: { lossDb: 2 } },
      { ...happening, atS: 0.3, phase: "begins", event: "cut", values: { for: "1 s" } },
      { ...happening, atS: 1.3, phase: "ends", event: "cut", values: { for: "1 s" } },
    ]);
    const body = JSON.stringify({ event: "bend", lossDb: 3 });
    expect((await fetch(`${addresses.control}/fault`, { method: "POST", body })).status).toBe(200);
    await json.until('"lossDb":3');
    expect(lines().at(-1)).toMatchObject({ by: "caller", phase: "begins", event: "bend" });
    for (const run of [plain, json]) run.child.kill("SIGTERM");
    expect(await Promise.all([plain.ended, json.ended])).toEqual([0, 0]);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["npx", "exec"],
    ["npm start", "start"],
    ["npm run", "run"],
  ])(
    "ends with the shell in which %s runs it, which takes a signal and hands none on",
    async (_, npm_command) => {
      const command = `"$0" "$@"; true`;
      const args = [MAIN, "emulate", "--alice", "tcp://127.0.0.1:0", "--bob", "tcp://127.0.0.1:0"];
      const shell = spawn("sh", ["-c", command, process.execPath, ...args], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, npm_command },
        detached: true,
      });
      // The program outlives its shell where this fails: then its whole group is ended.
      onTestFinished(() => {
        try {
          process.kill(-(shell.pid ?? 0), "SIGKILL");
        } catch {
          // Nobody is left.
        }
      });
      const closed = once(shell, "close");
      let printed = "";
      for await (const chunk of shell.stdout) {
        printed += String(chunk);
        if (printed.includes("ready\n") && !shell.killed) shell.kill("SIGTERM");
      }
      expect(printed).toContain("ready\n");
      expect(await closed).toEqual([null, "SIGTERM"]);
    },
  );

  it.each([
    [["--preset", "moonbeam"], "QKD_CONFIG_INVALID"],
    [["--loss-db", "-1"], "QKD_PHYSICS_RANGE"],
    [["--speed", "warp"], "QKD_CONFIG_INVALID"],
    [["--alice", "carrier-pigeon:"], "QKD_TRANSPORT_ADDRESS"],
    [["--loss-db", "much"], "commander.invalidArgument"],
    [["--seed", "-4"], "commander.invalidArgument"],
    [["--wait-for-partner", "-1"], "commander.invalidArgument"],
  ])("refuses %j", async (args, code) => {
    const command = emulateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    await expect(command.parseAsync(args, { from: "user" })).rejects.toMatchObject({ code });
  });

  it("refuses without harm to the process that it runs in", async () => {
    const program = `
      import { emulateCommand } from ${JSON.stringify(new URL("./emulate.ts", import.meta.url).href)};
      let lives = false;
      process.once("message", () => {});
      process.once("beforeExit", () => (process.exitCode = lives ? 0 : 3));
      await emulateCommand().parseAsync(["--loss-db", "-1"], { from: "user" }).catch((error) => process.send(error.code));
      // Holds nobody: a process that no longer counts its channel ends before.
      setTimeout(() => {
        lives = true;
        process.disconnect();
      }, 200).unref();`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.push(child);
    const [refusal] = await once(child, "message");
    expect(refusal).toBe("QKD_PHYSICS_RANGE");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
