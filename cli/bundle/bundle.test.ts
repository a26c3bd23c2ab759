import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { interfaceBlock, LINK_TYPES, packetBlock, sectionBlock } from "../../capture/index.ts";
import { EVENTS, encodeFrame, SecretBytes } from "../../protocol/index.ts";
import { createDemoState, writeSiteConfig } from "../development/demo-state.ts";
import { runCommand } from "../run-command.ts";

const SEED = "a seed that nobody may know";
const COMMUNITY = "a-word-of-one-receiver";
const SECRET_OF_BUS =
  "-----BEGIN USER NKEY SEED-----\nSUAIO3FHUX5PNV2LQIIP7TZ3N4L7TX3W53MQGEIVYFIGA635OZCKEYHFLM of a trial\n";
const FOUND = 12;

let folder: string;
let config: string;
let secrets: Buffer[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-bundle-"));
  const root = await createDemoState(join(folder, "dev"));
  const link = {
    preset: "yuan2018",
    lossDb: 8,
    clockHz: 1e9,
    blockBits: 1e6,
    detectionsPerFrame: 2 ** 17,
    seed: null,
  };
  const unit = { address: "tcp://127.0.0.1:5525" };
  config = writeSiteConfig(
    root,
    "alice",
    link,
    unit,
    { listen: "tls://127.0.0.1:5600" },
    "https://127.0.0.1:8443",
  );
  const site = dirname(config);
  mkdirSync(join(site, "captures"));
  const written = {
    ...JSON.parse(readFileSync(config, "utf8")),
    developmentSeed: SEED,
    recording: { folder: "captures" },
    dashboard: { listen: "https://127.0.0.1:0", certificate: "dashboard.pem", privateKey: "dashboard.key" },
    alarms: { snmp: { address: "udp://127.0.0.1:162", communityFile: "community" } },
    nats: { servers: ["nats://127.0.0.1:4222"], credentialsFile: "bus.creds" },
  };
  writeFileSync(config, JSON.stringify(written));
  // The dashboard's key is no other listener's.
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(join(site, "dashboard.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(site, "community"), `${COMMUNITY}\n`);
  writeFileSync(join(site, "bus.creds"), SECRET_OF_BUS);
  const named = readFileSync(config, "utf8").matchAll(/(?:secretFile|keyFile|privateKey)": ?"([^"]+)/g);
  secrets = [...named].map(([, file = ""]) => readFileSync(resolve(site, file)));
  expect(secrets.length).toBeGreaterThanOrEqual(5);
  secrets.push(Buffer.from(SECRET_OF_BUS));
  // A recorder that redacts nothing wrote this one.
  const planes = new SecretBytes(new Uint8Array(4).fill(0xa7));
  const payload = EVENTS.rawKeyQrx.event.encode({
    ...EVENTS.rawKeyQrx.event.samples[0],
    detections: 16,
    planes,
  } as never);
  const frame = encodeFrame(
    { kind: "event", repeat: false, sequence: 0, opcode: EVENTS.rawKeyQrx.opcode },
    payload,
  );
  writeFileSync(
    join(site, "captures/run.pcapng"),
    Buffer.concat([
      sectionBlock("test"),
      interfaceBlock(LINK_TYPES.session, "unit 1 session", ""),
      packetBlock(0, 5n, [Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0), frame]),
      Uint8Array.of(0, 0, 0, 6),
    ]),
  );
  const leaks = secrets.flatMap((secret) => [
    `hex ${secret.subarray(0, 40).toString("hex")}`,
    `upper ${secret.subarray(3, 60).toString("hex").toUpperCase()}`,
    `base64 ${secret.subarray(5, 65).toString("base64")}`,
    `base64url ${secret.subarray(7, 65).toString("base64url")}`,
    // Private keys begin alike: what is no other's stands here.
    `late ${secret.subarray(52, 90).toString("hex")}`,
  ]);
  writeFileSync(
    join(folder, "site.log"),
    `${["an ordinary line", ...leaks, `seed ${SEED}`, `community ${COMMUNITY}`].join("\n")}\n`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a support bundle", () => {
  it("has everything that can be had, no part of any secret, and says what is missing", async () => {
    const server = createServer((request, response) => {
      if (request.url !== "/api/v1/kpi") response.writeHead(404).end();
      else response.end(JSON.stringify({ skrBps: 7, leak: secrets[0]?.toString("base64").slice(0, 60) }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const out = join(folder, "bundle.tar.gz");
    const { code } = await runCommand([
      "bundle",
      `--out=${out}`,
      `--config=${config}`,
      `--log=${join(folder, "site.log")}`,
      `--site=http://127.0.0.1:${port}`,
      "--json",
    ]);
    server.close();
    expect(code).toBe(0);
    const names = execFileSync("tar", ["-tzf", out], { encoding: "utf8" }).trim().split("\n");
    expect(names).toEqual([
      "versions.json",
      "site.yaml",
      "check.json",
      "log.txt",
      "site/kpi.json",
      "recording/run.pcapng",
      "missing.json",
    ]);
    const read = (name: string) => execFileSync("tar", ["-xzOf", out, name], { encoding: "latin1" });
    expect(read("log.txt")).toMatch(/^an ordinary line\nhex \[removed: peer.secretFile\]|\[removed: /);
    expect(read("site/kpi.json")).toContain('"skrBps":7');
    expect(JSON.parse(read("missing.json"))).toEqual([
      ...["site", "health", "alarms", "events", "pool", "delivery", "explain"].map(
        (part) => `site/${part}: the answer is 404`,
      ),
      expect.stringMatching(
        /^recording: the capture is damaged at byte \d+: it ends inside a block; 1 packet was/,
      ),
    ]);
    const all = gunzipSync(readFileSync(out)).toString("latin1");
    expect(all).not.toContain(SEED);
    expect(all).not.toContain(COMMUNITY);
    expect(all).not.toContain("\xa7\xa7");
    for (const secret of secrets)
      for (let at = 0; at + FOUND <= Math.min(secret.length, 3000); at++) {
        const part = secret.subarray(at, at + FOUND);
        // The first line of a private key is the same in every file.
        if (/-----/.test(part.toString("latin1"))) continue;
        expect(all.includes(part.toString("latin1")), `byte ${at}`).toBe(false);
        expect(all.includes(part.toString("hex")), `hex ${at}`).toBe(false);
        expect(all.includes(part.toString("base64")), `base64 ${at}`).toBe(false);
      }
  }, 30_000);

  it("is made where nearly everything is broken, and takes no place of another file", async () => {
    const out = join(folder, "broken.tar.gz");
    writeFileSync(join(folder, "broken.yaml"), "site: [\n");
    const made = [
      "bundle",
      `--out=${out}`,
      `--config=${join(folder, "broken.yaml")}`,
      `--log=${join(folder, "none.log")}`,
      `--recording=${join(folder, "none.pcapng")}`,
      "--site=http://127.0.0.1:1",
    ];
    expect(await runCommand(made)).toMatchObject({ code: 0 });
    const missing = execFileSync("tar", ["-xzOf", out, "missing.json"], { encoding: "utf8" });
    expect(missing).toMatch(/log: ENOENT[\s\S]*site\/kpi: [\s\S]*recording: ENOENT/);
    const again = await runCommand(made);
    expect(again).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/broken\.tar\.gz cannot be written: it is there already/),
    });
    expect(await runCommand(["bundle", "--out", join(folder, "x"), "--site", "nowhere"])).toMatchObject({
      code: 2,
    });
  }, 30_000);
});
