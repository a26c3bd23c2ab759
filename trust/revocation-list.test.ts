import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { derElements } from "./der.ts";
import { readRevocations, revocationLists } from "./revocation-list.ts";

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

describe("the lists of a text", () => {
  it("are each handed to TLS, and what stands between them is not", async () => {
    const [own, other] = [await authority("own"), await authority("other")];
    const texts = [await own.list(["11"]), await other.list(["12"])];
    const between = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    const lists = revocationLists(texts.join(between));
    expect(lists).toHaveLength(2);
    expect(lists.map((list) => texts.findIndex((text) => text.includes(list)))).toEqual([0, 1]);
  });
});

describe("what is wrapped as a revocation list", () => {
  const sequence = (...parts: readonly number[][]) => [0x30, parts.flat().length, ...parts.flat()];
  const time = [0x17, 1, 0x30];
  const issuer = sequence([]);
  const wrap = (...fields: readonly number[][]) => {
    const text = Buffer.from(sequence(sequence(...fields))).toString("base64");
    return `-----BEGIN X509 CRL-----\n${text}\n-----END X509 CRL-----`;
  };

  it("is read where its fields are those of one", () => {
    expect(() => readRevocations(wrap(sequence([]), issuer, time), "crl")).not.toThrow();
  });

  it.each([
    ["has no time", wrap(sequence([]), issuer, issuer)],
    ["has a text for its issuer", wrap(sequence([]), [0x0c, 1, 0x61], time)],
    ["has an entry without a serial number", wrap(sequence([]), issuer, time, sequence(sequence(time)))],
    ["has an entry that is no sequence", wrap(sequence([]), issuer, time, sequence(time))],
  ])("and %s is refused as damaged", (_name, text) => {
    expect(() => readRevocations(text, "crl")).toThrow(/^crl: the revocation list is damaged/);
  });
});

describe("an element of DER", () => {
  it.each([
    ["of unlimited length", [0x30, 0x80, 0, 0]],
    ["with a length of five bytes", [0x30, 0x85, 0, 0, 0, 0, 1, 9]],
    ["without a length", [0x30]],
    ["that passes the end", [0x30, 2, 1]],
  ])("%s is refused", (_name, bytes) => {
    expect(() => derElements(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
