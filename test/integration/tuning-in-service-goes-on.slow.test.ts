import { describe, expect, it } from "vitest";
import { codeOf, linkOf, once, parameter, set } from "./tuned-link.ts";

describe("tuning in service", () => {
  it("takes its gates from the key, which is so much less in the same time", async (test) => {
    const keySeconds = async (tunes: boolean) => {
      const { link, at } = await linkOf(test);
      const [alice, bob] = [await at("alice"), await at("bob")];
      for (const client of [alice, bob])
        await client.call("startKeyExchange", { detectionsPerFrame: 1 << 17, creditFrames: 50 });
      if (tunes) await bob.call("tune", once("phase"));
      for (let second = 1; second <= 11; second++) {
        await link.advance(1000);
        const all = { sessionNumber: 1, acknowledgedThrough: 14 * second, creditLimit: 14 * second + 50 };
        for (const client of [alice, bob]) await client.call("credit", all);
      }
      return link.stats().keySeconds;
    };
    // Eight seconds of one gate in a hundred, to a frame of 66 ms.
    const less = (await keySeconds(false)) - (await keySeconds(true));
    expect(less).toBeGreaterThan(0.03);
    expect(less).toBeLessThan(0.2);
  });

  it("leads the modulator back to its working point, which the transmitter does by the decoys", async (test) => {
    const { at, tuned } = await linkOf(test);
    const alice = await at("alice");
    await set(alice, "modulatorBiasOffsetV", 0.3);
    const first = await tuned(alice, once("modulator"), 63);
    expect(first).toMatchObject({ what: "modulator", outcome: "adjusted", from: 0.3, unit: "V" });
    expect(first.from - first.to).toBeLessThanOrEqual(0.2);
    await tuned(alice, once("modulator"), 63);
    expect(Math.abs(await parameter(alice, "modulatorBiasOffsetV"))).toBeLessThan(0.12);
  });

  it("goes on by itself until it is switched off, and not under the lease of another", async (test) => {
    const { link, at } = await linkOf(test);
    const [bob, other] = [await at("bob"), await at("bob")];
    await bob.call("tune", { what: "delay", mode: "auto", intervalS: 12 });
    await link.advance(24_500);
    await bob.event("tuned", 2);
    await other.call("lease", { holder: "engineer", seconds: 600, ending: "keep" });
    await link.advance(30_000);
    const seen = bob.events("tuned").length;
    await link.advance(30_000);
    expect(bob.events("tuned").length).toBe(seen);
    await other.call("lease", { holder: "engineer", seconds: 0, ending: "keep" });
    expect(await codeOf(bob, { what: "delay", mode: "off", intervalS: 0 })).toBe("reply");
    await link.advance(30_000);
    expect(bob.events("tuned").length - seen).toBeLessThanOrEqual(1);
  });
});
