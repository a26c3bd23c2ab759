import { describe, expect, it } from "vitest";
import { encodeFrameParts, FrameScanner, type SecretBytes } from "../../protocol/index.ts";
import { specExample, specExampleCount } from "./spec-examples.ts";
import { VECTORS } from "./wire-vector-rows.ts";

describe.each(VECTORS.map((entry) => [entry.example, entry] as const))("example 11.%d", (example, entry) => {
  const bytes = Uint8Array.from(Buffer.from(entry.hex, "hex"));

  it("stands in the SPEC with the same bytes", () => {
    expect(specExample(example)).toEqual(bytes);
  });

  it("is read as the SPEC says", () => {
    const [event, ...rest] = new FrameScanner().push(bytes);
    expect(rest).toEqual([]);
    if (event?.kind !== "frame") return expect.unreachable();
    const { kind, repeat, sequence, opcode, payload } = event.frame;
    expect({ kind, repeat, sequence, opcode }).toEqual(entry.head);
    const message = entry.codec.decode(payload) as { planes?: SecretBytes };
    expect(message).toEqual(entry.message);
    if (message.planes !== undefined)
      expect(message.planes.reveal()).toEqual((entry.message as { planes: SecretBytes }).planes.reveal());
  });

  it("is written as the SPEC says", () => {
    const parts = encodeFrameParts(entry.head, entry.codec.encodeParts(entry.message as never));
    expect(Buffer.concat(parts).toString("hex").toUpperCase()).toBe(entry.hex.toUpperCase());
  });
});

/** The frames in a stream that ends after `bytes`. */
function framesIn(bytes: Uint8Array): number {
  const scanner = new FrameScanner();
  const events = scanner.push(bytes);
  while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
  return events.filter((event) => event.kind === "frame").length;
}

describe.each(VECTORS.map((entry) => [entry.example, entry] as const))(
  "damage to example 11.%d",
  (_, entry) => {
    const bytes = Uint8Array.from(Buffer.from(entry.hex, "hex"));

    it("is no frame when cut anywhere", () => {
      for (let length = 0; length < bytes.length; length++) {
        const scanner = new FrameScanner();
        expect(scanner.push(bytes.subarray(0, length))).toEqual([]);
        expect(scanner.pendingBytes).toBe(length);
        expect(framesIn(bytes.subarray(0, length))).toBe(0);
      }
    });

    it("is still one frame with a byte before or behind it", () => {
      for (const extra of [0, 0x51, 0xff]) {
        expect(framesIn(Uint8Array.of(...bytes, extra))).toBe(1);
        expect(framesIn(Uint8Array.of(extra, ...bytes))).toBe(1);
      }
    });

    it("is no frame with any bit flipped", () => {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        if (framesIn(flipped) !== 0) expect.unreachable(`bit ${bit}`);
      }
    });
  },
);

describe("the examples", () => {
  it("all have a vector, but for the frame of another version, which is passed over as such", () => {
    expect(specExampleCount).toBe(VECTORS.length + 1);
    const events = new FrameScanner().push(specExample(specExampleCount));
    expect(events[0]).toEqual({ kind: "garbage", bytes: 1, reason: "version" });
    expect(events.some((event) => event.kind === "frame")).toBe(false);
  });

  it("make one stream, and no single bit flip in it gives another frame", () => {
    const stream = Buffer.concat(VECTORS.slice(0, 5).map((entry) => Buffer.from(entry.hex, "hex")));
    const frames = (bytes: Uint8Array): string[] => {
      const scanner = new FrameScanner();
      const events = scanner.push(bytes);
      while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
      return events.flatMap((event) =>
        event.kind === "frame" ? [`${event.frame} ${Buffer.from(event.frame.payload).toString("hex")}`] : [],
      );
    };
    const intact = frames(stream);
    expect(intact).toHaveLength(5);
    let at = 0;
    for (const [index, entry] of VECTORS.slice(0, 5).entries()) {
      const others = intact.filter((_, other) => other !== index);
      for (let bit = at * 8; bit < at * 8 + entry.hex.length * 4; bit++) {
        const flipped = Uint8Array.from(stream);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(frames(flipped)).toEqual(others);
      }
      at += entry.hex.length / 2;
    }
  });
});
