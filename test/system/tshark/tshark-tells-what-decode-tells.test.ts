import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type DecodedPacket,
  encodePseudoHeader,
  LINK_TYPES,
  PacketDecoder,
  type Plane,
  readCapture,
} from "../../../capture/index.ts";
import {
  COMMANDS,
  EVENTS,
  encodeFrame,
  encodePeerHeader,
  errorReply,
  type FrameKind,
  FrameScanner,
  PEER_MESSAGES,
} from "../../../protocol/index.ts";
import { captureOf } from "./capture-of.ts";
import { dissectedValues, ownValues, rowsOf, sameValue } from "./comparable.ts";
import { describeWithTshark, dissect, type Layers } from "./tshark.ts";

interface Packet {
  readonly plane: Plane;
  readonly bytes: Uint8Array;
}

const frame = (kind: FrameKind, opcode: number, sequence: number, payload: Uint8Array): Packet => ({
  plane: "session",
  bytes: encodeFrame({ kind, repeat: kind === "request" && sequence % 2 === 1, opcode, sequence }, payload, {
    crc32,
  }),
});

/** Every sample of every message, of devices and of controllers. */
function everyMessage(): Packet[] {
  let sequence = 0;
  let events = 0;
  return [
    ...Object.values(COMMANDS).flatMap(({ opcode, request, reply }) => [
      ...request.samples.map((sample) =>
        frame("request", opcode, sequence++, request.encode(sample as never)),
      ),
      ...reply.samples.map((sample) => frame("reply", opcode, sequence++, reply.encode(sample as never))),
    ]),
    ...Object.values(EVENTS).flatMap(({ opcode, event }) =>
      event.samples.map((sample) => frame("event", opcode, events++, event.encode(sample as never))),
    ),
    ...errorReply.samples.map((sample) => frame("error", 0x10, sequence++, errorReply.encode(sample))),
    ...PEER_MESSAGES.flatMap(({ kind, samples, encode }) =>
      samples.map((sample) => peerPacket(kind, Buffer.concat(encode(sample)))),
    ),
  ];
}

function peerPacket(kind: number, body: Uint8Array): Packet {
  return { plane: "peer", bytes: Buffer.concat([encodePeerHeader({ kind, bodyBytes: body.length }), body]) };
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-tshark-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function both(
  packets: readonly Packet[],
): Promise<{ own: DecodedPacket[][]; theirs: readonly Layers[] }> {
  const file = join(folder, "test.pcapng");
  const head = (plane: Plane) =>
    encodePseudoHeader({
      direction: plane === "peer" ? "heard" : "fromDevice",
      unit: 0,
      damaged: false,
      redacted: false,
      repeat: false,
      reason: "none",
    });
  writeFileSync(
    file,
    captureOf(packets.map(({ plane, bytes }) => [LINK_TYPES[plane], [head(plane), bytes]])),
  );
  const decoder = new PacketDecoder({ crc32 });
  const own: DecodedPacket[][] = [];
  for await (const packet of readCapture(file)) own.push(decoder.decode(packet));
  return { own, theirs: dissect(file) };
}

/** Layers of one kind: one, several, or none. */
const layersOf = (layers: Layers, name: string): readonly object[] =>
  [layers[name] ?? []].flat().filter((layer): layer is object => typeof layer === "object" && layer !== null);

const expertsOf = (layer: unknown): string => {
  const found = JSON.stringify(layer).match(/qkdlink\.(?:malformed|bad_crc|damaged|gap)\b/g) ?? [];
  return [...new Set(found)].join(" ");
};

/** What a packet says to both; frames alone, since bytes that are none are told in other pieces. */
function differences(own: readonly DecodedPacket[], theirs: Layers): string[] {
  const plane = own[0]?.plane === "peer" ? "qkdlink_peer" : "qkdlink";
  const good = layersOf(theirs, plane).filter(
    (layer) => "qkdlink.message" in layer && !expertsOf(layer).includes("bad_crc"),
  );
  const frames = own.filter(({ kind }) => kind !== "damaged");
  if (good.length !== frames.length) return [`${frames.length} frames, tshark has ${good.length}`];
  return frames.flatMap(({ kind, name, fields, malformed, sequence }, index) => {
    const layer = good[index] as Record<string, unknown>;
    const title = `${kind} ${name}`;
    if (layer["qkdlink.message"] !== name) return [`${title}: tshark says ${layer["qkdlink.message"]}`];
    if (plane === "qkdlink" && Number(layer["qkdlink.sequence"]) !== sequence)
      return [`${title}: other sequence`];
    const theirMalformed = expertsOf(layer).includes("malformed");
    if (theirMalformed !== (malformed !== undefined))
      return [
        `${title}: ${malformed ?? "good"}, tshark says ${theirMalformed ? JSON.stringify(layer).match(/malformed: [^"]*/)?.[0] : "good"}`,
      ];
    return malformed === undefined ? fieldDifferences(kind, name, fields, layer) : [];
  });
}

function fieldDifferences(
  kind: string,
  name: string,
  fields: DecodedPacket["fields"],
  layer: unknown,
): string[] {
  const rows = rowsOf(kind, name);
  const own = ownValues(rows, fields);
  const theirs = { ...dissectedValues(layer, kind === "error" ? "error" : name) };
  // Raw key is one field here and a plane each there.
  const planes = Object.keys(theirs).filter((path) => path.startsWith("planes."));
  if (planes.length > 0) {
    theirs.planes = [String(planes.reduce((sum, path) => sum + Number(theirs[path]?.[0]), 0))];
    for (const path of planes) delete theirs[path];
  }
  // An item of a list that holds nothing, and what hangs under a field, have a head of their own.
  for (const path of Object.keys(theirs)) {
    const head = path.endsWith("_tree") || rows.some(({ name: one }) => one.startsWith(`${path}[].`));
    if (head && theirs[path]?.every((value) => value === "")) delete theirs[path];
  }
  const row = (path: string) =>
    rows.find((one) => one.name.replaceAll("[]", "") === path.replace(/Text$/, ""));
  return [...new Set([...Object.keys(own), ...Object.keys(theirs)])].flatMap((path) => {
    const [ours = [], others = []] = [own[path], theirs[path]];
    const same =
      ours.length === others.length &&
      ours.every((one, at) => sameValue(one, others[at] ?? "", path, row(path)));
    return same ? [] : [`${kind} ${name} ${path}: ${JSON.stringify(ours)}, tshark ${JSON.stringify(others)}`];
  });
}

describeWithTshark("tshark with our dissector", () => {
  it("tells every message as decode does, and none of them is malformed", async () => {
    const packets = everyMessage();
    const { own, theirs } = await both(packets);
    expect(theirs).toHaveLength(packets.length);
    const wrong = own.flatMap((decoded, index) => differences(decoded, theirs[index] as Layers));
    expect(wrong).toEqual([]);
    expect(own.flat().filter(({ malformed }) => malformed !== undefined)).toEqual([]);
    expect(theirs.map(expertsOf).filter((found) => found !== "")).toEqual([]);
    expect(JSON.stringify(theirs)).not.toMatch(/_ws\.malformed|Lua Error/);
  }, 120_000);

  it("tells 10,000 changed frames as decode does: the same fields, the same refusals, and fails at none", async () => {
    const packets = changedFrames(10_000);
    const { own, theirs } = await both(packets);
    expect(theirs).toHaveLength(packets.length);
    const wrong = own.flatMap((decoded, index) =>
      differences(decoded, theirs[index] as Layers).filter(
        (difference) => !CHECKED_BEYOND_FIELDS.test(difference),
      ),
    );
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(JSON.stringify(theirs)).not.toMatch(/Lua Error|calling '/);
    // The sieve is worth something only if both kinds are many.
    const told = own.flat().filter(({ kind }) => kind !== "damaged");
    expect(told.filter(({ malformed }) => malformed === undefined).length).toBeGreaterThan(1000);
    expect(told.filter(({ malformed }) => malformed !== undefined).length).toBeGreaterThan(1000);
    expect(own.flat().filter(({ kind }) => kind === "damaged").length).toBeGreaterThan(1000);
  }, 300_000);
});

/** What declarations check beyond single fields, which rows do not tell: the dissector shows the fields. */
const CHECKED_BEYOND_FIELDS = /^message distillation\.amplify: /;

/** Messages with bits turned, cut, or grown, most of them under right checksums. */
function changedFrames(count: number): Packet[] {
  const from = everyMessage();
  const random = generator(20261130);
  return Array.from({ length: count }, () => {
    const { plane, bytes } = from[random(from.length)] as Packet;
    const changed = Uint8Array.from(bytes);
    const [head, tail] = plane === "peer" ? [8, 0] : [16, 4];
    const way = random(6);
    if (way === 0) {
      changed[random(changed.length)] = random(256);
      return { plane, bytes: changed };
    }
    let body = changed.slice(head, changed.length - tail);
    if (way === 1) body = body.slice(0, random(body.length + 1));
    if (way === 2) body = Uint8Array.of(...body, ...Array.from({ length: 1 + random(9) }, () => random(256)));
    if (way > 2 && body.length > 0)
      for (let turn = 0; turn <= random(3); turn++)
        body[random(body.length)] = way === 3 ? random(3) : random(256);
    return plane === "peer" ? peerPacket(bytes[4] as number, body) : reframed(bytes, body);
  });
}

function reframed(bytes: Uint8Array, payload: Uint8Array): Packet {
  const [event] = new FrameScanner({ crc32 }).push(bytes);
  if (event?.kind !== "frame") throw new Error("a sample is a frame");
  return { plane: "session", bytes: encodeFrame(event.frame, payload, { crc32 }) };
}

/** Whole numbers below a limit, the same in each run (xorshift). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
