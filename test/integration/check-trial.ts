import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { type CheckOptions, checkSite, findingLine } from "../../cli/index.ts";
import { newLinkSecretFile } from "../../controller/index.ts";

export const DAY_MS = 24 * 3600 * 1000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** Of all that the tests of `qkdlink check` name; several files of tests share it. */
export const folder = mkdtempSync(join(tmpdir(), "qkdlink-check-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
export const place = (name: string): string => join(folder, name);
export const write = (name: string, text: string | Uint8Array, mode = 0o600) => {
  writeFileSync(place(name), text, { mode });
  chmodSync(place(name), mode);
};

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

interface Times {
  readonly from?: number;
  readonly to?: number;
}

/** An authority of the test's own, whose certificates and lists may be wrong in any way. */
export async function authority(name: string, { from = -DAY_MS, to = 400 * DAY_MS }: Times = {}) {
  const generate = () =>
    webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
  const keys = await generate();
  const times = (t: Times) => ({
    notBefore: new Date(Date.now() + (t.from ?? -DAY_MS)),
    notAfter: new Date(Date.now() + (t.to ?? 400 * DAY_MS)),
  });
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    serialNumber: "01",
    ...times({ from, to }),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const issue = async (cn: string, serialNumber: string, t: Times = {}, uses: readonly string[] = []) => {
    const own = await generate();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${cn}`,
      issuer: root.subject,
      serialNumber,
      ...times(t),
      signingAlgorithm: ALGORITHM,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: uses.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...uses])],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", own.privateKey);
    return {
      certificate: certificate.toString("pem"),
      privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    };
  };
  const list = async (serials: readonly string[], t: Times = {}) =>
    (
      await x509.X509CrlGenerator.create({
        issuer: root.subject,
        thisUpdate: new Date(Date.now() + (t.from ?? -DAY_MS)),
        nextUpdate: new Date(Date.now() + (t.to ?? 100 * DAY_MS)),
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
      })
    )
      .toString("pem")
      .replaceAll(" CRL-", " X509 CRL-");
  return { certificate: root.toString("pem"), issue, list };
}

export const ca = await authority("the authority");
const strange = await authority("a stranger");
export const identities = {
  own: await ca.issue("kme-alice", "11"),
  sae: await ca.issue("gw-1", "21"),
  sae2: await ca.issue("gw-2", "22"),
  old: await ca.issue("kme-alice", "12", { from: -9 * DAY_MS, to: -2 * DAY_MS }),
  early: await ca.issue("kme-alice", "13", { from: 5 * DAY_MS }),
  soon: await ca.issue("kme-alice", "14", { to: 20 * DAY_MS }),
  server: await ca.issue("kme-alice", "15", {}, [x509.ExtendedKeyUsage.serverAuth]),
  client: await ca.issue("kme-alice", "16", {}, [x509.ExtendedKeyUsage.clientAuth]),
  strange: await strange.issue("kme-alice", "17"),
  saeOld: await ca.issue("gw-1", "23", { from: -9 * DAY_MS, to: -2 * DAY_MS }),
  saeStrange: await strange.issue("gw-1", "24"),
};
for (const [name, { certificate, privateKey }] of Object.entries(identities)) {
  write(`${name}.pem`, certificate);
  write(`${name}.key`, privateKey);
}
write("ca.pem", ca.certificate);
write("strange-ca.pem", strange.certificate);
write("old-ca.pem", (await authority("old", { from: -9 * DAY_MS, to: -DAY_MS })).certificate);
write("muddled.pem", identities.own.certificate + strange.certificate);
write("ca.crl", await ca.list([]));
write("old.crl", await ca.list([], { from: -9 * DAY_MS, to: -DAY_MS }));
write("future.crl", await ca.list([], { from: 2 * DAY_MS }));
write("revoking.crl", await ca.list(["11"]));
write("revoking-sae.crl", await ca.list(["21"]));
write("strange.crl", await strange.list([]));
const forged = await authority("the authority");
write("forged.crl", await forged.list([]));
write("secret", newLinkSecretFile().reveal());
write("kek", randomBytes(32));
write("open-secret", newLinkSecretFile().reveal(), 0o644);
write("short-kek", randomBytes(31));
write("open.key", identities.own.privateKey, 0o640);
write("writable.pem", ca.certificate, 0o666);
write("empty.pem", "");

const files = { certificate: "own.pem", privateKey: "own.key", authority: "ca.pem" };
/** A site with nothing wrong. */
export const GOOD = {
  site: "alice",
  linkId: "link-1",
  transceiver: { address: "tcp://127.0.0.1:9", telemetry: "modbus+tcp://127.0.0.1:9" },
  peer: { ...files, listen: "tls://127.0.0.1:0", crl: "ca.crl", secretFile: "secret" },
  link: { preset: "yuan2018", lossDb: 8 },
  store: { path: "keys.db", keyFile: "kek", capacityBits: 1_000_000, maxAgeS: 3600 },
  delivery: {
    ...files,
    crl: "ca.crl",
    listen: "https://127.0.0.1:0",
    kmeId: "kme-alice",
    peerKmeId: "kme-bob",
  },
  saes: [
    { id: "sae-1", identity: { commonName: "gw-1" } },
    { id: "sae-2", identity: { commonName: "gw-2" } },
  ],
};
export type Good = typeof GOOD;

/** The lines that a check prints of the good site with a change. */
export async function found(
  change: (site: Good) => unknown = () => {},
  options: Partial<CheckOptions> = {},
  file = place("site.json"),
): Promise<string[]> {
  const site = structuredClone(GOOD);
  change(site);
  writeFileSync(file, JSON.stringify(site, null, 1), { mode: 0o600 });
  return (await checkSite(file, { network: false, ...options })).map(findingLine);
}

export const set =
  <Part extends keyof Good>(part: Part, more: object) =>
  (site: Good) =>
    Object.assign(site[part], more);
export const sae =
  (more: object) =>
  ({ saes: [sae1] }: Good) =>
    Object.assign(sae1 ?? {}, more);
export const policy = (more: object) => (site: Good) => Object.assign(site, { policy: more });
