import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { KeyClient } from "../../cli/index.ts";
import { createController, createDeliveryServer, openPeerChannel } from "../../controller/index.ts";
import { openTransport, type Transceiver } from "../../drivers/index.ts";
import { listenTls } from "../../emulator/ports/tcp-port.ts";
import { linkPreset } from "../../physics/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { makeTestCertificate, testCertificate } from "./test-certificate.ts";

/** What a reader of certificates is given; all PEM. */
interface Given {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const folder = mkdtempSync(join(tmpdir(), "qkdlink-trust-"));
afterAll(() => rmSync(folder, { recursive: true }));

const good: Given = { ...testCertificate, ca: testCertificate.cert };
const stranger = await makeTestCertificate();
const damaged = good.cert.replace(/\n[A-Za-z0-9+/]{40}/, "\n");

const secret = () => new SecretBytes(new Uint8Array(64));
const peer = ({ ca, cert, key }: Given) => ({ authority: ca, certificate: cert, privateKey: key });
const pool = () => Promise.reject(new Error("no key is asked for"));

function keyClient(given: Given): KeyClient {
  const file = (name: keyof Given): string => {
    writeFileSync(join(folder, name), given[name]);
    return join(folder, name);
  };
  return new KeyClient({
    url: "https://127.0.0.1:1",
    ca: file("ca"),
    cert: file("cert"),
    key: file("key"),
    timeoutMs: 1000,
  });
}

const CONFIG = "QKD_CONFIG_INVALID";
const TLS = "QKD_TRANSPORT_TLS";

/** Everything that reads certificates, its code, and its names of authority, certificate and key. */
const READERS: readonly [string, string, RegExp, (given: Given) => Promise<unknown>][] = [
  [
    "the peer channel",
    CONFIG,
    /^credentials\.(authority|certificate|privateKey)/,
    (given) =>
      openPeerChannel({
        introduction: { site: "alice", linkId: "l" },
        credentials: peer(given),
        secret: secret(),
        listen: "tls://127.0.0.1:0",
      }),
  ],
  [
    "a controller",
    CONFIG,
    /^credentials\.(authority|certificate|privateKey)/,
    (given) =>
      createController({
        transceiver: { identity: { role: "qtx", linkId: "l" } } as Transceiver,
        peerListen: "tls://127.0.0.1:0",
        credentials: peer(given),
        secret: secret(),
        store: join(folder, "keys.db"),
        keyFile: join(folder, "kek"),
        distillation: {
          link: linkPreset("yuan2018").link,
          blockBits: 1_000_000,
          epsilonSecrecy: 1e-10,
          epsilonCorrectness: 1e-15,
          maxLeakFraction: 0.6,
        },
      }),
  ],
  [
    "key delivery",
    CONFIG,
    /^delivery\.tls\.(ca|cert|key)/,
    (given) =>
      createDeliveryServer({
        keys: {
          pool: { status: pool, takeMany: pool, takeByIds: pool } as never,
          fallback: () => ({ engaged: false, reason: null }),
        },
        tls: given,
        listen: { host: "127.0.0.1", port: 0 },
        ids: { sourceKmeId: "a", targetKmeId: "b" },
      }),
  ],
  ["the keys command", CONFIG, /^--(ca|cert|key) \(.*qkdlink-trust/, async (given) => keyClient(given)],
  [
    "a driver",
    TLS,
    /^tls\.(ca|cert|key)/,
    (given) => openTransport({ kind: "tls", host: "127.0.0.1", port: 1 }, { tls: given }),
  ],
  [
    "a port of the emulator",
    TLS,
    /: (ca|cert|key): /,
    (given) =>
      listenTls({ host: "127.0.0.1", port: 0 }, given, () => {
        throw new Error("nobody connects");
      }),
  ],
];

const WRONG: readonly [string, Partial<Given>][] = [
  ["an empty authority", { ca: "" }],
  ["an authority that is a comment", { ca: "# to be filled in\n" }],
  ["an authority that is a key", { ca: good.key }],
  ["a damaged authority", { ca: damaged }],
  ["a bundle of which the second is damaged", { ca: good.cert + damaged }],
  ["an empty certificate", { cert: "" }],
  ["a certificate that is a key", { cert: good.key }],
  ["an empty key", { key: "" }],
  ["a key that is a certificate", { key: good.cert }],
  ["the key of another certificate", { key: stranger.key }],
];

describe.each(READERS)("%s", (_, code, name, open) => {
  it.each(WRONG)("refuses %s by name", async (_case, wrong) => {
    await expect(open({ ...good, ...wrong })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(name),
      remedy: expect.stringMatching(/certificate|key/),
    });
  });
});
