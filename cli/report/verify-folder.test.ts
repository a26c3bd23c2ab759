import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesBelow } from "../../commissioning/index.ts";
import { manifestText, renderReport, reportText, signatureText, signManifest } from "../../report/index.ts";
import { sampleReport } from "../../report/testing/index.ts";
import { verifyFolder } from "./finished-report.ts";
import { signFolder } from "./sign-folder.ts";
import { makeSigningKey, readSigningKey, signingOf } from "./signing-files.ts";

let place: string;
let folder: string;
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A finished report with one table of evidence, signed by the operator and, where named, to be signed by a witness; or by nobody. */
function finished(witness = false, unsigned = false): void {
  const operator = readSigningKey(join(place, "o.key"));
  const raw = "x,y\r\n1,2\r\n";
  const report = sampleReport({
    raw: [{ file: "raw/a.csv", sha256: sha256(raw), bytes: raw.length, rows: 1 }],
    witness: witness ? { name: "W", site: "" } : null,
    signers: [
      ...(unsigned ? [] : [{ role: "operator" as const, name: "O", publicKey: operator.publicKey }]),
      ...(witness
        ? [{ role: "witness" as const, name: "W", publicKey: readSigningKey(join(place, "w.key")).publicKey }]
        : []),
    ],
  });
  const text = reportText(report);
  mkdirSync(join(folder, "raw"), { recursive: true });
  const files = { "report.json": text, "report.html": renderReport(report, sha256(text)), "raw/a.csv": raw };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const manifest = manifestText(
    Object.entries(files).map(([path, content]) => ({ path, sha256: sha256(content) })),
  );
  writeFileSync(join(folder, "manifest"), manifest);
  writeFileSync(
    join(folder, "report.sig"),
    signatureText(unsigned ? [] : [signManifest("operator", operator, manifest)]),
  );
}

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "qkdlink-verify-"));
  folder = join(place, "report");
  makeSigningKey(join(place, "o"), "O");
  makeSigningKey(join(place, "w"), "W");
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe("a finished report", () => {
  it("is verified as it was written", () => {
    finished();
    expect(verifyFolder(folder)).toMatchObject({ files: 5, draft: [], redrawn: true });
  });

  it("is not verified with any bit of any file changed", () => {
    finished();
    for (const file of filesBelow(folder)) {
      const path = join(folder, file);
      const bytes = readFileSync(path);
      // Every byte of the small files, every hundredth of the page.
      const step = bytes.length > 5000 ? 97 : 1;
      for (let at = 0; at < bytes.length; at += step) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1 << (at % 8);
        writeFileSync(path, changed);
        expect(() => verifyFolder(folder), `${file} at ${at}`).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^QKD_REPORT_/) }),
        );
      }
      writeFileSync(path, Buffer.concat([bytes, Buffer.from("\n")]));
      expect(() => verifyFolder(folder), `${file} longer`).toThrow();
      writeFileSync(path, bytes);
    }
    expect(verifyFolder(folder).files).toBe(5);
  });

  it("is not verified with a file missing, renamed, added, or led elsewhere", () => {
    finished();
    const pristine = join(place, "pristine");
    cpSync(folder, pristine, { recursive: true });
    const harms: readonly (() => void)[] = [
      ...filesBelow(folder).map((file) => () => rmSync(join(folder, file))),
      () => renameSync(join(folder, "raw/a.csv"), join(folder, "raw/b.csv")),
      () => writeFileSync(join(folder, "raw/more.csv"), ""),
      () => {
        rmSync(join(folder, "raw/a.csv"));
        symlinkSync(join(pristine, "raw/a.csv"), join(folder, "raw/a.csv"));
      },
    ];
    for (const harm of harms) {
      harm();
      expect(() => verifyFolder(folder)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^QKD_(REPORT|CONFIG)_/) }),
      );
      rmSync(folder, { recursive: true });
      cpSync(pristine, folder, { recursive: true });
    }
  });

  it("is not verified when its page shows something else, though a stranger signed all of it anew", () => {
    finished();
    const page = readFileSync(join(folder, "report.html"), "utf8").replace("PASS", "FAIL");
    writeFileSync(join(folder, "report.html"), page);
    const manifest = manifestText(
      ["raw/a.csv", "report.html", "report.json"].map((path) => ({
        path,
        sha256: sha256(readFileSync(join(folder, path))),
      })),
    );
    writeFileSync(join(folder, "manifest"), manifest);
    writeFileSync(
      join(folder, "report.sig"),
      signatureText([signManifest("operator", readSigningKey(join(place, "o.key")), manifest)]),
    );
    expect(() => verifyFolder(folder)).toThrow("does not show what report.json says");
  });

  it("that nobody signed is not verified, whole as it is", () => {
    finished(false, true);
    expect(() => verifyFolder(folder)).toThrow(
      expect.objectContaining({ code: "QKD_REPORT_SIGNATURE", message: "nobody has signed this report" }),
    );
  });

  it("waits for the signature of the witness whom it names, who signs with a key of their own", () => {
    finished(true);
    expect(() => verifyFolder(folder)).toThrow("the signature of the witness, W, is missing");
    expect(signFolder(folder, readSigningKey(join(place, "w.key"))).role).toBe("witness");
    expect(verifyFolder(folder).draft).toEqual([]);
    makeSigningKey(join(place, "x"), "X");
    expect(() => signFolder(folder, readSigningKey(join(place, "x.key")))).toThrow(
      "names no signer with this key",
    );
  });

  it("may be signed later by a witness of whom only the public key is at hand", () => {
    expect(signingOf(join(place, "o.key"), join(place, "w.pub")).witness).toEqual({
      publicKey: readSigningKey(join(place, "w.key")).publicKey,
    });
    expect(() => makeSigningKey(join(place, "o"), "O")).toThrow("is there already");
  });
});
