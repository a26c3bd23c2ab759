import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { stampDifference } from "../../sources/network/network-word.ts";
import type { Network } from "./network.ts";
import { canonical, stampOf } from "./network-stamp.ts";

const NETWORK: Network = {
  network: "line",
  nodes: { a: { kme: "kme-a", fingerprint: "11" }, b: { fingerprint: "22", kme: "kme-b" } },
  links: [
    { id: "a-b", ends: ["a", "b"], qtx: "a", preset: "yuan2018", km: 14.2 },
    { id: "b-c", ends: ["b", "c"], qtx: "b", preset: "yuan2018" },
  ],
};

describe("the stamp of a network", () => {
  it("is the same however the file is written", () => {
    const { links, nodes } = NETWORK;
    const other = {
      links: [...links].reverse().map((link) => ({ ...link, lossDb: undefined })),
      network: "line",
      policies: {},
      saes: [],
      nodes: { b: { kme: "kme-b", fingerprint: "22" }, a: nodes.a },
    } as unknown as Network;
    expect(stampDifference(stampOf(NETWORK), stampOf(other))).toBeNull();
  });

  it("names the parts that differ, or the names", () => {
    const own = stampOf(NETWORK);
    const [first, second] = NETWORK.links;
    const other: Network = {
      ...NETWORK,
      links: [{ ...(first as Network["links"][number]), km: 14.3 }, second as Network["links"][number]],
      policies: { strict: { mode: "qkd-only" } },
    };
    expect(stampDifference(own, stampOf(other))).toBe("they differ in links, policies");
    expect(stampDifference(own, stampOf({ ...NETWORK, network: "ring" }))).toBe(
      "it is called line here and ring there",
    );
    expect(stampDifference(own, stampOf({ ...NETWORK, nodes: {} }))).toBe("they differ in nodes");
    const saes = [{ id: "s", node: "a", identity: { commonName: "s" } }];
    expect(stampDifference(own, stampOf({ ...NETWORK, saes }))).toBe("they differ in saes");
  });

  it("holds the digests that SPEC-PEER 7.5 describes", () => {
    const text =
      'qkdlink network nodes {"a":{"fingerprint":"11","kme":"kme-a"},"b":{"fingerprint":"22","kme":"kme-b"}}';
    const expected = createHash("sha256").update(text).digest().subarray(0, 16);
    expect(Buffer.from(stampOf(NETWORK).digests.nodes).equals(expected)).toBe(true);
    expect(canonical({ b: [1, { d: null, c: "é" }], a: undefined })).toBe('{"b":[1,{"c":"é","d":null}]}');
  });
});
