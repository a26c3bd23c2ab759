import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { readRevocations } from "./revocation-list.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

async function authority(name: string) {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const issue = async (serialNumber: string) =>
    new X509Certificate(
      (
        await x509.X509CertificateGenerator.create({
          serialNumber,
          subject: "CN=sae",
          issuer: `CN=${name}`,
          publicKey: keys.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: ALGORITHM,
        })
      ).toString("pem"),
    );
  const list = async (serials: readonly string[], nextUpdate?: Date) =>
    (
      await x509.X509CrlGenerator.create({
        issuer: `CN=${name}`,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
        ...(nextUpdate === undefined ? {} : { nextUpdate }),
      })
    )
      .toString("pem")
      .replaceAll(" CRL-", " X509 CRL-");
  return { issue, list };
}

describe("a revocation list", () => {
  it.each([
    ["with a date of the next list", new Date(Date.now() + 1e7)],
    ["of the next century", new Date(Date.UTC(2101, 0, 1))],
    ["without one", undefined],
  ])("%s revokes what it names, of its own authority", async (_, next) => {
    const [own, other] = [await authority("own"), await authority("other")];
    const list = readRevocations(await own.list(["7f01", "00a1"], next), "crl");
    expect(list.revokes(await own.issue("7f01"))).toBe(true);
    expect(list.revokes(await own.issue("00a1"))).toBe(true);
    expect(list.revokes(await own.issue("7f02"))).toBe(false);
    expect(list.revokes(await other.issue("7f01"))).toBe(false);
  });

  it("may name nobody, and stand beside another", async () => {
    const [own, other] = [await authority("own"), await authority("other")];
    const both = readRevocations((await own.list([])) + (await other.list(["11"])), "crl");
    expect(both.revokes(await own.issue("11"))).toBe(false);
    expect(both.revokes(await other.issue("11"))).toBe(true);
  });

  it("that is cut is refused at every length", async () => {
    const own = await authority("own");
    const bytes = Buffer.from((await own.list(["11"])).replace(/-----[^-]+-----/g, ""), "base64");
    for (let length = 0; length < bytes.length; length++) {
      const text = bytes.subarray(0, length).toString("base64");
      expect(() =>
        readRevocations(`-----BEGIN X509 CRL-----\n${text}\n-----END X509 CRL-----`, "crl"),
      ).toThrow(
        expect.objectContaining({
          code: "QKD_CONFIG_INVALID",
          message: "crl: the revocation list is damaged",
        }),
      );
    }
  });
});
