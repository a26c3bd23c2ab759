import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both PEM. */
export interface PemIdentity {
  readonly certificate: string;
  readonly privateKey: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const YEAR_MS = 365 * 24 * 3600 * 1000;

/**
 * A certificate authority for development and tests: signs KME and SAE certificates that are valid for one year.
 * Production sites bring certificates of their own authority.
 */
export class DevelopmentAuthority {
  readonly certificate: string;
  readonly #issuer: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(issuer: x509.X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#issuer = issuer;
    this.#keys = keys;
    this.certificate = issuer.toString("pem");
  }

  static async create(name = "qkdlink development authority"): Promise<DevelopmentAuthority> {
    x509.cryptoProvider.set(webcrypto);
    const keys = await generateKeys();
    const issuer = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      serialNumber: serialNumber(),
      notBefore: new Date(Date.now() - 3600_000),
      notAfter: new Date(Date.now() + YEAR_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new DevelopmentAuthority(issuer, keys);
  }

  /** Signs a certificate for a KME or SAE; `hosts` are DNS names and IP addresses it may be reached at. */
  async issue(commonName: string, hosts: readonly string[] = []): Promise<PemIdentity> {
    const keys = await generateKeys();
    const names: x509.JsonGeneralName[] = [
      { type: "dns", value: commonName },
      ...hosts.map((value) => ({
        type: /^[\d.]+$|:/.test(value) ? ("ip" as const) : ("dns" as const),
        value,
      })),
    ];
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${commonName}`,
      issuer: this.#issuer.subject,
      serialNumber: serialNumber(),
      notBefore: new Date(Date.now() - 3600_000),
      notAfter: new Date(Date.now() + YEAR_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension(names),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      certificate: certificate.toString("pem"),
      privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    };
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

/** Sixteen random bytes with a leading zero bit, as a positive serial number. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return Buffer.from(bytes).toString("hex");
}
