import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createKeyFile, KEY_FILE_BYTES, readSecretFile } from "./secret-file.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-secret-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

function written(name: string, bytes: number, mode = 0o600): string {
  writeFileSync(at(name), Buffer.alloc(bytes, 7), { mode });
  chmodSync(at(name), mode);
  return at(name);
}

describe("a new key file", () => {
  it("is its owner's alone, of random bytes, and never overwrites another", () => {
    createKeyFile(at("a"));
    createKeyFile(at("b"), 2080);
    const { mode } = statSync(at("a"));
    expect(mode & 0o777).toBe(0o600);
    const a = readSecretFile(at("a"), KEY_FILE_BYTES).reveal();
    expect(readSecretFile(at("b"), 2080).length).toBe(2080);
    expect(new Set(a).size).toBeGreaterThan(8);
    expect(() => createKeyFile(at("a"))).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT" }));
    expect(Buffer.from(readSecretFile(at("a"), KEY_FILE_BYTES).reveal()).equals(a)).toBe(true);
  });
});

describe("a secret file", () => {
  it("is read within its bounds", () => {
    for (const bytes of [32, 40]) expect(readSecretFile(written("c", bytes), 32, 40).length).toBe(bytes);
  });

  it.each([
    ["is missing", () => at("missing"), /cannot be opened/],
    ["its group may read", () => written("d", 32, 0o640), /others may read .*/],
    ["everybody may read", () => written("e", 32, 0o604), /others may read .*/],
    ["others may write", () => written("f", 32, 0o602), /others may read .*/],
    ["is a byte short", () => written("g", 31), /holds 31 bytes, not 32 to 40/],
    ["is a byte long", () => written("h", 41), /holds 41 bytes, not 32 to 40/],
    [
      "is a folder",
      () => {
        mkdirSync(at("i"), { mode: 0o700 });
        symlinkSync(at("i"), at("j"));
        return at("j");
      },
      /is not a regular file/,
    ],
  ])("that %s is refused", (_name, make, sentence) => {
    expect(() => readSecretFile(make(), 32, 40)).toThrow(
      expect.objectContaining({
        code: "QKD_KEYSTORE_UNREADABLE",
        message: expect.stringMatching(sentence),
      }),
    );
  });
});
