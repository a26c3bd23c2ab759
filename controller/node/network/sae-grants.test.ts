import { expect, it } from "vitest";
import type { Network } from "./network.ts";
import { saesOf, servedPqc } from "./sae-grants.ts";

const identity = { commonName: "x" };
const NETWORK: Network = {
  network: "line",
  nodes: {},
  links: [],
  saes: [
    { id: "bare", node: "a", identity },
    { id: "both", node: "a", identity, policy: "soft", peers: ["far"] },
    { id: "pqc", node: "a", identity, policy: "pqc" },
    { id: "far", node: "b", identity, policy: "soft" },
    { id: "near", node: "a", identity, policy: "near" },
    { id: "mixed", node: "a", identity, policy: "mixed" },
    { id: "strict", node: "a", identity, policy: "strict" },
  ],
  policies: {
    soft: { mode: "prefer-qkd", quotaBps: 20_000 },
    pqc: { mode: "pqc-only" },
    near: { mode: "qkd-only", maxHops: 1 },
    mixed: { mode: "hybrid", onShortage: "pqc", quotaKeysPerS: 2 },
    strict: { mode: "hybrid" },
  },
};

it("gives each SAE of a node the origins of its policy, and quantum keys alone without one; relayed ones where two hops are allowed", () => {
  expect(saesOf(NETWORK, "a")).toEqual([
    { id: "bare", identity, origins: ["qkd", "relay"] },
    { id: "both", identity, origins: ["qkd", "relay", "hybrid", "pqc"], peers: ["far"], quotaBps: 20_000 },
    { id: "pqc", identity, origins: ["pqc"] },
    { id: "near", identity, origins: ["qkd"] },
    { id: "mixed", identity, origins: ["hybrid", "pqc"], quotaKeysPerS: 2 },
    { id: "strict", identity, origins: ["hybrid"] },
  ]);
  expect(servedPqc(NETWORK, "a")).toEqual(["both"]);
  expect(saesOf({ ...NETWORK, saes: undefined } as unknown as Network, "a")).toEqual([]);
});
