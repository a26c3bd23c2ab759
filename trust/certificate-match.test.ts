import { describe, expect, it } from "vitest";
import { type CertificateMatch, matchesCertificate, matchKind } from "./certificate-match.ts";
import type { CertificateNames } from "./certificate-names.ts";

const PRINT = `${"AB:".repeat(31)}CD`;
const NAMES: CertificateNames = {
  commonName: "gw",
  alternative: [
    { kind: "DNS", value: "gw.example" },
    { kind: "URI", value: "urn:sae:gw" },
    { kind: "email", value: "gw@example" },
    { kind: "IP Address", value: "10.0.0.1" },
  ],
  serial: "0A1B2C",
  fingerprint: PRINT,
};

describe("the certificate that is meant", () => {
  it.each<[CertificateMatch]>([
    [{ fingerprint: PRINT }],
    [{ fingerprint: PRINT.replaceAll(":", "").toLowerCase() }],
    [{ fingerprint: ["00".repeat(32), PRINT] }],
    [{ commonName: "gw" }],
    [{ serial: "a:1b:2c" }],
    [{ serial: "000a1b2c" }],
    [{ san: "gw.example" }],
    [{ san: "urn:sae:gw" }],
    [{ name: "gw" }],
    [{ name: "gw.example" }],
  ])("is met by %j", (match) => {
    expect(matchesCertificate(match, NAMES)).toBe(true);
  });

  it.each<[CertificateMatch]>([
    [{ fingerprint: `${"AB:".repeat(31)}CE` }],
    [{ fingerprint: `00:${"AB:".repeat(30)}CD` }],
    [{ fingerprint: [] }],
    [{ commonName: "gw.example" }],
    [{ commonName: "g" }],
    [{ serial: "0a1b" }],
    [{ serial: "1b2c" }],
    [{ san: "gw" }],
    [{ san: "gw@example" }],
    [{ san: "10.0.0.1" }],
    [{ name: "gw@example" }],
  ])("is not met by %j", (match) => {
    expect(matchesCertificate(match, NAMES)).toBe(false);
  });
});

describe("an identity", () => {
  it("is said by one member", () => {
    expect(matchKind({ fingerprint: [PRINT, "00".repeat(32)] }, "f")).toBe("fingerprint");
    expect(matchKind({ serial: "0A:1B" }, "f")).toBe("serial");
    expect(matchKind({ name: "gw" }, "f")).toBe("name");
  });

  it.each<[string, object]>([
    ["f: ", {}],
    ["f: ", { commonName: "gw", san: "gw" }],
    ["f: ", { commonName: "gw", organisation: "x" }],
    ["f.fingerprint: ", { fingerprint: "ab:cd" }],
    ["f.fingerprint: ", { fingerprint: PRINT.replace("A", "G") }],
    ["f.fingerprint: ", { fingerprint: [] }],
    ["f.fingerprint: ", { fingerprint: [PRINT, ""] }],
    ["f.serial: ", { serial: "xyz" }],
    ["f.commonName: ", { commonName: "" }],
  ])("is refused under the name %s for %j", (name, match) => {
    expect(() => matchKind(match, "f")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringMatching(`^${name}`) }),
    );
  });
});
