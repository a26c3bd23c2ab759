import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateFault, type TrustRules, trustRules } from "./certificate-fault.ts";
import { readCertificates } from "./read-certificates.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const NOW = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;
x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

const newKeys = () =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;

/** An authority that is valid for two days from now, with certificates that are valid for ten. */
async function authority() {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=authority",
    notBefore: new Date(NOW - DAY_MS),
    notAfter: new Date(NOW + 2 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "11",
    subject: "CN=sae",
    issuer: "CN=authority",
    notBefore: new Date(NOW),
    notAfter: new Date(NOW + 10 * DAY_MS),
    publicKey: (await newKeys()).publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
  });
  const list = await x509.X509CrlGenerator.create({
    issuer: "CN=authority",
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
    entries: [{ serialNumber: "11", revocationDate: new Date(NOW) }],
  });
  return {
    pem: root.toString("pem"),
    leaf: new X509Certificate(certificate.toString("pem")),
    crl: list.toString("pem").replaceAll(" CRL-", " X509 CRL-"),
  };
}

let own: Awaited<ReturnType<typeof authority>>;
let namesake: Awaited<ReturnType<typeof authority>>;
let rules: TrustRules;

const rulesOf = (pem: string, crl?: string) =>
  trustRules({ pem, name: "authority" }, { pem: crl, name: "crl" });

beforeAll(async () => {
  [own, namesake] = await Promise.all([authority(), authority()]);
  rules = rulesOf(own.pem);
});

describe("a certificate", () => {
  it("is right within its time and its authority's", () => {
    expect(certificateFault(own.leaf, rules, rules, NOW + DAY_MS)).toBeNull();
  });

  it.each([
    ["is not valid yet", NOW - 1000],
    ["is signed by an authority that has expired", NOW + 3 * DAY_MS],
    ["has expired", NOW + 11 * DAY_MS],
  ])("%s, told at that time", (fault, atMs) => {
    expect(certificateFault(own.leaf, rules, rules, atMs)).toBe(fault);
  });

  it("is revoked by a list that came after its handshake", () => {
    expect(certificateFault(own.leaf, rulesOf(own.pem, own.crl), rules, NOW + DAY_MS)).toBe("is revoked");
  });

  it("is not right by an authority that merely has the name of its own", () => {
    expect(certificateFault(own.leaf, rulesOf(namesake.pem), rules, NOW + DAY_MS)).toBe(
      "is not signed by an authority that is trusted here",
    );
  });

  it("that TLS found right by a chain stays so while the rules are the same", () => {
    const [other, same] = [rulesOf(namesake.pem), rulesOf(namesake.pem)];
    expect(certificateFault(own.leaf, other, same, NOW + DAY_MS)).toBeNull();
  });
});

describe("texts of certificates and lists", () => {
  it("name what they hold instead", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
    expect(() => readCertificates(key, "f")).toThrow(/^f: holds PRIVATE KEY, no certificate/);
    expect(() => rulesOf(own.pem, "")).toThrow(/^crl: is empty, holds no revocation list/);
    expect(() => rulesOf(own.pem, own.pem)).toThrow(/^crl: holds CERTIFICATE, no revocation list/);
  });
});

describe("signers of certificates", () => {
  it("are found once for a certificate under equal rules, and remembered of 4,096 at most", () => {
    const fresh = rulesOf(own.pem);
    let checked = 0;
    const certificateOf = (fingerprint256: string) =>
      ({
        fingerprint256,
        validFromDate: new Date(NOW),
        validToDate: new Date(NOW + DAY_MS),
        checkIssued: () => {
          checked++;
          return false;
        },
      }) as unknown as X509Certificate;
    const judge = (fingerprint: string) => certificateFault(certificateOf(fingerprint), fresh, fresh, NOW);
    for (let count = 0; count < 4096; count++) judge(`certificate ${count}`);
    for (let count = 0; count < 4096; count++) judge(`certificate ${count}`);
    expect(checked).toBe(4096);
    judge("one more");
    judge("certificate 0");
    expect(checked).toBe(4098);
  });
});
