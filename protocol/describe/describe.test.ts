import { describe, expect, it } from "vitest";
import type { FieldRow } from "../codec/field.ts";
import { fixedBytes, recordsToEnd, redacted, u8 } from "../codec/kit.ts";
import { messageCodec } from "../codec/message-codec.ts";
import { Frame, type FrameHead } from "../framing/frame.ts";
import { COMMANDS, EVENTS } from "../messages/catalog.ts";
import { errorReply } from "../messages/error-reply.ts";
import { PEER_MESSAGES } from "../peer/catalog.ts";
import { distillationParities } from "../peer/distillation/reconcile.ts";
import { distillationSift } from "../peer/distillation/sift.ts";
import { SecretBytes } from "../secret-bytes.ts";
import { describeFields } from "./describe-fields.ts";
import { describeFrame } from "./describe-frame.ts";
import { describePeerMessage } from "./describe-peer-message.ts";

const bodyOf = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.concat(parts));
const frame = (head: Partial<FrameHead>, payload: Uint8Array): string[] =>
  describeFrame({
    kind: "frame",
    frame: new Frame({ kind: "request", repeat: false, sequence: 7, opcode: 1, ...head }, bodyOf([payload])),
  });

/** Fields that carry bytes and may be shown: public by their nature. A new one is added here or redacted. */
const SHOWN_BYTES = [
  "connection.hello magic",
  "connection.hello nonce",
  "connection.hello secretId",
  "agreement.stored blocks[].blockId",
  "agreement.stored blocks[].provenance",
  "agreement.ask blocks[].blockId",
  "agreement.ask blocks[].provenance",
  "agreement.released blocks[].blockId",
  "agreement.absent blocks[].blockId",
  "agreement.heard blocks[].blockId",
  "agreement.gone notices[].blockId",
  "distillation.hello settingsDigest",
  "distillation.hello nonce",
  "distillation.hello echo",
  "distillation.hello closing[].blockId",
  "distillation.have gateDigest",
  "distillation.agree listDigest",
  "distillation.reconcile seed",
  "distillation.parities entries[].parities",
  "distillation.verify hashKey",
  "distillation.seed bytes",
  "pqc.offer blockId",
  "pqc.offer publicKey",
  "pqc.answer blockId",
  "pqc.confirm blockId",
  "pqc.refuse blockId",
  "relay.hop blockId",
  "relay.hop nonce",
  "relay.hop traceId",
  "relay.hop spanId",
  "relay.refused blockId",
  "reserve.offer kemKey",
  "reserve.offer dhKey",
  "reserve.answer dhKey",
  "reserve.unsure nonce",
  "reserve.seen nonce",
  "network.stamp nodes",
  "network.stamp links",
  "network.stamp saes",
  "network.stamp policies",
  "hybrid.combine quantumKeyId",
  "hybrid.combine exchangedKeyId",
  "hybrid.refuse blockId",
  "streams.open ksid",
  "streams.key ksid",
  "streams.key keyId",
  "streams.close ksid",
];

/** Fills a field, `name` or `list[].name`, with bytes to look for; the lines that tell it, of a list the first. */
function covered(value: Record<string, unknown>, name: string): string[] {
  const [list, inner] = name.split("[].") as [string, string | undefined];
  const holders = inner === undefined ? [value] : (value[list] as Record<string, unknown>[]);
  const own = inner ?? name;
  for (const holder of holders) holder[own] = (holder[own] as Uint8Array).slice().fill(0xab);
  const told = inner === undefined ? name : `${list}[0].${inner}`;
  return holders
    .slice(0, 1)
    .map((holder) => `${told}: ${(holder[own] as Uint8Array).length} bytes not shown`);
}

describe("messages between controllers in words", () => {
  it("have a line for each field, with its unit, and planes by their length", () => {
    const body = bodyOf(
      distillationSift.encode({
        sequence: 258,
        heard: 1,
        frame: 0,
        doubleClicks: 2,
        photocurrentNa: 1.5,
        detections: 13,
        basis: Uint8Array.of(0xa5, 0x15),
      }),
    );
    expect(describePeerMessage(0x15, body)).toEqual([
      "distillation.sift (0x15), 38 bytes: Bob's bases of a frame",
      "sequence: 258",
      "heard: 1",
      "frame: 0",
      "doubleClicks: 2",
      "photocurrentNa: 1.5 nA",
      "detections: 13",
      "basis: 13 bits",
    ]);
  });

  it("show the first records of a list", () => {
    const entries = Array.from({ length: 10 }, (_, cohort) => ({
      cohort,
      round: 3,
      parities: Uint8Array.of(1, 2),
    }));
    const lines = describePeerMessage(
      0x18,
      bodyOf(distillationParities.encode({ sequence: 1, heard: 0, entries })),
    );
    expect(lines.slice(3, 6)).toEqual([
      "entries[0].cohort: 0",
      "entries[0].round: 3",
      "entries[0].parities: 0102",
    ]);
    expect(lines.at(-1)).toBe("entries: 2 more");
  });

  it("are told also when malformed, too long or unknown", () => {
    expect(describePeerMessage(0x20, new Uint8Array(7))).toEqual([
      "distillation.done (0x20), 7 bytes: Alice's tag is right: the block may leave both engines",
      "the peer's distillation.done message is malformed: message ends inside a field",
    ]);
    expect(describePeerMessage(0x20, new Uint8Array(9))[1]).toContain("at most 8 are allowed");
    expect(describePeerMessage(0x99, new Uint8Array(3))).toEqual(["unknown message 0x99, 3 bytes"]);
  });

  it.each(PEER_MESSAGES.map((message) => [message.name, message] as const))(
    "%s shows no byte that its declaration redacts",
    (_, message) => {
      const redactedNames = message.rows.filter(({ redacted }) => redacted === true).map(({ name }) => name);
      for (const sample of message.samples) {
        const value = structuredClone(sample) as Record<string, unknown>;
        const expected = redactedNames.flatMap((name) => covered(value, name));
        const lines = describePeerMessage(message.kind, bodyOf(message.encode(value)));
        expect(lines[0]).toContain(message.name);
        for (const line of expected) expect(lines).toContain(line);
        expect(lines.join("\n")).not.toMatch(/abab|171/);
      }
    },
  );

  it("decide for every field of bytes whether it may be shown", () => {
    const isBytes = ({ type, redacted }: FieldRow) => /^bytes/.test(type) && redacted !== true;
    const shown = PEER_MESSAGES.flatMap(({ name, rows }) =>
      rows.filter(isBytes).map((row) => `${name} ${row.name}`),
    );
    expect(shown).toEqual(SHOWN_BYTES);
  });
});

describe("a device's frames in words", () => {
  it("name command, direction and sequence", () => {
    expect(frame({}, COMMANDS.ping.request.encode({ token: 5n }))).toEqual([
      "request ping (0x0001), sequence 7, 8 bytes",
      "token: 5",
    ]);
    expect(frame({ repeat: true }, COMMANDS.ping.request.encode({ token: 5n }))[0]).toMatch(
      /^repeated request ping/,
    );
    const refusal = errorReply.encode({ code: "busy", text: "line\u2028two\n" });
    expect(frame({ kind: "error" }, refusal)).toEqual([
      expect.stringMatching(/^error ping \(0x0001\)/),
      'code: "busy"',
      'text: "line\\u2028two\\n"',
    ]);
    expect(frame({ opcode: 0x7777 }, Uint8Array.of(1))).toEqual([
      "request of an unknown opcode (0x7777), sequence 7, 1 byte",
    ]);
    expect(frame({}, Uint8Array.of(1))[1]).toBe("malformed: message ends inside a field");
    expect(describeFrame({ kind: "garbage", bytes: 12, reason: "noise" })).toEqual([
      "12 bytes passed over: noise",
    ]);
  });

  it("never show raw key", () => {
    for (const [{ opcode, event }, planes] of [
      [EVENTS.rawKeyQtx, 4],
      [EVENTS.rawKeyQrx, 2],
    ] as const) {
      const key = new SecretBytes(new Uint8Array(2 * planes).fill(0xab));
      const sample = { ...event.samples[0], detections: 16, planes: key } as never;
      const lines = frame({ kind: "event", opcode }, event.encode(sample));
      expect(lines).toContain(`planes: [${2 * planes} secret bytes]`);
      expect(lines.join("\n")).not.toMatch(/abab|171/);
    }
  });

  it("tell every message of the catalogue without failing", () => {
    for (const { opcode, request, reply } of Object.values(COMMANDS))
      for (const [kind, codec] of [["request", request] as const, ["reply", reply] as const])
        for (const sample of codec.samples) {
          const lines = frame({ kind, opcode }, codec.encode(sample as never));
          expect(lines.join("\n")).not.toContain("malformed");
          expect(lines.length).toBeGreaterThanOrEqual(
            1 + Object.keys(sample).length * (lines.length > 1 ? 1 : 0),
          );
        }
  });
});

describe("fields in words", () => {
  it("redact inside records, and hide bytes that no row declares", () => {
    const codec = messageCodec({
      items: recordsToEnd({ id: u8("id"), key: redacted(fixedBytes(2, "key")) }, 3, "items"),
    });
    const value = { items: [{ id: 1, key: Uint8Array.of(0xab, 0xab) }] };
    expect(describeFields(codec.rows, value)).toEqual(["items[0].id: 1", "items[0].key: 2 bytes not shown"]);
    expect(describeFields([], { stray: Uint8Array.of(0xab) })).toEqual(["stray: 1 byte"]);
  });
});
