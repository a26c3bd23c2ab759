import { describe, expect, it } from "vitest";
import { ENGLISH } from "./english/index.ts";
import { JAPANESE } from "./japanese/index.ts";
import { sayIn, type TextId } from "./say.ts";

const ids = Object.keys(ENGLISH) as TextId[];
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the catalogue", () => {
  it.each(ids)("has %s in Japanese with the same values, and in Japanese words", (id) => {
    expect(places(JAPANESE[id])).toEqual(places(ENGLISH[id]));
    const words = ENGLISH[id].replace(/\{\w+\}/g, "").replace(/[^A-Za-z]/g, "");
    if (words.length > 12) expect(JAPANESE[id]).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  });

  it("has the same names in both languages, and no text twice under one name", () => {
    expect(Object.keys(JAPANESE).sort()).toEqual([...ids].sort());
  });

  it("puts values into their places, and leaves a place alone whose value is not given", () => {
    expect(sayIn("en")("fromTo", { alice: "A", bob: "{alice}" })).toBe("A to {alice}");
    expect(sayIn("ja")("fromTo", { alice: "A", bob: "B" })).toBe("A → B");
    expect(sayIn("en")("fromTo", { alice: "A" })).toBe("A to {bob}");
  });
});
