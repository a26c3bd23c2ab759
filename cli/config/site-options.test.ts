import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_FALLBACK_POLICY, DEFAULT_HEALTH_POLICY, newLinkSecretFile } from "../../controller/index.ts";
import { LINK_PRESETS } from "../../physics/index.ts";
import { DevelopmentAuthority } from "../development/development-pki.ts";
import { parseSiteConfig, readSiteConfig } from "./read-config.ts";
import { siteAlarms } from "./site-alarms.ts";
import { siteBaseline, siteDashboard } from "./site-dashboard.ts";
import { siteOptions, siteTransceiver } from "./site-options.ts";
import { SITE_SCHEMA } from "./site-schema.ts";

const SECRET_FILE = newLinkSecretFile().reveal();
const texts: Record<string, string> = {};
let folder: string;

async function emptyRevocationList(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const list = await x509.X509CrlGenerator.create({
    issuer: "CN=an authority",
    signingKey: privateKey,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  });
  return list.toString("pem").replaceAll(" CRL-", " X509 CRL-");
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  for (const name of ["peer", "kme"]) {
    const authority = await DevelopmentAuthority.create();
    const { certificate, privateKey } = await authority.issue(name);
    const files = {
      ".pem": certificate,
      ".key": privateKey,
      "-ca.pem": authority.certificate,
      ".crl": await emptyRevocationList(),
    };
    for (const [end, text] of Object.entries(files)) {
      texts[name + end] = text;
      writeFileSync(join(folder, name + end), text);
    }
  }
  writeFileSync(join(folder, "secret"), SECRET_FILE, { mode: 0o600 });
  for (const name of ["auth", "priv", "community"])
    writeFileSync(join(folder, `${name}.word`), `word of ${name}\n`.replaceAll(" ", "-"), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every field of a site's file with a value of its own, none of them a default. */
const FULL = {
  site: "bob",
  linkId: "link-17",
  transceiver: {
    address: "tcp://10.0.0.1:5525",
    telemetry: "modbus+tcp://10.0.0.2:502",
    authority: "kme-ca.pem",
    certificate: "kme.pem",
    privateKey: "kme.key",
    serverName: "qtx-7",
    detectionsPerFrame: 4096,
    creditFrames: 17,
  },
  peer: {
    connect: "tls://10.0.0.3:5600",
    certificate: "peer.pem",
    privateKey: "peer.key",
    authority: "peer-ca.pem",
    crl: "peer.crl",
    identity: { commonName: "kme of the other site" },
    groups: ["MLKEM1024", "MLKEM768"],
    limits: { connections: 71, connectionsPerAddress: 72, helloMs: 73 },
    secretFile: "secret",
  },
  link: {
    preset: "t12",
    lossDb: 11.5,
    clockHz: 1.25e8,
    blockBits: 123_456,
    epsilonSecrecy: 1.1e-9,
    epsilonCorrectness: 1.2e-13,
    maxLeakFraction: 0.41,
  },
  store: {
    path: "own.db",
    keyFile: "own.kek",
    capacityBits: 1_234_567,
    maxAgeS: 777,
    fetchTtlS: 778,
    acceptDataJournal: true,
  },
  delivery: {
    listen: "https://[::1]:8444",
    certificate: "kme.pem",
    privateKey: "kme.key",
    authority: "kme-ca.pem",
    crl: "kme.crl",
    groups: ["X25519"],
    limits: {
      connections: 81,
      connectionsPerAddress: 82,
      handshakeMs: 83,
      headersMs: 84,
      requestMs: 85,
      keepAliveMs: 86,
      stallMs: 87,
    },
    minTlsVersion: "TLSv1.3",
    saeIdentity: ["serialNumber"],
    kmeId: "kme-of-bob",
    peerKmeId: "kme-of-alice",
    allowPqcFor: ["sae-3"],
    stockDuringFallback: "refuse",
    redeliveryWindowS: 21,
  },
  dashboard: {
    listen: "https://0.0.0.0:8015",
    certificate: "peer.pem",
    privateKey: "peer.key",
    authority: "kme-ca.pem",
    crl: "kme.crl",
    names: ["bob.example"],
    elements: [
      { kind: "mux", name: "Mux", detail: "40 channels", lossDb: 1.5 },
      { kind: "span", name: "Span", lossDb: 10 },
    ],
    emulator: "tcp://127.0.0.1:7000",
    baseline: "/somewhere/healthy.json",
  },
  alarms: {
    syslog: {
      address: "tls://noc:6515",
      authority: "kme-ca.pem",
      crl: "kme.crl",
      certificate: "kme.pem",
      privateKey: "kme.key",
      serverName: "noc-1",
      facility: "local5",
      hostname: "bob-1",
    },
    snmp: {
      address: "udp://noc:1162",
      user: "user-3",
      authPassphraseFile: "auth.word",
      privPassphraseFile: "priv.word",
      authProtocol: "sha512",
      privProtocol: "aes256",
    },
    enterprise: "32473.7",
  },
  nats: {
    servers: ["tls://bus:4223"],
    authority: "kme-ca.pem",
    crl: "kme.crl",
    certificate: "kme.pem",
    privateKey: "kme.key",
    credentialsFile: "auth.word",
    network: "metro-3",
    stream: "events-3",
    telemetryS: 17,
  },
  saes: [{ id: "sae-3", identity: { commonName: "application 3" }, quotaBps: 19 }],
  policy: {
    poolLowBits: 1001,
    fallbackBelowBits: 1002,
    poolClearBits: 1003,
    pqcReserveBits: 1004,
    maxQber: 0.051,
    minSecretKeyRateBps: 1005,
    rekeyIntervalMs: 1006,
    linkDownAfterMs: 1007,
    linkUpAfterMs: 1008,
    fallbackClearAfterMs: 1009,
    authRecovery: "computational",
    kem: "ML-KEM-1024",
    combiner: "xor",
    epsilonBudget: { perYear: 1e-6, total: 1e-5, stop: true },
  },
  recording: { folder: "captures" },
  developmentSeed: "seed of the test",
};

/** The members of the schema that hold values, by their path; of those of which one is chosen, the whole. */
function leaves(schema: object, path: readonly string[] = []): string[] {
  if (!("properties" in schema) || "maxProperties" in schema) return [path.join(".")];
  return Object.entries(schema.properties as Record<string, object>).flatMap(([name, member]) =>
    leaves(member, [...path, name]),
  );
}

const read = (config: object) => {
  const file = join(folder, "site.json");
  writeFileSync(file, JSON.stringify(config));
  return readSiteConfig(file);
};

describe("the options of a site", () => {
  it("take every field of the file to its place, and nothing else", () => {
    const config = read(FULL);
    const options = siteOptions(config);
    expect(config.transceiver.address).toBe("tcp://10.0.0.1:5525");
    expect(siteTransceiver(config)).toEqual({
      role: "qrx",
      telemetry: "modbus+tcp://10.0.0.2:502",
      tls: { ca: texts["kme-ca.pem"], cert: texts["kme.pem"], key: texts["kme.key"], serverName: "qtx-7" },
    });
    const { secret, ...others } = options;
    expect(Buffer.from(secret.reveal()).equals(SECRET_FILE.subarray(-32_800))).toBe(true);
    expect(others).toEqual({
      peer: "tls://10.0.0.3:5600",
      credentials: {
        certificate: texts["peer.pem"],
        privateKey: texts["peer.key"],
        authority: texts["peer-ca.pem"],
        crl: texts["peer.crl"],
        groups: "MLKEM1024:MLKEM768",
        peerIdentity: FULL.peer.identity,
      },
      peerLimits: FULL.peer.limits,
      store: join(folder, "own.db"),
      keyFile: join(folder, "own.kek"),
      linkId: "link-17",
      distillation: {
        link: { ...LINK_PRESETS.t12.link, channelLossDb: 11.5, clockHz: 1.25e8 },
        blockBits: 123_456,
        epsilonSecrecy: 1.1e-9,
        epsilonCorrectness: 1.2e-13,
        maxLeakFraction: 0.41,
      },
      capacityBits: 1_234_567,
      maxKeyAgeMs: 777_000,
      fetchTtlMs: 778_000,
      acceptDataJournal: true,
      redeliveryMs: 21_000,
      keyExchange: { detectionsPerFrame: 4096, creditFrames: 17 },
      delivery: {
        tls: {
          cert: texts["kme.pem"],
          key: texts["kme.key"],
          ca: texts["kme-ca.pem"],
          crl: texts["kme.crl"],
          groups: "X25519",
          minVersion: "TLSv1.3",
        },
        limits: FULL.delivery.limits,
        listen: { host: "::1", port: 8444 },
        ids: { sourceKmeId: "kme-of-bob", targetKmeId: "kme-of-alice" },
        policy: { allowPqcFor: ["sae-3"], stockDuringFallback: "refuse", saeIdentity: ["serialNumber"] },
        saes: FULL.saes,
      },
      health: { lowBits: 1001, maxQber: 0.051, demandBps: 1005, raiseMs: 1007, clearMs: 1008 },
      fallback: { engageBelowBits: 1002, clearAboveBits: 1003, rekeyMs: 1006, clearHoldMs: 1009 },
      pqcReserveBits: 1004,
      authRecovery: "computational",
      kem: "ML-KEM-1024",
      combiner: "xor",
      epsilonBudget: { perYear: 1e-6, total: 1e-5, stop: true },
      developmentSeed: "seed of the test",
    });
  });

  it("are those of its dashboard, with the certificate of key delivery where it has none of its own", () => {
    expect(siteDashboard(read(FULL))).toEqual({
      dashboard: {
        listen: {
          host: "0.0.0.0",
          port: 8015,
          tls: {
            cert: texts["peer.pem"],
            key: texts["peer.key"],
            ca: texts["kme-ca.pem"],
            crl: texts["kme.crl"],
          },
          names: ["bob.example"],
        },
        emulatorControl: "tcp://127.0.0.1:7000",
      },
      elements: [
        { kind: "mux", name: "Mux", detail: "40 channels", lossDb: 1.5 },
        { kind: "span", name: "Span", detail: null, lossDb: 10 },
      ],
    });
    expect(siteBaseline(read(FULL))).toEqual({ baseline: "/somewhere/healthy.json" });
    expect(siteBaseline(read({ ...FULL, dashboard: { listen: "http://127.0.0.1" } }))).toEqual({});
    const lent = siteDashboard(read({ ...FULL, dashboard: { listen: "https://[::1]" } }));
    expect(lent?.dashboard.listen).toEqual({
      host: "::1",
      port: 443,
      tls: { cert: texts["kme.pem"], key: texts["kme.key"] },
    });
    const plain = siteDashboard(read({ ...FULL, dashboard: { listen: "http://127.0.0.1" } }));
    expect(plain?.dashboard.listen).toEqual({ host: "127.0.0.1", port: 80 });
    const { dashboard: _, ...without } = FULL;
    expect(siteDashboard(read(without))).toBeNull();
  });

  it("hold a collector of alarms to the revocation list that is named", () => {
    expect(siteAlarms(read(FULL))?.syslog?.tls?.crl).toBe(texts["kme.crl"]);
  });

  it("name the file of a dashboard's certificate that cannot be used", () => {
    const dashboard = { ...FULL.dashboard, privateKey: "kme.key" };
    expect(() => siteDashboard(read({ ...FULL, dashboard }))).toThrow(/dashboard\.privateKey \(.*kme\.key\)/);
    const absent = { ...FULL.dashboard, certificate: "none.pem" };
    expect(() => siteDashboard(read({ ...FULL, dashboard: absent }))).toThrow(
      /dashboard\.certificate \(.*none\.pem\) cannot be read/,
    );
  });

  it("are asked for by this test for every field that the schema knows", () => {
    const known = leaves(SITE_SCHEMA);
    const told = (path: string) =>
      path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], FULL);
    expect(known.filter((path) => told(path) === undefined)).toEqual([
      "peer.listen",
      "alarms.snmp.communityFile",
      "alarms.snmp.confirm",
    ]);
    const { connect: _, ...peer } = FULL.peer;
    const listening = siteOptions(
      read({ ...FULL, site: "alice", peer: { ...peer, listen: "tls://[::]:5601" } }),
    );
    expect([listening.peerListen, listening.peer]).toEqual(["tls://[::]:5601", undefined]);
    expect(siteTransceiver(read({ ...FULL, site: "alice" })).role).toBe("qtx");
  });

  it("are the defaults where the file says nothing", () => {
    const { transceiver, link, store, delivery, policy: _policy, developmentSeed: _seed, ...rest } = FULL;
    const { certificate, privateKey, authority, kmeId, peerKmeId } = delivery;
    const options = siteOptions(
      read({
        ...rest,
        transceiver: { address: transceiver.address },
        link: { preset: link.preset },
        store: { path: store.path, keyFile: store.keyFile },
        delivery: { listen: "https://kme", certificate, privateKey, authority, kmeId, peerKmeId },
      }),
    );
    expect(options.distillation).toEqual({
      link: LINK_PRESETS.t12.link,
      blockBits: 100_000_000,
      epsilonSecrecy: 1e-10,
      epsilonCorrectness: 1e-15,
      maxLeakFraction: 0.6,
    });
    expect(options).toMatchObject({ health: {}, fallback: {}, keyExchange: {} });
    expect(options.delivery).toMatchObject({ listen: { host: "kme", port: 443 }, policy: {} });
    const left = [
      "capacityBits",
      "maxKeyAgeMs",
      "acceptDataJournal",
      "redeliveryMs",
      "pqcReserveBits",
      "developmentSeed",
    ];
    for (const name of left) expect(options).not.toHaveProperty(name);
  });

  it("have the defaults that the documents name", () => {
    const page = readFileSync(new URL("../../docs/CONFIGURATION.md", import.meta.url), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const { health, fallback, pqcReserveBits } = siteOptions({
      ...read(FULL),
      policy: parseSiteConfig(example, "CONFIGURATION.md").policy ?? {},
    });
    expect(health).toEqual({
      lowBits: DEFAULT_HEALTH_POLICY.lowBits,
      maxQber: DEFAULT_HEALTH_POLICY.maxQber,
      demandBps: DEFAULT_HEALTH_POLICY.demandBps,
      raiseMs: DEFAULT_HEALTH_POLICY.raiseMs,
      clearMs: DEFAULT_HEALTH_POLICY.clearMs,
    });
    expect(fallback).toEqual({
      engageBelowBits: DEFAULT_FALLBACK_POLICY.engageBelowBits,
      clearAboveBits: DEFAULT_FALLBACK_POLICY.clearAboveBits,
      rekeyMs: DEFAULT_FALLBACK_POLICY.rekeyMs,
      clearHoldMs: DEFAULT_FALLBACK_POLICY.clearHoldMs,
    });
    expect(pqcReserveBits).toBe(2 ** 20);
  });
});
