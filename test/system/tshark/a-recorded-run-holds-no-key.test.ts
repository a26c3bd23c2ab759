import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PacketDecoder, readCapture } from "../../../capture/index.ts";
import { openTransceiver } from "../../../drivers/index.ts";
import { startEmulatedLink } from "../../../emulator/index.ts";
import { keyTraces } from "../../chain/key-search.ts";
import { KeyTraffic } from "../../chain/key-traffic.ts";
import { TwoSites } from "../../chain/two-sites.ts";
import { describeWithTshark, dissect } from "./tshark.ts";

let sites: TwoSites;
const keys: string[] = [];
const captures = mkdtempSync(join(tmpdir(), "qkdlink-captures-"));
const files = () => readdirSync(captures).filter((name) => name.endsWith(".pcapng"));

beforeAll(async () => {
  sites = await TwoSites.start((config) => {
    config.recording = { folder: captures };
  });
  const traffic = new KeyTraffic(sites);
  for (const deadline = performance.now() + 60_000; traffic.keys.length < 20; ) {
    if (performance.now() > deadline) throw new Error("no keys came");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await traffic.stop();
  keys.push(...traffic.keys.map(({ key }) => key));
  await sites.stop();
}, 120_000);

afterAll(() => {
  sites.remove();
  rmSync(captures, { recursive: true, force: true });
});

describe("a whole run that both sites recorded", () => {
  it("is told packet by packet, and no delivered key is in it", async () => {
    expect(files()).toHaveLength(2);
    expect(keys.length).toBeGreaterThanOrEqual(20);
    expect(keyTraces(keys, new Map(), captures)).toEqual([]);
    const names = new Set<string>();
    for (const file of files()) {
      const decoder = new PacketDecoder({ crc32 });
      for await (const packet of readCapture(join(captures, file)))
        for (const { name, plane, malformed, eventGap } of decoder.decode(packet)) {
          names.add(`${plane} ${name}`);
          expect([malformed, eventGap]).toEqual([undefined, undefined]);
        }
    }
    for (const name of ["rawKeyQtx", "rawKeyQrx", "credit", "status"])
      expect(names).toContain(`session ${name}`);
    for (const name of ["distillation.sift", "distillation.tag", "agreement.released"])
      expect(names).toContain(`peer ${name}`);
  }, 60_000);
});

describeWithTshark("tshark", () => {
  it("dissects the whole run without a malformed packet, a wrong checksum or a gap", () => {
    for (const file of files()) {
      const layers = dissect(join(captures, file));
      expect(layers.length).toBeGreaterThan(100);
      const text = JSON.stringify(layers);
      expect(text).not.toMatch(
        /_ws\.malformed|qkdlink\.malformed|qkdlink\.bad_crc|qkdlink\.gap|qkdlink\.damaged"|Lua Error/,
      );
    }
  }, 120_000);

  it("puts frames together that TCP carries in pieces, while they pass", async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), "qkdlink-live-"));
    const link = await startEmulatedLink({
      clockHz: 1e7,
      lossDb: 3,
      listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    });
    try {
      const port = new URL(link.addresses.alice.tcp ?? "").port;
      const file = join(folder, "live.pcapng");
      const sniffer = spawn("tshark", ["-i", "lo", "-f", `tcp port ${port}`, "-w", file, "-q"], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      const said = await new Promise<string>((resolve) => {
        let text = "";
        sniffer.stderr.on("data", (chunk) => {
          text += chunk;
          if (/Capturing on|Capture started/.test(text)) resolve(text);
        });
        sniffer.once("exit", () => resolve(`ended: ${text}`));
      });
      skip(said.startsWith("ended"), "this user may not capture on the loopback interface");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const [alice, bob] = await Promise.all([
        openTransceiver(link.addresses.alice.tcp ?? ""),
        openTransceiver(link.addresses.bob.tcp ?? ""),
      ]);
      let frames = 0;
      const enough = Promise.withResolvers<void>();
      alice.rawKeys$.subscribe(({ frameId }) => {
        frames += 1;
        alice.acknowledge(frameId);
        if (frames === 6) enough.resolve();
      });
      bob.rawKeys$.subscribe(({ frameId }) => bob.acknowledge(frameId));
      await Promise.all([alice, bob].map((unit) => unit.start({ detectionsPerFrame: 2 ** 17 })));
      await enough.promise;
      await Promise.all([alice.close(), bob.close()]);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      sniffer.kill("SIGINT");
      await once(sniffer, "exit");
      const layers = dissect(file, ["-d", `tcp.port==${port},qkdlink`]);
      const text = JSON.stringify(layers);
      expect(text.match(/"qkdlink\.message":"rawKeyQtx"/g)?.length).toBeGreaterThanOrEqual(6);
      expect(text).toContain('"qkdlink.message":"identify"');
      expect(text).not.toMatch(
        /qkdlink\.malformed|qkdlink\.bad_crc|qkdlink\.gap|qkdlink\.damaged"|Lua Error/,
      );
    } finally {
      await link.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 90_000);
});
