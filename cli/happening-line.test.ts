import { describe, expect, it } from "vitest";
import type { Happening, HappeningNews } from "../emulator/index.ts";
import { happeningJson, happeningSentence } from "./happening-line.ts";

const news = (happening: Happening, change: Partial<HappeningNews> = {}): HappeningNews => ({
  atS: 20,
  phase: "begins",
  by: "scenario",
  happening,
  ...change,
});

describe("the line of a happening", () => {
  it.each([
    [news({ event: "cut" }), "20 s     cut"],
    [news({ event: "bend", lossDb: 4, over: "8 s" }), "20 s     bend: lossDb 4, over 8 s"],
    [news({ event: "bend", lossDb: 4, for: "9 s" }, { phase: "ends", atS: 29 }), "29 s     bend is over"],
    [news({ event: "cut" }, { by: "caller", atS: 0.30000000004 }), "0.3 s    cut (control port)"],
    [
      news({ event: "intensities", intensities: [0.4, 0.1, 0] }),
      "20 s     intensities: intensities [0.4,0.1,0]",
    ],
    [
      news({ event: "deviceFault", site: "bob", text: "a\n\u001b[2Jb" }),
      "20 s     deviceFault: site bob, text a [2Jb",
    ],
  ])("%j is %j", (told, line) => {
    expect(happeningSentence(told)).toBe(`${line}\n`);
  });

  it("holds the same for programs", () => {
    const line = happeningJson(news({ event: "bend", lossDb: 4, for: "9 s" }));
    expect(line.endsWith("}\n")).toBe(true);
    expect(JSON.parse(line)).toEqual({
      type: "happening",
      atS: 20,
      phase: "begins",
      by: "scenario",
      event: "bend",
      values: { lossDb: 4, for: "9 s" },
    });
  });
});
