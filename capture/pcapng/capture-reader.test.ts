import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CapturePacket, CaptureReader } from "./capture-reader.ts";
import { interfaceBlock, packetBlock, sectionBlock, statisticsBlock } from "./write-blocks.ts";

const AT_NS = 1_796_006_538_300_385_281n;
const blocks = [
  sectionBlock("test"),
  interfaceBlock(147, "one", "the first"),
  interfaceBlock(148, "two", ""),
  packetBlock(1, AT_NS, [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)]),
  packetBlock(0, AT_NS + 7n, []),
  statisticsBlock(0, AT_NS, { received: 1, dropped: 3 }),
];
const file = Uint8Array.from(blocks.flatMap((block) => [...block]));

function readAll(pieces: readonly Uint8Array[]): { packets: CapturePacket[]; error: string | undefined } {
  const reader = new CaptureReader();
  const packets: CapturePacket[] = [];
  try {
    for (const piece of pieces) for (const packet of reader.push(piece)) packets.push(packet);
    reader.end();
    return { packets, error: undefined };
  } catch (error) {
    return { packets, error: (error as Error).message };
  }
}

describe("a capture file", () => {
  it("is read back as it was written, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), file.length];
        const { packets, error } = readAll(
          ends.map((end, index) => file.subarray(ends[index - 1] ?? 0, end)),
        );
        expect(error).toBeUndefined();
        expect(
          packets.map(({ atNs, bytes, interface: { linkType, name } }) => [atNs, [...bytes], linkType, name]),
        ).toEqual([
          [AT_NS, [1, 2, 3, 4, 5], 148, "two"],
          [AT_NS + 7n, [], 147, "one"],
        ]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("has every block as the format says", () => {
    // Worked out by hand: type, length, link type 147, no limit, name "one", description "the first", resolution 10^-9.
    expect(Buffer.from(blocks[1] as Uint8Array).toString("hex")).toBe(
      "00000001" +
        "00000038" +
        "0093" +
        "0000" +
        "00000000" +
        "0002" +
        "0003" +
        "6f6e6500" +
        "0003" +
        "0009" +
        "746865206669727374000000" +
        "0009" +
        "0001" +
        "09000000" +
        "00000000" +
        "00000038",
    );
    expect(Buffer.from(blocks[3] as Uint8Array).toString("hex")).toBe(
      "00000006" +
        "00000028" +
        "00000001" +
        AT_NS.toString(16).padStart(16, "0") +
        "00000005" +
        "00000005" +
        "0102030405000000" +
        "00000028",
    );
  });

  it("of the other order of bytes and of microseconds is read as well", () => {
    const view = new DataView(new ArrayBuffer(28 + 20 + 36));
    const words = [
      0x0a0d0d0a, 28, 0x1a2b3c4d, 0x0000_0001, 0xffff_ffff, 0xffff_ffff, 28, 1, 20, 147, 0, 20, 6, 36, 0, 1,
      2, 4, 4, 0x04030201, 36,
    ];
    for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true);
    const { packets, error } = readAll([new Uint8Array(view.buffer)]);
    expect(error).toBeUndefined();
    expect(packets).toMatchObject([{ atNs: (2n ** 32n + 2n) * 1000n, bytes: Uint8Array.of(1, 2, 3, 4) }]);
  });

  it("that ends inside a block gives what could be read, then says where it ends", () => {
    for (let length = 0; length < file.length; length++) {
      const { packets, error } = readAll([file.subarray(0, length)]);
      const whole = blocks.filter((_, index) => end(index) <= length).length;
      expect(packets).toHaveLength(Math.max(0, Math.min(2, whole - 3)));
      if (blocks.some((_, index) => end(index) === length)) expect(error).toBeUndefined();
      else
        expect(error).toMatch(
          new RegExp(
            `^the capture is damaged at byte ${whole === 0 ? 0 : end(whole - 1)}: it (ends inside a block|is empty); `,
          ),
        );
    }
  });

  it("with any byte changed never fails but by its own error", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = file.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        const { error } = readAll([damaged]);
        if (error !== undefined)
          expect(error).toMatch(/^the capture is damaged at byte \d+: .*; \d+ packets? w\w+ read before it$/);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it.each([
    ["no capture", "it does not begin as a pcapng file", () => Uint8Array.of(1, 2, 3, 4)],
    ["a section without order of bytes", "a section has no order of bytes", () => changed(8, 0)],
    ["a block of 5 bytes", "a block has an impossible length", () => changed(end(0) + 7, 5)],
    ["a block of 4 GB", "a block has an impossible length", () => changed(end(0) + 4, 0xff)],
    ["lengths that differ", "the two lengths of a block differ", () => changed(end(1) - 1, 0)],
    ["an interface that is not there", "a packet names an interface", () => changed(end(2) + 11, 9)],
    ["a packet beyond its block", "a packet is longer than its block", () => changed(end(2) + 23, 0xff)],
    ["an option beyond its block", "an option is longer than its block", () => changed(end(0) + 18, 0xff)],
  ])("is refused with %s", (_, why, made) => {
    expect(readAll([made()]).error).toContain(why);
  });
});

const end = (index: number): number =>
  blocks.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0);

function changed(at: number, value: number): Uint8Array {
  const bytes = file.slice();
  bytes[at] = value;
  return bytes;
}
