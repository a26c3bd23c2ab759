import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../development/development-pki.ts";
import { readSiteConfig } from "./read-config.ts";
import { fixedChanges, siteTrust, trustFiles } from "./site-trust.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-options-"));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = await DevelopmentAuthority.create();
const own = await authority.issue("kme-alice");
for (const [name, text] of [
  ["ca.pem", authority.certificate],
  ["kme.pem", own.certificate],
  ["kme.key", own.privateKey],
] as const)
  writeFileSync(join(folder, name), text);

const FILES = { certificate: "kme.pem", privateKey: "kme.key", authority: "ca.pem" };
const PEER_LIMITS = { connections: 11, connectionsPerAddress: 3, helloMs: 1234 };
const DELIVERY_LIMITS = {
  connections: 99,
  connectionsPerAddress: 7,
  handshakeMs: 1,
  headersMs: 2,
  requestMs: 3,
  keepAliveMs: 4,
  stallMs: 5,
};
const SAE = {
  id: "gw",
  identity: { commonName: "gw-7" },
  peers: ["far"],
  origins: ["qkd", "pqc"],
  keySizeBits: 128,
  minKeySizeBits: 64,
  maxKeySizeBits: 512,
  maxKeysPerRequest: 5,
  quotaBps: 20_000,
};
const CONFIG = {
  site: "alice",
  linkId: "l",
  transceiver: { address: "tcp://127.0.0.1:1", detectionsPerFrame: 2048, creditFrames: 8 },
  peer: {
    ...FILES,
    listen: "tls://127.0.0.1:0",
    secretFile: "s",
    groups: ["MLKEM1024"],
    limits: PEER_LIMITS,
  },
  link: { preset: "yuan2018" },
  store: { path: "keys.db", keyFile: "kek", capacityBits: 70_000, maxAgeS: 60 },
  delivery: {
    ...FILES,
    listen: "https://[::1]:8443",
    kmeId: "kme-alice",
    peerKmeId: "kme-bob",
    groups: ["X25519MLKEM768", "X25519"],
    minTlsVersion: "TLSv1.3",
    saeIdentity: ["commonName"],
    allowPqcFor: ["gw"],
    redeliveryWindowS: 2,
    limits: DELIVERY_LIMITS,
  },
  saes: [SAE],
};

function read(change: (config: typeof CONFIG) => void = () => {}) {
  const config = structuredClone(CONFIG);
  change(config);
  writeFileSync(join(folder, "site.json"), JSON.stringify(config));
  return readSiteConfig(join(folder, "site.json"));
}

describe("a site's configuration", () => {
  it("names the other site's certificate where it says so", () => {
    const config = read(({ peer }) => Object.assign(peer, { identity: { serial: "4a01" } }));
    expect(siteTrust(config).credentials.peerIdentity).toEqual({ serial: "4a01" });
    expect(siteTrust(read()).credentials.peerIdentity).toEqual({ name: "kme-bob" });
  });

  it("is watched in every file of its trust, and knows what waits for a start", () => {
    const before = read();
    expect(trustFiles(before)).toEqual(["kme.pem", "kme.key", "ca.pem"].map((name) => join(folder, name)));
    const listed = read(({ peer, delivery }) => {
      Object.assign(peer, { crl: "peer.crl" });
      Object.assign(delivery, { crl: "kme.crl" });
    });
    expect(trustFiles(listed)).toEqual(
      ["kme.pem", "kme.key", "ca.pem", "peer.crl", "kme.crl"].map((name) => join(folder, name)),
    );
    const renewed = read((config) => {
      config.saes = [];
      Object.assign(config.delivery, { allowPqcFor: [], crl: "x", groups: ["X25519"], certificate: "y" });
      Object.assign(config.peer, { crl: "x", identity: { san: "z" }, authority: "y" });
    });
    expect(fixedChanges(before, renewed)).toEqual([]);
    const changed = read(({ delivery, peer, store }) => {
      Object.assign(delivery.limits, { headersMs: 9 });
      Object.assign(peer.limits, { helloMs: 9 });
      Object.assign(store, { maxAgeS: 9 });
    });
    const fields = ["store.maxAgeS", "peer.limits.helloMs", "delivery.limits.headersMs"];
    expect(fixedChanges(before, changed)).toEqual(fields);
    expect(fixedChanges(changed, before)).toEqual(fields);
  });

  it.each<[string, (config: typeof CONFIG) => unknown, RegExp]>([
    [
      "an SAE without identity",
      ({ saes }) => Object.assign(saes[0] ?? {}, { identity: {} }),
      /saes\.0\.identity/,
    ],
    [
      "two identities",
      ({ saes }) => Object.assign(saes[0] ?? {}, { identity: { san: "a", serial: "1" } }),
      /saes\.0\.identity/,
    ],
    [
      "an origin that is none",
      ({ saes }) => Object.assign(saes[0] ?? {}, { origins: ["moon"] }),
      /saes\.0\.origins\.0/,
    ],
    [
      "a peer group without ML-KEM",
      ({ peer }) => Object.assign(peer, { groups: ["X25519"] }),
      /peer\.groups\.0 must be one of/,
    ],
    [
      "a limit of nothing",
      ({ delivery }) => Object.assign(delivery.limits, { connections: 0 }),
      /delivery\.limits\.connections/,
    ],
  ])("is refused with %s", (_, change, message) => {
    expect(() => read(change)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringMatching(message) }),
    );
  });
});
