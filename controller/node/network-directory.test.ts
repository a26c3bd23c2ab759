import { expect, it } from "vitest";
import type { KeySource } from "../delivery/take-keys.ts";
import type { Network } from "./network/network.ts";
import { NetworkDirectory } from "./network-directory.ts";

const identity = { commonName: "x" };
const network: Network = {
  network: "line",
  nodes: {
    a: { kme: "kme-a", fingerprint: "1" },
    b: { kme: "kme-b", fingerprint: "2" },
    c: { kme: "kme-c", fingerprint: "3" },
  },
  links: [{ id: "a-b", ends: ["a", "b"], qtx: "a", preset: "yuan2018" }],
  saes: ["a", "b", "c"].map((node) => ({ id: `sae-${node}`, node, identity })),
};
const keys = { marks: "the pair of a and b" } as unknown as KeySource;
const local = { marks: "keys within a" } as unknown as KeySource;
const directory = () =>
  new NetworkDirectory("a", network, { keysWith: (node) => (node === "b" ? keys : null), local });

it("finds the pair with the node of an SAE", () => {
  expect(directory().route("sae-b")).toEqual({ keys, targetKmeId: "kme-b", ceiling: ["qkd", "relay"] });
});

it("says why there is none", () => {
  const { route } = directory();
  expect(route("sae-c")).toMatchObject({ keys: null, reason: "noRoute" });
  expect(route("sae-a")).toEqual({ keys: local, targetKmeId: "kme-a" });
  expect(route("sae-x")).toBeNull();
});

it("follows the network file that holds now", () => {
  const now = directory();
  now.renew({
    ...network,
    saes: [{ id: "sae-c", node: "b", identity }],
    nodes: { b: { kme: "new", fingerprint: "2" } },
  });
  expect(now.route("sae-c")).toEqual({ keys, targetKmeId: "new", ceiling: ["qkd", "relay"] });
  expect(now.route("sae-b")).toBeNull();
  expect(now.kmeIds()).toEqual(["new"]);
});
