import { describe, expect, it } from "vitest";
import { revocationDates } from "./revocation-dates.ts";

const element = (tag: number, ...content: number[]) => [tag, content.length, ...content];
const text = (tag: number, value: string) => element(tag, ...Buffer.from(value));
const pem = (bytes: readonly number[]) =>
  `-----BEGIN X509 CRL-----\n${Buffer.from(bytes).toString("base64")}\n-----END X509 CRL-----\n`;
/** A list of no signature: version, algorithm, issuer, then its dates. */
const list = (...dates: number[][]) =>
  pem(element(0x30, ...element(0x30, ...element(2, 1), ...element(0x30), ...element(0x30), ...dates.flat())));

describe("the dates of a revocation list", () => {
  it.each([
    ["491231235959Z", Date.UTC(2049, 11, 31, 23, 59, 59)],
    ["500101000000Z", Date.UTC(1950, 0, 1)],
  ])("of two digits, %s, lie between 1950 and 2049", (date, ms) =>
    expect(revocationDates(list(text(0x17, date)), "crl")[0]?.thisUpdateMs).toBe(ms),
  );

  it("may be of the next century, or without end", () => {
    const [with_, without] = revocationDates(
      list(text(0x17, "260101000000Z"), text(0x18, "21010101000000Z")) + list(text(0x17, "260101000000Z")),
      "crl",
    );
    expect([with_?.nextUpdateMs, without?.nextUpdateMs]).toEqual([Date.UTC(2101, 0, 1), null]);
  });

  it.each([
    ["fractions", list(text(0x18, "20260101000000.5Z"))],
    ["no date", list()],
    ["no list", pem([1, 2, 3])],
  ])("with %s are refused by name", (_, damaged) =>
    expect(() => revocationDates(damaged, "peer.crl")).toThrow(
      expect.objectContaining({
        code: "QKD_CONFIG_INVALID",
        message: "peer.crl: the revocation list is damaged",
      }),
    ),
  );
});
