import { expect, it } from "vitest";
import { pairFault } from "./pair-fault.ts";

const NETWORK = {
  nodes: {
    a: { kme: "ka", fingerprint: "00", address: "tls://a:1" },
    b: { kme: "kb", fingerprint: "01" },
    c: { kme: "kc", fingerprint: "02" },
  },
  links: [{ id: "a-b", ends: ["a", "b"], qtx: "a", preset: "yuan2018" }],
} as const;

it("lets two nodes without a link share keys where one has an address", () => {
  expect(pairFault(NETWORK, "a", "c")).toBeNull();
  expect(pairFault(NETWORK, "c", "a")).toBeNull();
});

it.each([
  ["a", "a", "this node itself"],
  ["a", "d", "no node of the network"],
  ["b", "a", "the link a-b gives their keys"],
  ["b", "c", "neither b nor c has an address"],
])("tells why %s and %s do not", (node, other, why) => {
  expect(pairFault(NETWORK, node, other)).toContain(why);
});
