import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  MAX_PRE_PLACED_SECRET_BYTES,
  MIN_PRE_PLACED_SECRET_BYTES,
  PRE_PLACED_SECRET_BYTES,
  secretId,
} from "./link-secret.ts";
import { createLinkSecretFile, newLinkSecretFile, readLinkSecretFile } from "./link-secret-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-secret-"));
  path = join(folder, "link.secret");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (bytes: Uint8Array) => writeFileSync(path, bytes, { mode: 0o600 });
const refused = (message: RegExp, remedy: RegExp) =>
  expect(() => readLinkSecretFile(path)).toThrow(
    expect.objectContaining({
      code: "QKD_KEYSTORE_UNREADABLE",
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    }),
  );

describe("the file of a pre-placed secret", () => {
  it("begins with letters, version and public id, is its owner's alone, and is read back without them", () => {
    createLinkSecretFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(path);
    const secret = readLinkSecretFile(path).reveal();
    expect(bytes.subarray(0, 6)).toEqual(Buffer.from("QKDS\0\x02"));
    expect(new Uint8Array(bytes.subarray(6, 16))).toEqual(secretId(secret));
    expect(new Uint8Array(bytes.subarray(16))).toEqual(secret);
    expect(secret).toHaveLength(PRE_PLACED_SECRET_BYTES);
    expect(() => createLinkSecretFile(path)).toThrow(
      expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT" }),
    );
  });

  it("is another one each time, of the length that is asked for", () => {
    const [one, two] = [newLinkSecretFile(2000).reveal(), newLinkSecretFile(2000).reveal()];
    expect(one).toHaveLength(2016);
    expect(one.subarray(6)).not.toEqual(two.subarray(6));
    for (const bytes of [MIN_PRE_PLACED_SECRET_BYTES - 2, 2001, 2 ** 30, Number.NaN])
      expect(() => newLinkSecretFile(bytes)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
  });

  it("is refused by name in its first version, which had no header", () => {
    for (const bytes of [MIN_PRE_PLACED_SECRET_BYTES, PRE_PLACED_SECRET_BYTES]) {
      write(new Uint8Array(bytes).fill(5));
      refused(/is of version 1, without a header/, /qkdlink secret --out FILE/);
    }
  });

  it("is refused in another version, cut, with a bit changed anywhere, or where others may read it", () => {
    const bytes = newLinkSecretFile(MIN_PRE_PLACED_SECRET_BYTES).reveal();
    const changed = (at: number, bit = 1) => bytes.map((byte, index) => (index === at ? byte ^ bit : byte));
    write(changed(5));
    refused(/is of version 3, this program reads 2/, /qkdlink secret/);
    write(bytes.subarray(0, -2));
    refused(/is cut short/, /carry the original file/);
    for (const at of [6, 15, 16, 48, bytes.length - 1]) {
      write(changed(at));
      refused(/is damaged/, /carry the original file/);
    }
    write(bytes);
    expect(readLinkSecretFile(path).length).toBe(MIN_PRE_PLACED_SECRET_BYTES);
    rmSync(path);
    writeFileSync(path, bytes, { mode: 0o644 });
    refused(/others may read/, /chmod 600/);
  });

  it("is read between its shortest and its longest, of an even length alone", () => {
    const headed = (bytes: number) => {
      const secret = new Uint8Array(bytes).fill(9);
      return Buffer.concat([Buffer.from("QKDS\0\x02"), secretId(secret), secret]);
    };
    for (const bytes of [MIN_PRE_PLACED_SECRET_BYTES, MAX_PRE_PLACED_SECRET_BYTES]) {
      write(headed(bytes));
      expect(readLinkSecretFile(path).length).toBe(bytes);
    }
    write(headed(MIN_PRE_PLACED_SECRET_BYTES + 1));
    refused(/is cut short/, /carry the original file/);
    write(headed(MAX_PRE_PLACED_SECRET_BYTES + 2));
    refused(new RegExp(`holds ${MAX_PRE_PLACED_SECRET_BYTES + 18} bytes, not`), /restore the original file/);
    write(new Uint8Array(MIN_PRE_PLACED_SECRET_BYTES - 1));
    refused(new RegExp(`holds ${MIN_PRE_PLACED_SECRET_BYTES - 1} bytes, not`), /restore the original file/);
  });
});
