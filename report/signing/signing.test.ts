import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compareWithManifest, manifestText, readManifest } from "./manifest.ts";
import { readSignatures, signatureText, signManifest, verifySignatures } from "./signature.ts";
import { publicKeyOf, signingKeyOf } from "./signing-key.ts";
import { readTrustList, trustLine, unknownSigners } from "./trust-list.ts";

const entries = [
  { path: "raw/b.csv", sha256: "b".repeat(64) },
  { path: "a.json", sha256: "a".repeat(64) },
];
const manifest = manifestText(entries);
const pem = (type: "ed25519" | "x25519") =>
  generateKeyPairSync(type as "ed25519")
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
const operator = signingKeyOf(pem("ed25519"));
const witness = signingKeyOf(pem("ed25519"));
const signers = [
  { role: "operator" as const, name: "O", publicKey: operator.publicKey },
  { role: "witness" as const, name: "W", publicKey: witness.publicKey },
];
const signatures = [signManifest("operator", operator, manifest), signManifest("witness", witness, manifest)];

describe("the manifest", () => {
  it("is sorted by path, whatever the order of the files", () => {
    expect(manifest).toBe(`${"a".repeat(64)} a.json\n${"b".repeat(64)} raw/b.csv\n`);
    expect(readManifest(manifest)).toEqual(entries.toReversed());
  });

  it.each([
    ["another order", manifest.split("\n").toReversed().join("\n").trimStart()],
    ["no end of line", manifest.trimEnd()],
    ["a file twice", manifest + manifest],
    ["a way out of the folder", `${"a".repeat(64)} ../passwd\n`],
    ["a way out further down", `${"a".repeat(64)} raw/../../passwd\n`],
    ["capital digits", manifest.toUpperCase()],
    ["nothing", ""],
    ["a carriage return", manifest.replaceAll("\n", "\r\n")],
  ])("is refused with %s", (_, text) => {
    expect(() => readManifest(text)).toThrow(expect.objectContaining({ code: "QKD_REPORT_DAMAGED" }));
  });

  it("names the file that was changed, is missing, or does not belong", () => {
    const differ = (found: { path: string; sha256: string }[]) => () => compareWithManifest(entries, found);
    const other = { path: "a.json", sha256: "c".repeat(64) };
    expect(differ([...entries])).not.toThrow();
    expect(differ([entries[0]!, other])).toThrow("a.json was changed");
    expect(differ([entries[0]!])).toThrow("a.json is missing");
    expect(differ([...entries, { path: "x", sha256: other.sha256 }])).toThrow("x does not belong");
  });
});

describe("signatures", () => {
  const verify =
    (list = signatures, by = signers, text = manifest) =>
    () =>
      verifySignatures(list, by, text);

  it("of all signers over the manifest hold", () => {
    expect(verify()).not.toThrow();
  });

  it("do not hold for another manifest, another role, another key, or when one is missing or beside", () => {
    const wrong = expect.objectContaining({ code: "QKD_REPORT_SIGNATURE" });
    expect(verify(signatures, signers, `${manifest} `)).toThrow(wrong);
    const swapped = [
      { ...signatures[0]!, role: "witness" as const },
      { ...signatures[1]!, role: "operator" as const },
    ];
    const swappedSigners = [
      { ...signers[0]!, role: "witness" as const },
      { ...signers[1]!, role: "operator" as const },
    ];
    expect(verify(swapped, swappedSigners)).toThrow(wrong);
    expect(verify([signatures[0]!, signManifest("witness", operator, manifest)])).toThrow("by another key");
    expect(verify([signatures[0]!])).toThrow("the signature of the witness, W, is missing");
    expect(verify([...signatures, signatures[0]!])).toThrow(wrong);
    expect(verify(signatures, [signers[0]!])).toThrow("names no witness");
  });

  it("have one text: another order, another spacing or another member is refused", () => {
    const text = signatureText(signatures);
    expect(readSignatures(text)).toEqual(signatures);
    expect(signatureText(signatures.toReversed())).toBe(text);
    for (const other of [
      JSON.stringify(signatures),
      ` ${text}`,
      text.replace('"operator"', '"owner"'),
      text.replace('"role"', '"more": 1, "role"'),
      "[1]",
      "null",
      "{",
    ])
      expect(() => readSignatures(other)).toThrow(expect.objectContaining({ code: "QKD_REPORT_SIGNATURE" }));
  });
});

describe("keys", () => {
  it("are read from PEM, their public half as 64 hexadecimal digits", () => {
    expect(operator.publicKey).toMatch(/^[0-9a-f]{64}$/);
    expect(publicKeyOf(operator.publicKey).asymmetricKeyType).toBe("ed25519");
  });

  it("of another kind, or none, are refused without repeating the file", () => {
    expect(() => signingKeyOf(pem("x25519"))).toThrow(/x25519/);
    expect(() => signingKeyOf("secret words")).toThrow(expect.objectContaining({ code: "QKD_REPORT_KEY" }));
    expect(() => signingKeyOf("secret words")).not.toThrow(/secret words/);
    for (const hex of ["", "00", operator.publicKey.toUpperCase(), `${operator.publicKey}00`])
      expect(() => publicKeyOf(hex)).toThrow(expect.objectContaining({ code: "QKD_REPORT_KEY" }));
  });

  it("in a trust file vouch for their signers alone", () => {
    const trusted = readTrustList(
      `# ours\n\n${trustLine({ publicKey: operator.publicKey, name: "O of H" })}`,
    );
    expect(trusted).toEqual([{ publicKey: operator.publicKey, name: "O of H" }]);
    expect(unknownSigners(signers, trusted)).toEqual([signers[1]]);
    expect(() => readTrustList("ed25519 00 O")).toThrow("line 1");
  });
});
