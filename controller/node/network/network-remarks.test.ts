import { describe, expect, it } from "vitest";
import type { Network } from "./network.ts";
import { type NetworkDraft, networkRemarks } from "./network-remarks.ts";

const print = (digit: string) => digit.repeat(64);
const GOOD: Network = {
  network: "line",
  nodes: {
    a: { kme: "kme-a", fingerprint: print("1"), address: "tls://10.0.0.1:7000" },
    b: { kme: "kme-b", fingerprint: [print("2"), print("3")] },
    c: { kme: "kme-c", fingerprint: print("4") },
  },
  links: [
    { id: "a-b", ends: ["a", "b"], qtx: "a", preset: "yuan2018" },
    { id: "b-c", ends: ["b", "c"], qtx: "b", preset: "yuan2018" },
  ],
  saes: [
    { id: "gw-a", node: "a", identity: { commonName: "gw-a" }, peers: ["gw-b"], policy: "strict" },
    { id: "gw-b", node: "b", identity: { commonName: "gw-b" } },
  ],
  policies: { strict: { mode: "qkd-only", maxHops: 2 } },
};

type Change = (network: Record<string, unknown> & Network) => void;
const changed = (change: Change): NetworkDraft => {
  const network = structuredClone(GOOD) as Record<string, unknown> & Network;
  change(network);
  return network;
};
const link =
  (index: number, members: object): Change =>
  ({ links }) =>
    void Object.assign(links[index] as object, members);
const sae =
  (members: object): Change =>
  ({ saes }) =>
    void Object.assign(saes?.[0] as object, members);
const node =
  (name: string, members: object): Change =>
  ({ nodes }) =>
    void Object.assign(nodes[name] as object, members);

describe("a network's file against itself", () => {
  it("says nothing against a right one, nor of one of which all is missing", () => {
    expect(networkRemarks(GOOD)).toEqual([]);
    expect(networkRemarks({})).toEqual([]);
    expect(networkRemarks({ nodes: { a: {} }, links: [{}], saes: [{}], policies: { p: {} } })).toEqual([]);
  });

  it.each<[string, Change, string, RegExp]>([
    [
      "an end that is no node",
      link(0, { ends: ["a", "bb"] }),
      "links.0.ends.1",
      /names the node bb.* does not know/,
    ],
    ["a link between a node and itself", link(0, { ends: ["a", "a"] }), "links.0.ends", /names a twice/],
    ["a transmitter at no end", link(0, { qtx: "c" }), "links.0.qtx", /c, which is no end of the link/],
    ["two links of one id", link(1, { id: "a-b" }), "links.1.id", /another link has/],
    [
      "two links of one pair",
      link(1, { ends: ["b", "a"] }),
      "links.1.ends",
      /joins the nodes that a-b joins/,
    ],
    ["an unknown preset", link(0, { preset: "yuan2081" }), "links.0.preset", /names the preset yuan2081/],
    ["two SAEs of one id", sae({ id: "gw-b" }), "saes.1.id", /another SAE has/],
    ["an SAE on an unknown node", sae({ node: "d" }), "saes.0.node", /names the node d/],
    ["an SAE of an unknown policy", sae({ policy: "lax" }), "saes.0.policy", /names the policy lax/],
    ["a peer that is no SAE", sae({ peers: ["gw-x"] }), "saes.0.peers.0", /names the SAE gw-x/],
    ["two nodes of one KME", node("c", { kme: "kme-a" }), "nodes.c.kme", /that of a, too/],
    [
      "two nodes of one address",
      node("c", { address: "tls://10.0.0.1:7000" }),
      "nodes.c.address",
      /that of a, too/,
    ],
    [
      "two nodes of one certificate",
      node("c", { fingerprint: print("3") }),
      "nodes.c.fingerprint",
      /that of b, too/,
    ],
    ["no fingerprint for one", node("c", { fingerprint: "kme-c" }), "nodes.c.fingerprint", /is none/],
    [
      "more disjoint ways than links",
      ({ policies }) => void Object.assign(policies?.strict as object, { shares: 3 }),
      "policies.strict.shares",
      /no node has more than 2 links/,
    ],
    [
      "more hops than a way can have",
      ({ policies }) => void Object.assign(policies?.strict as object, { maxHops: 3 }),
      "policies.strict.maxHops",
      /no way in this network has more than 2/,
    ],
  ])("names %s", (_what, change, field, message) => {
    const found = networkRemarks(changed(change));
    expect(found.map((remark) => remark.field.join("."))).toEqual([field]);
    expect(found[0]?.message).toMatch(message);
  });

  it("tells all at once, and the nearest name of a misspelt one", () => {
    const found = networkRemarks(
      changed((network) => {
        link(0, { qtx: "c" })(network);
        sae({ policy: "strikt" })(network);
      }),
    );
    expect(found.map(({ field }) => field.join("."))).toEqual(["links.0.qtx", "saes.0.policy"]);
    expect(found[1]?.remedy).toBe("write strict");
  });
});
