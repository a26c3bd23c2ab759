import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import {
  createDeliveryServer,
  createKeyFile,
  type DeliveryPolicy,
  type DeliveryServer,
  type FallbackView,
  type KeyOrigin,
  type OpenKeyPool,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
  readSecretFile,
  type SiteRole,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};

/** PEM certificate and key. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly serialNumber: string;
}

/** A certification authority for one test run. */
export async function testAuthority(name: string) {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return authorityOf(root, keys);
}

function authorityOf(root: x509.X509Certificate, keys: webcrypto.CryptoKeyPair, along = "") {
  const issue = async (
    commonName: string,
    names: x509.JsonGeneralNames = [],
    kind: "EC" | "RSA" = "EC",
    notAfter?: Date,
  ): Promise<TestCertificate> => {
    const own = (await webcrypto.subtle.generateKey(kind === "EC" ? ALGORITHM : RSA, true, [
      "sign",
      "verify",
    ])) as webcrypto.CryptoKeyPair;
    const serialNumber = `4a${randomBytes(8).toString("hex")}`;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber,
      ...(notAfter === undefined ? {} : { notAfter }),
      subject: commonName === "" ? "" : `CN=${commonName}`,
      issuer: root.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)],
    });
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", own.privateKey)).toString("base64");
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
    return { cert: `${certificate.toString("pem")}\n${along}`, key, serialNumber };
  };
  /** The revocation list of this authority. */
  const crl = async (revoked: readonly TestCertificate[]): Promise<string> => {
    const list = await x509.X509CrlGenerator.create({
      issuer: root.subject,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      nextUpdate: new Date(Date.now() + 86_400_000),
      entries: revoked.map(({ serialNumber }) => ({ serialNumber, revocationDate: new Date() })),
    });
    return list.toString("pem").replaceAll(" CRL-", " X509 CRL-");
  };
  /** An authority below this one; its certificates come with it. */
  const below = async (lower: string) => {
    const own = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
      "sign",
      "verify",
    ])) as webcrypto.CryptoKeyPair;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: `4b${randomBytes(8).toString("hex")}`,
      subject: `CN=${lower}`,
      issuer: root.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    return authorityOf(certificate, own, certificate.toString("pem"));
  };
  return { ca: root.toString("pem"), issue, crl, below };
}

/** Two pools of one link, filled alike, in a folder of their own. */
export async function twoPools(options: { redeliveryMs?: number; capacityBits?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  createKeyFile(join(folder, "alice.key"));
  createKeyFile(join(folder, "bob.key"));
  createKeyFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES);
  const open = (site: SiteRole): Promise<OpenKeyPool> =>
    openKeyPool({
      path: join(folder, `${site}.db`),
      keyFile: join(folder, `${site}.key`),
      site,
      linkId: "test-link",
      linkSecret: readSecretFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES),
      ...options,
    });
  const alice = await open("alice");
  const bob = await open("bob");
  let sequence = 0;
  const fill = async (bytes: number, origin: KeyOrigin = "qkd"): Promise<Uint8Array> => {
    const material = new Uint8Array(randomBytes(bytes));
    const blockId = randomBytes(16).toString("hex");
    const facts = { blockId, sequence: sequence++, origin, createdAtMs: Date.now() };
    for (const { pool } of [alice, bob]) {
      const tail = new SecretBytes(new Uint8Array(64));
      const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 };
      await pool.addPending({ ...facts, epsilon, key: new SecretBytes(material.slice()), tail });
      await pool.makeAvailable(blockId, { boundaryBytes: Math.floor(bytes / 64) * 32, tag: "ab".repeat(16) });
    }
    return material;
  };
  const close = async (): Promise<void> => {
    await Promise.all([alice.pool.close(), bob.pool.close()]);
    rmSync(folder, { recursive: true });
  };
  return { folder, alice, bob, open, fill, close };
}

/** Two sites with pools and delivery servers; `fallback` is what both servers see and may be changed. */
export async function twoSites(
  options: {
    redeliveryMs?: number;
    policy?: Partial<DeliveryPolicy>;
    morePqc?: (bits: number) => Promise<void>;
  } = {},
) {
  const pools = await twoPools(
    options.redeliveryMs === undefined ? {} : { redeliveryMs: options.redeliveryMs },
  );
  const authority = await testAuthority("test authority");
  const state: { fallback: FallbackView } = { fallback: { engaged: false, reason: null } };
  const serve = async (site: OpenKeyPool, own: string, other: string): Promise<DeliveryServer> => {
    const { cert, key } = await authority.issue("kme", [{ type: "ip", value: "127.0.0.1" }]);
    return createDeliveryServer({
      keys: {
        pool: site.pool,
        fallback: () => state.fallback,
        ...(options.morePqc && { morePqc: options.morePqc }),
      },
      tls: { cert, key, ca: authority.ca },
      listen: { host: "127.0.0.1", port: 0 },
      ids: { sourceKmeId: own, targetKmeId: other },
      ...(options.policy && { policy: options.policy }),
    });
  };
  const alice = await serve(pools.alice, "kme-alice", "kme-bob");
  const bob = await serve(pools.bob, "kme-bob", "kme-alice");
  const close = async (): Promise<void> => {
    await Promise.all([alice.close(), bob.close()]);
    await pools.close();
  };
  return { pools, authority, state, alice, bob, close };
}

/** An answer with its parsed JSON body. */
export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every kind are read by tests
  readonly body: any;
  readonly text: string;
}

const JSON_BODY = { "content-type": "application/json" };

/** A client on one keep-alive connection; without a certificate it comes anonymously. */
export function client(url: string, ca: string, certificate?: TestCertificate) {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca,
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
  });
  const send = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = JSON_BODY,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
      const options: RequestOptions = {
        method,
        agent,
        headers: payload ? headers : {},
      };
      const call = request(url + path, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, text, body: text === "" ? undefined : JSON.parse(text) });
        });
      });
      call.on("error", reject);
      call.end(payload);
    });
  return {
    get: (path: string) => send("GET", path),
    post: (path: string, body?: unknown, headers?: Record<string, string>) =>
      send("POST", path, body, headers),
    send,
    close: () => agent.destroy(),
  };
}
