import { describe, expect, it } from "vitest";
import { CodecError } from "../../errors/index.ts";
import type { MessageCodec } from "../codec/message-codec.ts";
import { COMMANDS, commandNameOf, commandOf, EVENTS, eventNameOf, eventOf } from "./catalog.ts";
import { errorReply } from "./error-reply.ts";
import { PARAMETERS, parameterNameOf } from "./parameter-table.ts";

const codecs: [name: string, codec: MessageCodec<never>][] = [
  ...Object.entries(COMMANDS).flatMap(([name, { request, reply }]): [string, MessageCodec<never>][] => [
    [`${name} request`, request as unknown as MessageCodec<never>],
    [`${name} reply`, reply as unknown as MessageCodec<never>],
  ]),
  ...Object.entries(EVENTS).map(([name, { event }]): [string, MessageCodec<never>] => [
    `${name} event`,
    event as unknown as MessageCodec<never>,
  ]),
  ["error reply", errorReply as unknown as MessageCodec<never>],
];

/** Whether the bytes are refused by a CodecError or read back to the same bytes; a sentence if neither. */
function judge(codec: MessageCodec<never>, bytes: Uint8Array): "refused" | "same" | string {
  let message: never;
  try {
    message = codec.decode(bytes);
  } catch (error) {
    return error instanceof CodecError ? "refused" : `threw ${error}`;
  }
  const again = codec.encode(message);
  return Buffer.compare(again, bytes) === 0
    ? "same"
    : `was read, but writes ${Buffer.from(again).toString("hex")}`;
}

describe.each(codecs)("%s", (_, codec) => {
  const encoded = codec.samples.map((sample) => codec.encode(sample));

  it("reads back every sample", () => {
    expect(encoded.length).toBeGreaterThan(0);
    for (const [index, bytes] of encoded.entries()) {
      expect(codec.decode(bytes)).toEqual(codec.samples[index]);
      expect(judge(codec, bytes)).toBe("same");
      expect(Buffer.concat(codec.encodeParts(codec.samples[index] as never))).toEqual(Buffer.from(bytes));
    }
  });

  it("refuses every truncation and every extra byte", () => {
    for (const bytes of encoded) {
      for (let length = 0; length < bytes.length; length++)
        expect(judge(codec, bytes.subarray(0, length))).toBe("refused");
      for (const extra of [0, 1, 0xff]) expect(judge(codec, Uint8Array.of(...bytes, extra))).toBe("refused");
    }
  });

  it("refuses every bit flip or reads it to the same bytes", () => {
    const faults: string[] = [];
    for (const bytes of encoded)
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const verdict = judge(codec, flipped);
        if (verdict !== "refused" && verdict !== "same") faults.push(`bit ${bit}: ${verdict}`);
      }
    expect(faults).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("gives commands opcodes below 0x8000 and events the others, each once", () => {
    const commands = Object.values(COMMANDS).map(({ opcode }) => opcode);
    const events = Object.values(EVENTS).map(({ opcode }) => opcode);
    expect(commands.every((opcode) => opcode > 0 && opcode < 0x7000)).toBe(true);
    expect(events.every((opcode) => opcode >= 0x8000 && opcode < 0xf000)).toBe(true);
    expect(new Set([...commands, ...events]).size).toBe(commands.length + events.length);
  });

  it("finds names by opcode", () => {
    for (const [name, { opcode }] of Object.entries(COMMANDS)) {
      expect(commandNameOf(opcode)).toBe(name);
      expect(eventNameOf(opcode)).toBeUndefined();
    }
    for (const [name, { opcode }] of Object.entries(EVENTS)) {
      expect(eventNameOf(opcode)).toBe(name);
      expect(commandNameOf(opcode)).toBeUndefined();
    }
    expect(commandNameOf(0x7777)).toBeUndefined();
  });

  it("gives declarations by name", () => {
    expect(commandOf("ping")).toBe(COMMANDS.ping);
    expect(eventOf("rawKeyQtx")).toBe(EVENTS.rawKeyQtx);
  });

  it("has parameters with ids of their own and ranges in order", () => {
    const ids = Object.values(PARAMETERS).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, { id, min, max }] of Object.entries(PARAMETERS)) {
      expect(parameterNameOf(id)).toBe(name);
      expect(min).toBeLessThan(max);
      expect(id).toBeLessThan(0x8000);
    }
    expect(parameterNameOf(0x8000)).toBeUndefined();
  });
});
