import { describe, expect, it } from "vitest";
import { parseSiteConfig } from "./read-config.ts";

const GOOD = `
site: alice
linkId: tokyo-1
transceiver: { address: "tcp://127.0.0.1:5525" }
peer:
  listen: tls://127.0.0.1:0
  certificate: kme.pem
  privateKey: kme.key
  authority: ca.pem
  secretFile: link.secret
link:
  preset: yuan2018
  lossDb: 10
store: { path: keys.db, keyFile: kek }
delivery: { listen: "https://127.0.0.1:0", certificate: a, privateKey: b, authority: c, kmeId: k, peerKmeId: l }
`;

describe("site configuration", () => {
  it("accepts a complete file", () => {
    expect(parseSiteConfig(GOOD, "a.yaml").link.lossDb).toBe(10);
  });

  it("accepts the same as JSON", () => {
    const json = JSON.stringify(parseSiteConfig(GOOD, "a.yaml"));
    expect(parseSiteConfig(json, "a.json")).toEqual(parseSiteConfig(GOOD, "a.yaml"));
  });

  it.each([
    ["a negative loss", GOOD.replace("lossDb: 10", "lossDb: -1"), /a\.yaml:13: link\.lossDb must be >= 0/],
    ["a text for a number", GOOD.replace("lossDb: 10", "lossDb: ten"), /link\.lossDb must be number/],
    ["an unknown field", GOOD.replace("lossDb", "losDb"), /link\.losDb is not a known field/],
    ["a missing field", GOOD.replace("linkId: tokyo-1", ""), /linkId is missing/],
    ["a third site", GOOD.replace("site: alice", "site: eve"), /site must be one of alice, bob/],
    [
      "two ways to the peer",
      GOOD.replace("peer:", "peer:\n  connect: tls://h:1"),
      /exactly one of listen and connect/,
    ],
  ])("names the field of %s", (_name, text, message) => {
    expect(() => parseSiteConfig(text, "a.yaml")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ["broken YAML", "site: [alice"],
    ["an empty file", ""],
    ["a list", "- a"],
    ["an alias without its anchor", "site: *nowhere"],
  ])("reports %s", (_name, text) => {
    expect(() => parseSiteConfig(text, "a.yaml")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
  });
});
