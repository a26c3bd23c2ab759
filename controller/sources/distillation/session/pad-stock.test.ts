import { describe, expect, it } from "vitest";
import type { Pad } from "../block/pad.ts";
import { PadStock } from "./pad-stock.ts";

const pad = (offset: number): Pad => ({ offset, material: new Uint8Array(8).fill(9) });
const wiped = ({ material }: Pad) => material.every((byte) => byte === 0);

describe("a stock of pads", () => {
  it("gives each once, the oldest first", () => {
    const stock = new PadStock();
    const [a, b] = [pad(20), pad(10)];
    stock.add(a);
    stock.add(b);
    expect([stock.next(), stock.next(), stock.next()]).toEqual([b, a, null]);
  });

  it("gives the one at a place, and wipes those that its owner has passed", () => {
    const stock = new PadStock();
    const pads = [0, 10, 20, 30].map(pad);
    for (const each of pads) stock.add(each);
    expect(stock.at(20)).toBe(pads[2]);
    expect(pads.map(wiped)).toEqual([true, true, false, false]);
    expect([stock.at(25), stock.size]).toEqual([null, 1]);
  });

  it("keeps 512 at most, wipes the oldest beyond, and all at its end", () => {
    const stock = new PadStock();
    const pads = Array.from({ length: 600 }, (_, index) => pad(index));
    for (const each of pads) stock.add(each);
    expect([stock.size, pads.filter(wiped)]).toEqual([512, pads.slice(0, 88)]);
    stock.wipe();
    expect([stock.size, pads.every(wiped)]).toEqual([0, true]);
  });
});
