import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigError } from "../../errors/index.ts";
import { Frame } from "../../protocol/index.ts";
import type { CapturePacket } from "../pcapng/capture-reader.ts";
import { Recorder } from "../recorder/recorder.ts";
import { CaptureFile, type CaptureFileOptions } from "./capture-file.ts";
import { readCapture } from "./read-capture.ts";

let folder: string;
let atNs: bigint;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-capture-"));
  atNs = 1_000_000_000_000n;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SECOND_NS = 1_000_000_000n;

function recording(options: Partial<CaptureFileOptions> = {}) {
  const stops: ConfigError[] = [];
  const file = new CaptureFile({
    file: join(folder, "run.pcapng"),
    stopped: (reason) => stops.push(reason),
    ...options,
  });
  const recorder = new Recorder({ sink: file, now: () => atNs, application: "test" });
  return { file, recorder, stops };
}

const ping = (sequence: number) =>
  ({
    kind: "frame",
    frame: new Frame({ kind: "request", repeat: false, sequence, opcode: 1 }, new Uint8Array(8)),
  }) as const;

async function packetsOf(file: string, fromNs?: bigint): Promise<CapturePacket[]> {
  const packets: CapturePacket[] = [];
  for await (const packet of readCapture(file, fromNs === undefined ? {} : { fromNs })) packets.push(packet);
  return packets;
}

const sequences = (packets: readonly CapturePacket[]): number[] =>
  packets.map(({ bytes }) => bytes[8 + 7] ?? -1);

describe("a recording", () => {
  it("holds every packet of every unit in order, with an index and counts", async () => {
    const { file, recorder, stops } = recording();
    await file.begin();
    const first = recorder.unit("unit 1", "here");
    for (let sequence = 0; sequence < 5; sequence++) {
      first.session("toDevice", ping(sequence));
      atNs += SECOND_NS;
    }
    const second = recorder.unit("unit 2", "there");
    second.modbus("fromDevice", Uint8Array.of(1, 2, 3, 4), true);
    second.modbus("fromDevice", Uint8Array.of(9, 9, 9), false);
    await file.close(recorder.statistics());
    expect(stops).toEqual([]);
    expect(recorder.counts).toEqual({ written: 7, dropped: 0 });
    const packets = await packetsOf(join(folder, "run.pcapng"));
    expect(packets.map(({ interface: { name, linkType } }) => `${name} ${linkType}`)).toEqual([
      ...Array<string>(5).fill("unit 1 session 147"),
      "unit 2 modbus 148",
      "unit 2 modbus 148",
    ]);
    expect(sequences(packets.slice(0, 5))).toEqual([0, 1, 2, 3, 4]);
    expect([...(packets[5]?.bytes ?? [])]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
    expect([...(packets[6]?.bytes ?? [])]).toEqual([1, 1, 1, 3, 8, 0, 0, 0, 0, 0, 0]);
    expect(readFileSync(join(folder, "run.pcapng.idx"), "utf8").trim().split("\n")).toHaveLength(6);
  });

  it("is read from a time on, by its index or without", async () => {
    const { file, recorder } = recording();
    await file.begin();
    const tap = recorder.unit("unit 1", "here");
    const long = { kind: "garbage", bytes: 60_000, reason: "noise" } as const;
    for (let sequence = 0; sequence < 20; sequence++) {
      tap.session("toDevice", ping(sequence));
      tap.session("fromDevice", long);
      atNs += SECOND_NS;
    }
    await file.close();
    const path = join(folder, "run.pcapng");
    const from = 1_000_000_000_000n + 15n * SECOND_NS;
    const later = (await packetsOf(path, from)).filter(({ bytes }) => bytes.length < 100);
    expect(sequences(later)).toEqual([15, 16, 17, 18, 19]);
    // What the index spares was not read: a damage there is not met.
    const bytes = readFileSync(path);
    const spoilt = Buffer.from(bytes);
    spoilt.fill(0xff, 400_000, 500_000);
    writeFileSync(path, spoilt);
    await expect(packetsOf(path)).rejects.toThrow(/damaged at byte \d+/);
    expect(await packetsOf(path, from)).toHaveLength(10);
    writeFileSync(path, bytes);
    for (const index of ["no index\n{\n", '{"offset":7,"packets":1,"interfaces":9,"atNs":"0"}\n']) {
      writeFileSync(`${path}.idx`, index);
      expect(await packetsOf(path, from)).toHaveLength(10);
    }
  });

  it("goes on in the next file by size and by time, each readable alone, and keeps the newest", async () => {
    const limits = { fileBytes: 1000, fileNs: 10n * SECOND_NS };
    const { file, recorder } = recording({ limits, keepFiles: 3 });
    await file.begin();
    const tap = recorder.unit("unit 1", "here");
    for (let sequence = 0; sequence < 60; sequence++) {
      tap.session("toDevice", ping(sequence));
      if (sequence === 40) atNs += 11n * SECOND_NS;
    }
    await file.close();
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(".pcapng"))
      .sort();
    expect(names).toHaveLength(3);
    expect(names).not.toContain("run.pcapng");
    const all = await Promise.all(names.map((name) => packetsOf(join(folder, name))));
    const last = all.flatMap(sequences);
    expect(last).toEqual(Array.from({ length: last.length }, (_, index) => 60 - last.length + index));
    expect(all.map((packets) => packets[0]?.bytes[8 + 7])).toContain(41);
  });

  it("takes no place of another file", async () => {
    writeFileSync(join(folder, "run.pcapng"), "mine");
    const { file } = recording();
    await expect(file.begin()).rejects.toMatchObject({
      code: "QKD_OUTPUT_WRITE",
      message: expect.stringContaining("the file exists already"),
      remedy: "name a file that does not exist yet",
    });
    await file.close();
    await file.discard();
    expect(readFileSync(join(folder, "run.pcapng"), "utf8")).toBe("mine");
    expect(readdirSync(folder)).toEqual(["run.pcapng"]);
  });

  it("of nothing is taken back", async () => {
    const { file } = recording();
    await file.begin();
    expect(readdirSync(folder).sort()).toEqual(["run.pcapng", "run.pcapng.idx"]);
    await file.close();
    await file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("drops and counts what the disk does not take in time", async () => {
    let taken: Promise<void> = Promise.resolve();
    const create = async () => ({
      appendFile: () => taken,
      stat: async () => ({ size: 0 }) as never,
      truncate: async () => {},
      close: async () => {},
    });
    const { file, recorder } = recording({ create });
    await file.begin();
    const hanging = Promise.withResolvers<void>();
    taken = hanging.promise;
    const tap = recorder.unit("unit 1", "here");
    for (let turn = 0; turn < 600; turn++)
      tap.session("fromDevice", { kind: "garbage", bytes: 60_000, reason: "noise" });
    const { written, dropped } = recorder.counts;
    expect(dropped).toBeGreaterThan(300);
    expect(written * 60_000).toBeLessThanOrEqual(16 * 2 ** 20);
    hanging.resolve();
    await file.close();
  });

  it("is not harmed by what a tap makes of it, and harms nobody", async () => {
    const { file, recorder, stops } = recording();
    await file.begin();
    const tap = recorder.unit("unit 1", "here");
    tap.session("toDevice", ping(1));
    expect(() => tap.session("toDevice", { kind: "frame", frame: {} as Frame })).not.toThrow();
    expect(() => tap.session("toDevice", ping(2))).not.toThrow();
    await file.close();
    expect(stops.map(({ code }) => code)).toEqual(["QKD_OUTPUT_WRITE"]);
    expect(sequences(await packetsOf(join(folder, "run.pcapng")))).toEqual([1]);
  });

  it("on a disk that is full ends with one sentence, behind a whole block", async ({ skip }) => {
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
    skip(mount.status !== 0, "this user may not mount a small file system");
    try {
      const { file, recorder, stops } = recording();
      await file.begin();
      const tap = recorder.unit("unit 1", "here");
      for (let turn = 0; turn < 40; turn++) {
        tap.session("fromDevice", { kind: "garbage", bytes: 10_000, reason: "noise" });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await file.close(recorder.statistics());
      expect(stops).toHaveLength(1);
      expect(stops[0]?.line).toMatch(
        /^QKD_OUTPUT_WRITE: recording to \S+run\.pcapng stopped after \d+ packets?, and the link goes on: the disk is full\. Remedy: .*free space\.$/,
      );
      expect((await packetsOf(join(folder, "run.pcapng"))).length).toBeGreaterThan(5);
    } finally {
      spawnSync("umount", [folder]);
    }
  });
});
