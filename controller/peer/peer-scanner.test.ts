import { describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import { encodePeerHeader, PEER_HEADER_BYTES } from "../../protocol/index.ts";
import { BufferPool } from "./buffer-pool.ts";
import { type Admission, PeerScanner } from "./peer-scanner.ts";

const bytesOf = (kind: number, body: Uint8Array): Uint8Array =>
  Uint8Array.from(Buffer.concat([encodePeerHeader({ kind, bodyBytes: body.length }), body]));
const scanner = (admission: Admission = () => {}) => new PeerScanner(admission, new BufferPool());
const read = (from: PeerScanner, ...chunks: Uint8Array[]) =>
  chunks.flatMap((chunk) => [...from.push(chunk)].map(({ kind, body }) => `${kind}:${body.join(",")}`));

describe("the scanner of the peer's bytes", () => {
  it("finds the same messages however they are cut", () => {
    const stream = Buffer.concat([
      bytesOf(1, Uint8Array.of(7)),
      bytesOf(2, new Uint8Array()),
      bytesOf(3, Uint8Array.of(8, 9)),
    ]);
    for (let size = 1; size <= stream.length; size++) {
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, k) =>
        stream.subarray(k * size, (k + 1) * size),
      );
      expect(read(scanner(), ...chunks)).toEqual(["1:7", "2:", "3:8,9"]);
    }
  });

  it("judges a header before there is memory for its body", () => {
    const judged: number[] = [];
    const from = scanner(({ bodyBytes }) => {
      judged.push(bodyBytes);
      throw new PeerError("QKD_PEER_PROTOCOL", "too long");
    });
    const header = encodePeerHeader({ kind: 1, bodyBytes: 0xffff_ffff });
    expect(read(from, header.subarray(0, PEER_HEADER_BYTES - 1))).toEqual([]);
    expect(judged).toEqual([]);
    expect(() => read(from, header.subarray(PEER_HEADER_BYTES - 1))).toThrow("too long");
    expect(judged).toEqual([0xffff_ffff]);
  });

  it("judges by what a message before it in the same chunk has changed", () => {
    const from = scanner(({ kind }) => {
      if (kind !== 1) throw new PeerError("QKD_PEER_PROTOCOL", "not yet");
    });
    const stream = Buffer.concat([bytesOf(1, new Uint8Array()), bytesOf(2, new Uint8Array(5000))]);
    const kinds: number[] = [];
    for (const { kind } of from.push(stream)) {
      kinds.push(kind);
      from.admission = () => {};
    }
    expect(kinds).toEqual([1, 2]);
  });

  it("refuses a header whose unused bytes are not zero", () => {
    for (const place of [5, 6, 7]) {
      const bytes = bytesOf(1, new Uint8Array());
      bytes[place] = 1;
      expect(() => read(scanner(), bytes)).toThrow("malformed message header");
    }
  });
});
