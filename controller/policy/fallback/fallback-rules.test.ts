import { describe, expect, it } from "vitest";
import { DEFAULT_FALLBACK_POLICY } from "./fallback-policy.ts";
import { completeFallback } from "./fallback-rules.ts";

describe("a fallback policy", () => {
  it("is the default one where nothing is given", () =>
    expect(completeFallback()).toEqual(DEFAULT_FALLBACK_POLICY));

  it("keeps what is given", () => expect(completeFallback({ rekeyMs: 5 })).toMatchObject({ rekeyMs: 5 }));

  it.each<[string, object, string]>([
    [
      "that clears where it engages",
      { engageBelowBits: 2048, clearAboveBits: 2048 },
      "fallback.clearAboveBits is 2048",
    ],
    [
      "whose default would clear below",
      { engageBelowBits: 20_000 },
      "allowed is above engageBelowBits, 20000",
    ],
    ["with a level that is none", { engageBelowBits: Number.NaN }, "engageBelowBits is NaN"],
    ["with a negative wait", { clearHoldMs: -1 }, "clearHoldMs is -1"],
    ["for an unknown reason", { engageOn: ["rain"] }, 'engageOn[0] is "rain"'],
  ])("is refused %s", (_name, given, sentence) => expect(() => completeFallback(given)).toThrow(sentence));
});
