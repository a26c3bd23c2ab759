import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../cli/index.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-mistakes-"));
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  mkdirSync(at("dir"));
  writeFileSync(
    at("bytes"),
    Uint8Array.from({ length: 3000 }, (_, index) => (index * 197) & 255),
  );
  writeFileSync(at("half.yaml"), "a: [");
  writeFileSync(at("empty.json"), "{}");
  writeFileSync(at("events.yaml"), "events: 5");
  expect((await runCommand(["init", "--out", at("dev"), "--json"])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = ["nowhere", "dir", "bytes", "half.yaml", "empty.json", "bytes/x", ""];
const sae = ["--cert", "dev/sae-alice.pem", "--key", "dev/sae-alice.key"];
const server = (url: string) => ["keys", "status", "x", ...sae, "--ca", "dev/ca.pem", "--url", url];

const MISTAKES: readonly (readonly string[])[] = [
  ...FILES.flatMap((file) => [
    ["plan", "--channels", file],
    ["emulate", "--scenario", file],
    ["emulate", "--network", file],
    ["network", "--scenario", file],
    ["control", "--config", file],
    ["ledger", "--config", file],
    ["audit", "--config", file],
    ["audit", "--store", file],
    ["device", "tcp://127.0.0.1:1", "apply", file],
    ["device", "tls://127.0.0.1:1", "show", "--authority", file],
    ["keys", "status", "x", "--url", "https://127.0.0.1:1", "--cert", file, "--key", file, "--ca", file],
    ["keys", "status", "x", "--url", "https://127.0.0.1:1", ...sae, "--ca", file],
    ["emulate", "--alice", `tls://127.0.0.1:0?cert=${file}&key=${file}`],
  ]),
  ...["dir", "bytes/x", "/proc/x"].map((file) => ["secret", "--out", file]),
  ...["dir/../bytes", "bytes/x", "/proc/x", "dev"].map((file) => ["init", "--out", file]),
  ...["bytes", "bytes/x", "/proc/x", "dev"].map((file) => ["demo", "--state", file]),
  ...["bytes", "bytes/x", "/proc/x", "dev"].map((file) => ["network", "--scenario", "line-3", "--out", file]),
  ["network"],
  ["network", "--scenario", "line-3", "--clock-hz", "1e30"],
  ["emulate", "--network", "line-3", "--clock-hz", "1e30"],
  ["emulate", "--network", "line-3", "--loss-db", "3"],
  ...["nonsense", "http://h", "https://[::1", "https://127.0.0.1:99999", "https://127.0.0.1:1"].map(server),
  ...[
    "nonsense",
    "tcp://256.1.1.1:99",
    "tcp://8.8.8.8:1",
    "serial:dir",
    "modbus+tcp://127.0.0.1:0?unit=999",
  ].map((address) => ["emulate", "--alice", address]),
  ["emulate", "--control", "tcp://127.0.0.1:99999"],
  ["emulate", "--clock-hz", "1e30"],
  ["emulate", "--loss-db", "-5"],
  ["emulate", "--seed", "9".repeat(25)],
  ["plan", "--loss-db", "1e9"],
  ["plan", "--clock-hz", "0"],
  ["demo", "--preset", "none"],
  ...["nonsense", "tcp://127.0.0.1:1", "modbus+tcp://127.0.0.1:1", "serial:dir", ""].map((address) => [
    "device",
    address,
  ]),
  ["device", "tcp://127.0.0.1:1", "none"],
  ["device", "tcp://127.0.0.1:1", "measure", "--points", "-1"],
  ["device", "tcp://127.0.0.1:1", "measure", "--nothing"],
  ["device", "tcp://127.0.0.1:1", "tune"],
  ["demo", "--speed", "-1"],
];

describe("a mistake of who types", () => {
  it.each(MISTAKES.map((args) => [args.join(" "), args] as const))("qkdlink %s", async (_, args) => {
    const placed = args.map((arg) =>
      arg
        .replace(/(cert=|key=)(?=[^&])/g, `$1${folder}/`)
        .replace(/^(?=(?:dir|bytes|dev|half|empty|events|nowhere))/, `${folder}/`)
        .replace(/^serial:/, `serial:${folder}/`),
    );
    const { code, errors } = await runCommand(placed);
    expect(errors).toMatch(/^QKD_[A-Z_]+: [^\n]+\n$/);
    expect(errors).not.toMatch(/^QKD_INTERNAL/);
    expect([1, 2]).toContain(code);
  });
});
