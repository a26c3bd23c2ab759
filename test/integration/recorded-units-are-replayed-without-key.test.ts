import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureFile, PacketDecoder, Recorder, readCapture } from "../../capture/index.ts";
import { runCommand } from "../../cli/index.ts";
import { openTelemetry, openTransceiver, wallNs } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

let folder: string;
let link: EmulatedLink;
let recording: string;
/** Planes of every frame that a driver got while it was recorded. */
const planes: Uint8Array[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-recorded-"));
  recording = join(folder, "run.pcapng");
  const listen = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
  link = await startEmulatedLink({
    seed: 5n,
    clockHz: 1e7,
    lossDb: 3,
    listen: { alice: listen, bob: listen },
  });
  const file = new CaptureFile({ file: recording, stopped: (reason) => expect.fail(reason.line) });
  const recorder = new Recorder({ sink: file, now: wallNs, application: "test", crc32 });
  await file.begin();
  const units = await Promise.all(
    (["alice", "bob"] as const).map((site, index) => {
      const { tcp = "", modbusTcp = "" } = link.addresses[site];
      return openTransceiver(tcp, { telemetry: modbusTcp, tap: recorder.unit(`unit ${index + 1}`, tcp) });
    }),
  );
  const enough = Promise.withResolvers<void>();
  for (const unit of units) {
    unit.health$.subscribe();
    unit.rawKeys$.subscribe((frame) => {
      planes.push(frame.planes.slice());
      unit.acknowledge(frame.frameId);
      if (planes.length >= 8) enough.resolve();
    });
  }
  await Promise.all(units.map((unit) => unit.listParameters()));
  await units[0]?.readLog();
  await units[0]?.telemetry?.read();
  await units[0]?.telemetry?.identification();
  await Promise.all(units.map((unit) => unit.start({ detectionsPerFrame: 4096 })));
  await enough.promise;
  await Promise.all(units.map((unit) => unit.close()));
  await file.close(recorder.statistics());
}, 30_000);

afterAll(async () => {
  await link.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a recording of both units of a link", () => {
  it("has every raw-key frame with its length, and no eight bytes of any plane", async () => {
    const bytes = readFileSync(recording);
    let pieces = 0;
    expect(planes.length).toBeGreaterThanOrEqual(8);
    for (const plane of planes) {
      expect(plane.some((byte) => byte !== 0)).toBe(true);
      for (let at = 0; at + 8 <= plane.length; at += 8) {
        const piece = plane.subarray(at, at + 8);
        if (piece.filter((byte) => byte !== 0).length < 5) continue;
        pieces += 1;
        expect(bytes.includes(Buffer.from(piece))).toBe(false);
      }
    }
    expect(pieces).toBeGreaterThan(500);
    const decoder = new PacketDecoder({ crc32 });
    const names = new Map<string, number>();
    for await (const packet of readCapture(recording))
      for (const { name, kind, malformed, eventGap } of decoder.decode(packet)) {
        expect(malformed).toBeUndefined();
        expect(eventGap).toBeUndefined();
        expect(kind).not.toBe("damaged");
        names.set(name, (names.get(name) ?? 0) + 1);
      }
    expect((names.get("rawKeyQtx") ?? 0) + (names.get("rawKeyQrx") ?? 0)).toBeGreaterThanOrEqual(
      planes.length,
    );
    for (const name of ["identify", "status", "readInputRegisters", "readIdentification", "credit"])
      expect(names.get(name), name).toBeGreaterThan(0);
  });

  it("is served again: identity, parameters, status, alarms, events and registers, and refuses what it cannot know", async () => {
    const child = spawn(process.execPath, [main, "replay", recording, "--json", "--speed", "100"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = await once(child.stdout, "data");
      const { units } = JSON.parse(String(line));
      expect(units).toHaveLength(2);
      const original = await openTransceiver(link.addresses.alice.tcp ?? "");
      const replayed = await openTransceiver(units[0].session, { telemetry: units[0].telemetry });
      const health = await new Promise((resolve) =>
        replayed.health$.subscribe((one) => one.state === "online" && resolve(one)),
      );
      expect(health).toBeDefined();
      expect(replayed.identity).toEqual(original.identity);
      const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
      expect(names(await replayed.listParameters())).toEqual(names(await original.listParameters()));
      expect(await replayed.getParameter(0x11)).toBe(0);
      expect(await replayed.activeAlarms()).toEqual([]);
      expect(await replayed.readLog()).not.toEqual([]);
      expect(await replayed.ping()).toBeGreaterThan(0);
      const telemetry = openTelemetry(units[0].telemetry);
      expect((await telemetry.identification()).serialNumber).toBe(original.identity.serial);
      expect((await telemetry.read()).values.laserPowerDbm).toBeTypeOf("number");
      await expect(telemetry.identifyLed(5)).rejects.toMatchObject({ code: "QKD_MODBUS_EXCEPTION" });
      await expect(replayed.setParameter(0x11, 3)).rejects.toMatchObject({
        message: "The device refused setParameter: a recording cannot be set",
        remedy: "leave it as it is: the unit does not let it be set",
      });
      await expect(replayed.start()).rejects.toThrow(/a recording holds no raw key/);
      await expect(replayed.selfTest()).rejects.toThrow(/selfTest was never recorded/);
      await expect(replayed.compareClocks()).rejects.toThrow(/a recording has no clock/);
      await Promise.all([telemetry.close(), replayed.close(), original.close()]);
    } finally {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    expect(child.exitCode).toBe(0);
  }, 30_000);

  it("that is cut short gives what could be read, and says where it ends", async () => {
    const cut = join(folder, "cut.pcapng");
    writeFileSync(cut, readFileSync(recording));
    truncateSync(cut, 5001);
    const { code, errors } = await runCommand(["decode", cut, "--brief"]);
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^QKD_CAPTURE_DAMAGED: the capture is damaged at byte \d+: it ends inside a block; \d+ packets were read before it\. Remedy: /,
    );
  });

  it.each([
    [
      "decode",
      "no-such.pcapng",
      /QKD_CONFIG_UNREADABLE: \S+no-such.pcapng cannot be read: there is no such file/,
    ],
    [
      "replay",
      "no-such.pcapng",
      /QKD_CONFIG_UNREADABLE: \S+no-such.pcapng cannot be read: there is no such file/,
    ],
    [
      "decode",
      "text.txt",
      /QKD_CAPTURE_DAMAGED: the input is neither a pcapng capture nor hexadecimal digits/,
    ],
    [
      "replay",
      "text.txt",
      /QKD_CAPTURE_DAMAGED: the capture is damaged at byte 0: it does not begin as a pcapng file/,
    ],
  ])("%s of %s says in one sentence what is wrong", async (command, name, sentence) => {
    writeFileSync(join(folder, "text.txt"), "no capture at all\n");
    const { code, errors } = await runCommand([command, join(folder, name)]);
    expect(code).toBeGreaterThan(0);
    expect(errors).toMatch(sentence);
    expect(errors.trim().split("\n")).toHaveLength(1);
  });

  it.each([
    [
      "an address twice",
      ["tcp://127.0.0.1:1", "tcp://127.0.0.1:1"],
      /QKD_USAGE: tcp:\/\/127\.0\.0\.1:1 is named twice/,
    ],
    ["no address", ["here"], /QKD_TRANSPORT_ADDRESS/],
  ])(
    "is not begun with %s",
    async (_, addresses, sentence) => {
      const { errors } = await runCommand([
        "record",
        ...addresses,
        "--out",
        join(folder, `no-${addresses.length}.pcapng`),
      ]);
      expect(errors).toMatch(sentence);
    },
    20_000,
  );
});
