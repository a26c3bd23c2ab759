import { describe, expect, it } from "vitest";
import { gapExcess } from "./gap-excess.ts";

/** LEB128 of gaps. */
function bytesOf(gaps: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let gap of gaps) {
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128);
    bytes.push(gap);
  }
  return Uint8Array.from(bytes);
}

describe("clicks shortly behind a click", () => {
  it("are counted against what the longest gaps foretell", () => {
    // A thousand gaps of 550 gates: 500 beyond the near ones each. Two hundred more end after ten gates.
    const gaps = [7, ...Array<number>(1000).fill(550), ...Array<number>(200).fill(10)];
    const { gaps: looked, excess } = gapExcess(bytesOf(gaps), 0);
    expect(looked).toBe(1200);
    expect(excess).toBeCloseTo(1200 - (1000 / 500_000) * (550_000 + 2000), 9);
  });

  it("begin behind the dead time", () => {
    const gaps = [7, ...Array<number>(1000).fill(650), ...Array<number>(200).fill(110)];
    const { excess } = gapExcess(bytesOf(gaps), 100);
    expect(excess).toBeCloseTo(1200 - (1000 / 500_000) * (550_000 + 2000), 9);
  });

  it("are not looked for in fewer gaps than tell anything, nor where none is long", () => {
    expect(gapExcess(bytesOf(Array<number>(200).fill(400)), 0)).toEqual({ gaps: 0, excess: 0 });
    expect(gapExcess(bytesOf(Array<number>(5000).fill(3)), 0)).toEqual({ gaps: 0, excess: 0 });
    expect(gapExcess(new Uint8Array(), 0)).toEqual({ gaps: 0, excess: 0 });
  });

  it("are looked for in the first gaps of a long frame alone", () => {
    expect(gapExcess(bytesOf(Array<number>(70_000).fill(300)), 0).gaps).toBe(65_536);
  });
});
