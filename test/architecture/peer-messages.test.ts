import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { byteCodecs, peerKindNumbers } from "./laws/peer-messages.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const files = globSync("{protocol,drivers,emulator,controller,cli,bench}/**/*.ts", { cwd: ROOT }).map(
  (path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }),
);

describe("messages between controllers", () => {
  it("have their number in the catalogue alone", () => expect(peerKindNumbers(files)).toEqual([]));
  it("are put together by one writer", () => expect(byteCodecs(files)).toEqual([]));
});

describe("planted breaches", () => {
  it.each([
    ["if (kind === 0x40) return;"],
    ["if (message.kind >= 64) return;"],
    ["return { kind: 0x21, parts };"],
    ["await channel.send(0x08, body);"],
    ["agreement.receive(9, body);"],
    ["if (0x15 === kind) return;"],
    ["if (message.messageKind === 0b10101) return;"],
    ["switch (kind) { case 0x15: }"],
    ["if ([0x15, 0x16].includes(kind)) return;"],
    ["receivers.on(0x15, take);"],
    ['return { "kind": 2_1 };'],
    ["const KIND = { want: 0x40, offer: 0x41 };"],
  ])("%s is found", (text) => {
    expect(peerKindNumbers([{ path: "controller/a.ts", text: `\n${text}` }])).toEqual([
      `controller/a.ts:2: ${text}`,
    ]);
    expect(peerKindNumbers([{ path: "controller/a.test.ts", text }])).toEqual([]);
  });

  it.each([["if (kind === pqcWant.kind) return;"], ["#kind = 0;"], ["id[6] = id[6] | 0x80;"]])(
    "%s is no breach",
    (text) => {
      expect(peerKindNumbers([{ path: "controller/a.ts", text }])).toEqual([]);
    },
  );

  it("a second writer or reader is found", () => {
    const text = "export class ByteReader {}";
    expect(byteCodecs([{ path: "controller/a.ts", text }])).toEqual(["controller/a.ts"]);
    expect(byteCodecs([{ path: "protocol/codec/byte-writer.ts", text: "class ByteWriter {}" }])).toEqual([]);
  });
});
