import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFile, DevelopmentAuthority, findingLine } from "../../cli/index.ts";
import { newLinkSecretFile } from "../../controller/index.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-node-check-"));
const place = (name: string) => join(folder, name);
const write = (name: string, content: string | Uint8Array) =>
  writeFileSync(place(name), content, { mode: 0o600 });
const print = (digit: string) => digit.repeat(64);
let own = "";

// biome-ignore lint/suspicious/noExplicitAny: a test breaks files in every way
type Loose = any;
const goodNetwork = (): Loose => ({
  network: "line",
  nodes: { a: { kme: "kme-a", fingerprint: own }, b: { kme: "kme-b", fingerprint: print("2") } },
  links: [{ id: "a-b", ends: ["a", "b"], qtx: "a", preset: "yuan2018" }],
  saes: [{ id: "gw-a", node: "a", identity: { commonName: "gw-a" } }],
});
const goodNode = (): Loose => ({
  node: "a",
  network: "network.json",
  peer: { certificate: "kme-a.pem", privateKey: "kme-a.key", authority: "ca.pem" },
  links: {
    "a-b": {
      transceiver: { address: "tcp://127.0.0.1:5525" },
      listen: "tls://127.0.0.1:5600",
      secretFile: "a-b.secret",
    },
  },
  store: { path: "keys.db", keyFile: "store.kek" },
  delivery: {
    listen: "https://127.0.0.1:8443",
    certificate: "kme-a.pem",
    privateKey: "kme-a.key",
    authority: "ca.pem",
  },
});

beforeAll(async () => {
  const authority = await DevelopmentAuthority.create();
  write("ca.pem", authority.certificate);
  for (const name of ["kme-a", "kme-z"]) {
    const { certificate, privateKey } = await authority.issue(name);
    write(`${name}.pem`, certificate);
    write(`${name}.key`, privateKey);
    if (name === "kme-a") own = new X509Certificate(certificate).fingerprint256;
  }
  write("a-b.secret", newLinkSecretFile().reveal());
  write("store.kek", randomBytes(32));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function found(change: (node: Loose, network: Loose) => void = () => {}, file = "node.json") {
  const [node, network] = [goodNode(), goodNetwork()];
  change(node, network);
  write("node.json", JSON.stringify(node, null, 1));
  write("network.json", JSON.stringify(network, null, 1));
  const findings = await checkFile(place(file), { network: false });
  return findings.map((finding) => findingLine(finding).replaceAll(`${folder}/`, ""));
}

describe("a check of a node's file with the network's", () => {
  it("finds nothing where nothing is wrong, in either file", async () => {
    expect(await found()).toEqual([]);
    expect(await found(undefined, "network.json")).toEqual([]);
  });

  it("tells the mistakes of both at once, each in its file and line", async () => {
    const lines = await found((node, network) => {
      node.node = "aa";
      node.store.pth = "x";
      network.links[0].qtx = "c";
      network.saes[0].policy = "lax";
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^node\.json:2:\d+ error QKD_CONFIG_INVALID node is aa, which the network file does not know - /,
      ),
      expect.stringMatching(
        /^node\.json:\d+:\d+ error QKD_CONFIG_INVALID store\.pth is not a known field - write path$/,
      ),
      expect.stringMatching(
        /^network\.json:\d+:\d+ error QKD_CONFIG_INVALID links\.0\.qtx is c, which is no end/,
      ),
      expect.stringMatching(
        /^network\.json:\d+:\d+ error QKD_CONFIG_INVALID saes\.0\.policy names the policy lax/,
      ),
    ]);
  });

  it.each<[string, (node: Loose, network: Loose) => void, RegExp]>([
    [
      "a link that the network does not have",
      (node) =>
        Object.assign(node.links, {
          "a-c": { ...node.links["a-b"], listen: "tls://127.0.0.1:5601", secretFile: "kme-z.key" },
        }),
      /links\.a-c is no link of the network file - write a-b/,
    ],
    [
      "a link of others",
      (_, network) => {
        network.nodes.c = { kme: "kme-c", fingerprint: print("3") };
        network.links[0].ends = ["b", "c"];
        network.links[0].qtx = "b";
      },
      /links\.a-b joins b and c, and this node is a/,
    ],
    [
      "a link without its device",
      (node) => void delete node.links["a-b"],
      /warning .* links says nothing of a-b, which ends at this node/,
    ],
    [
      "an end that neither listens nor connects",
      (node) => void delete node.links["a-b"].listen,
      /links\.a-b needs exactly one of listen and connect/,
    ],
    [
      "two listeners of one port",
      (node) => Object.assign(node.delivery, { listen: "https://127.0.0.1:5600" }),
      /delivery\.listen takes the port 5600 of links\.a-b\.listen/,
    ],
    [
      "one file for two things",
      (node) => Object.assign(node.store, { keyFile: "a-b.secret" }),
      /names the same file as/,
    ],
    [
      "an address that is none",
      (node) => Object.assign(node.links["a-b"].transceiver, { address: "tpc://x" }),
      /links\.a-b\.transceiver\.address/,
    ],
    [
      "a secret that is not there",
      (node) => Object.assign(node.links["a-b"], { secretFile: "nowhere" }),
      /QKD_KEYSTORE_UNREADABLE links\.a-b\.secretFile/,
    ],
    [
      "another certificate than the network names",
      (node) => Object.assign(node.peer, { certificate: "kme-z.pem", privateKey: "kme-z.key" }),
      /peer\.certificate .*kme-z\.pem\) is not the one that the network file names for a/,
    ],
    [
      "a network that cannot be read",
      (node) => Object.assign(node, { network: "nowhere.yaml" }),
      /network: .*nowhere\.yaml cannot be read: .*\(ENOENT\)/,
    ],
    [
      "two SAEs of one certificate",
      (_, network) => network.saes.push({ id: "gw-x", node: "b", identity: { commonName: "gw-a" } }),
      /^network\.json.* saes\.1\.identity is met by the certificate of saes\.0, too/,
    ],
    [
      "keys over others with a neighbour",
      (node) => Object.assign(node, { pairs: { b: { secretFile: "kme-z.key" } } }),
      /pairs\.b is a neighbour: the link a-b gives their keys/,
    ],
    [
      "a pair of which neither node can be reached",
      (node, network) => {
        network.nodes.c = { kme: "kme-c", fingerprint: print("3") };
        node.pairs = { c: { secretFile: "kme-z.key" } };
      },
      /pairs\.c cannot be reached: neither a nor c has an address/,
    ],
    [
      "a secret of a pair that is not there",
      (node, network) => {
        network.nodes.c = { kme: "kme-c", fingerprint: print("3"), address: "tls://127.0.0.1:5700" };
        node.pairs = { c: { secretFile: "nowhere" } };
      },
      /QKD_KEYSTORE_UNREADABLE pairs\.c\.secretFile/,
    ],
    [
      "a port for other nodes that a link has",
      (node) => Object.assign(node.peer, { listen: "tls://127.0.0.1:5600" }),
      /peer\.listen takes the port 5600 of links\.a-b\.listen/,
    ],
    [
      "an address of a node that is none",
      (_, network) => Object.assign(network.nodes.b, { address: "b:1" }),
      /^network\.json.* nodes\.b\.address: "b:1" is not a peer address/,
    ],
    [
      "a mode that is none",
      (_, network) => Object.assign(network, { policies: { p: { mode: "qkd" } } }),
      /policies\.p\.mode must be one of qkd-only/,
    ],
  ])("tells %s", async (_what, change, message) => {
    const lines = await found(change);
    expect(
      lines.filter((line) => message.test(line)),
      lines.join("\n"),
    ).toHaveLength(1);
  });
});
