import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listNetworks, loadNetwork, networkOfText } from "./load-network.ts";
import { NETWORK_EVENTS, NETWORK_SCENARIO_SCHEMA } from "./network-scenario-schema.ts";

const page = readFileSync(new URL("../networks/README.md", import.meta.url), "utf8");

const LINE = `name: line
title: A line
description: Three nodes
nodes: [a, b, c]
links:
  - {ends: [a, b], km: 1, lossDb: 1}
  - {ends: [b, c], km: 1, lossDb: 1}
`;

describe("the ready-made networks", () => {
  it.each(listNetworks())(
    "$name is read under its own name and has its section on the page",
    ({ name, title }) => {
      expect(loadNetwork(name)).toMatchObject({ name, title });
      expect(page).toContain(`\n### ${name}\n`);
    },
  );

  it("cite a source for every rate that was reported", () => {
    for (const { name } of listNetworks()) {
      const { links, sources } = loadNetwork(name);
      if (links.some(({ reported }) => reported !== undefined)) expect(sources, name).not.toEqual([]);
    }
  });

  it("have a page that names every field and every event of their own", () => {
    for (const name of [...Object.keys(NETWORK_SCENARIO_SCHEMA.properties as object), ...NETWORK_EVENTS])
      expect(page).toContain(`\`${name}\``);
  });
});

describe("a network's scenario", () => {
  it("has defaults for all that it need not say", () => {
    expect(networkOfText(LINE, "line.yaml")).toMatchObject({
      clockHz: 5e6,
      blockBits: 1e6,
      seed: 1,
      policy: { mode: "prefer-qkd" },
      demand: [],
      timeline: [],
      links: [{ id: "a-b", qtx: "a", preset: "yuan2018" }, { id: "b-c" }],
    });
  });

  it.each([
    ["an unknown end", LINE.replace("[b, c]", "[b, d]"), 7, "links[1].ends[1] is d"],
    ["one end twice", LINE.replace("[b, c]", "[b, b]"), 7, "names b twice"],
    ["a transmitter elsewhere", LINE.replace("[b, c],", "[b, c], qtx: a,"), 7, "one of the ends, b or c"],
    ["a name twice", LINE.replace("[b, c],", "[b, c], id: a-b,"), 7, "which another link has"],
    ["parallel links", LINE.replace("[b, c]", "[b, a]"), 7, "joins nodes that another link joins"],
    ["a node without a link", LINE.replace("[a, b, c]", "[a, b, c, d]"), 4, "holds d, which has no link"],
    ["demand between nobody", `${LINE}demand: [{tunnels: 1, rekey: 1 s}]\n`, 8, "does not say between whom"],
    [
      "demand from and over",
      `${LINE}demand: [{over: links, from: [a], tunnels: 1, rekey: 1 s}]\n`,
      8,
      "stands beside over",
    ],
    [
      "demand to an unknown node",
      `${LINE}demand: [{to: [x], tunnels: 1, rekey: 1 s}]\n`,
      8,
      "is x, which is no node",
    ],
    ["a key every no time", `${LINE}demand: [{to: [a], tunnels: 1, rekey: 0 s}]\n`, 8, "more than no time"],
    [
      "a key of no whole bytes",
      `${LINE}demand: [{to: [a], tunnels: 1, rekey: 1 s, keyBits: 12}]\n`,
      8,
      "keyBits",
    ],
    [
      "an event of a link that is not there",
      `${LINE}timeline: [{at: 1 s, link: a-c, event: cut}]\n`,
      8,
      "(did you mean",
    ],
    ["an event of an unknown node", `${LINE}timeline: [{at: 1 s, node: x, event: nodeKill}]\n`, 8, "is x"],
    [
      "more cuts than links",
      `${LINE}timeline: [{at: 1 s, event: seededCuts, count: 3}]\n`,
      8,
      "at most the 2 links",
    ],
    [
      "an event without a name",
      `${LINE}timeline: [{at: 1 s, event: nodeKil, node: a}]\n`,
      8,
      "did you mean nodeKill",
    ],
    ["an unknown field", `${LINE}link: []\n`, 8, "did you mean links"],
  ])("with %s is refused by its line", (_, text, line, says) => {
    expect(() => networkOfText(text, "line.yaml")).toThrow(
      expect.objectContaining({
        code: "QKD_SCENARIO_INVALID",
        message: expect.stringContaining(says),
        context: expect.objectContaining({ line }),
      }),
    );
  });

  it("takes another clock, within its range", () => {
    expect(loadNetwork("line-3", { clockHz: 1e6 }).clockHz).toBe(1e6);
    expect(() => loadNetwork("line-3", { clockHz: 1e30 })).toThrow(
      expect.objectContaining({
        code: "QKD_SCENARIO_INVALID",
        message: expect.stringContaining("clockHz is 1e+30"),
      }),
    );
  });

  it("of an unknown name, or in a file that is not there, is refused", () => {
    expect(() => loadNetwork("tokio")).toThrow(expect.objectContaining({ code: "QKD_SCENARIO_INVALID" }));
    expect(() => loadNetwork("./no.yaml")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
  });
});
