import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LineSettings, understandEachOther } from "./line-settings.ts";
import { receiveAs } from "./uart.ts";

const N81: LineSettings = { baud: 115_200, dataBits: 8, parity: "none", stopBits: 1 };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("a UART line", () => {
  it("carries every byte when both ends agree, in every format", () => {
    const format = fc.record({
      baud: fc.constantFrom(300, 9600, 3_000_000),
      dataBits: fc.constantFrom(7 as const, 8 as const),
      parity: fc.constantFrom("none" as const, "even" as const, "odd" as const),
      stopBits: fc.constantFrom(1 as const, 2 as const),
    });
    fc.assert(
      fc.property(format, fc.uint8Array({ maxLength: 50 }), (settings, sent) => {
        const mask = (1 << settings.dataBits) - 1;
        expect(receiveAs(sent, settings, settings, "drop")).toEqual(sent.map((byte) => byte & mask));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("tolerates the speed error that understandEachOther tolerates", () => {
    for (const factor of [0.985, 1.015]) {
      const slow = { ...N81, baud: N81.baud * factor };
      expect(understandEachOther(N81, slow)).toBe(true);
      expect(receiveAs(bytes("every bit counts"), N81, slow, "keep")).toEqual(bytes("every bit counts"));
    }
  });

  it("reads 0xF8 at twice the speed as the waveform demands", () => {
    // Sender bits 0 000 11111 1 as seen at double speed: start 0, then seven zeros and a one, and a good stop bit.
    const fast = { ...N81, baud: 2 * N81.baud };
    expect([...receiveAs(Uint8Array.of(0xf8), N81, fast, "keep")]).toEqual([0x80]);
  });

  it("sees a break where the other end is far slower", () => {
    const slow = { ...N81, baud: N81.baud / 20 };
    expect([...receiveAs(Uint8Array.of(0xff), slow, N81, "drop")]).toEqual([]);
    expect([...receiveAs(Uint8Array.of(0xff), slow, N81, "zero")]).toEqual([0]);
  });

  it("drops characters of the wrong parity when the reader asked for it", () => {
    const odd: LineSettings = { ...N81, parity: "odd" };
    const even: LineSettings = { ...N81, parity: "even" };
    expect([...receiveAs(bytes("abc"), even, odd, "drop")]).toEqual([]);
    expect([...receiveAs(bytes("abc"), even, odd, "zero")]).toEqual([0, 0, 0]);
  });

  it("never gives back the text at any wrong standard speed", () => {
    const text = bytes("QKDL every frame starts with these four letters");
    for (const baud of [9600, 19_200, 38_400, 57_600, 230_400, 460_800, 3_000_000])
      expect(receiveAs(text, N81, { ...N81, baud }, "keep")).not.toEqual(text);
  });
});
