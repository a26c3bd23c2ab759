import { afterEach, describe, expect, it } from "vitest";
import type { HappeningNews } from "../happenings/happening-news.ts";
import type { NetworkScenario } from "./network-scenario.ts";
import { type EmulatedNetwork, startEmulatedNetwork } from "./start-emulated-network.ts";

const LINE: NetworkScenario = {
  name: "line",
  title: "A line",
  description: "Three nodes",
  clockHz: 1e6,
  nodes: ["a", "b", "c"],
  links: [
    { ends: ["a", "b"], km: 10, lossDb: 3 },
    { ends: ["b", "c"], km: 20, lossDb: 6, preset: "t12" },
  ],
};

let network: EmulatedNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});

describe("an emulated network", () => {
  it("has every link of the scenario, each with its loss and with addresses and photons of its own", async () => {
    network = await startEmulatedNetwork({ scenario: LINE, control: true });
    expect(Object.keys(network.links)).toEqual(["a-b", "b-c"]);
    expect(network.link("a-b").link).toMatchObject({ channelLossDb: 3, clockHz: 1e6 });
    expect(network.link("b-c").link).toMatchObject({ channelLossDb: 6, clockHz: 1e6 });
    const addresses = Object.values(network.links).flatMap(({ addresses: { alice, bob, control } }) => [
      ...alice.all,
      ...bob.all,
      control,
    ]);
    expect(new Set(addresses).size).toBe(6);
  });

  it("has faults by link, and tells of them by link", async () => {
    const news: [string, HappeningNews][] = [];
    network = await startEmulatedNetwork({
      scenario: LINE,
      onHappening: (link, happened) => news.push([link, happened]),
    });
    await network.faults.cut("b-c");
    expect(network.link("b-c").truth.conditions.fibreCut).toBe(true);
    expect(network.link("a-b").truth.conditions.fibreCut).toBe(false);
    expect(news).toMatchObject([["b-c", { phase: "begins", happening: { event: "cut" } }]]);
    await network.faults.repair("b-c");
    expect(network.link("b-c").truth.conditions.fibreCut).toBe(false);
  });

  it("has no other links", async () => {
    network = await startEmulatedNetwork({ scenario: LINE });
    const refusal = { code: "QKD_CONFIG_INVALID", remedy: "write b-c" };
    expect(() => network?.link("b-d")).toThrow(expect.objectContaining(refusal));
    await expect(network.faults.cut("b-d")).rejects.toMatchObject(refusal);
  });

  it.each([
    ["an unknown option", { scenario: LINE, scenarios: 1 }, "scenarios"],
    ["an unknown kind of port", { scenario: LINE, ports: ["udp"] }, "ports"],
    ["a seed that is none", { scenario: LINE, seed: 1.5 }, "seed"],
    ["no scenario", {}, "scenario"],
  ])("is not started with %s", async (_, options, names) => {
    await expect(startEmulatedNetwork(options as never)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringContaining(names),
    });
  });
});
