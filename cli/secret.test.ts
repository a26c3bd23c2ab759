import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  LINK_KEY_BYTES,
  PRE_PLACED_SECRET_BYTES,
  readLinkSecretFile,
  secretId,
} from "../controller/index.ts";
import { secretCommand } from "./secret.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-secret-"));
  file = join(folder, "link.secret");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  let text = "";
  const command: Command = secretCommand((part) => {
    text += part;
  });
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(args, { from: "user" });
  return text;
}

describe("qkdlink secret", () => {
  it("makes the secret of a link, and never overwrites one", async () => {
    const told = JSON.parse(await run("--out", file, "--json"));
    const secret = readLinkSecretFile(file);
    expect(secret.length).toBe(PRE_PLACED_SECRET_BYTES);
    const id = Buffer.from(secretId(secret.reveal())).toString("hex");
    expect(told).toEqual({ file, secretId: id, padBytes: 16_384, blocks: 512 });
    await expect(run("--out", file)).rejects.toMatchObject({
      code: "QKD_KEYSTORE_CONFLICT",
      message: `the file ${file} exists already`,
    });
    expect(readLinkSecretFile(file).reveal()).toEqual(secret.reveal());
  });

  it.each([
    [512, 16],
    [100_000, 3125],
    [1_048_576, 32_768],
  ])("makes pads of %i bytes a direction, and tells how many blocks they last for", async (bytes, blocks) => {
    const text = await run("--out", file, "--pads", String(bytes));
    const secret = readLinkSecretFile(file);
    expect(secret.length).toBe(LINK_KEY_BYTES + 2 * bytes);
    const id = Buffer.from(secretId(secret.reveal())).toString("hex").match(/.{4}/g)?.join(" ");
    expect(text).toContain(`${file} holds a new pre-placed secret, public id ${id}.`);
    expect(text).toContain(`${bytes} bytes a direction, last for ${blocks} blocks in a row`);
  });

  it.each(["511", "1048577", "0", "-5", "1e4", "many", ""])("refuses pads of %j bytes", async (pads) => {
    await expect(run("--out", file, "--pads", pads)).rejects.toMatchObject({ exitCode: 1 });
    expect(existsSync(file)).toBe(false);
  });

  it("leaves no piece of a secret where there is no room for it", () => {
    const limited = `ulimit -f 8; trap '' XFSZ; exec "${process.execPath}" "${MAIN}" secret --out "${file}"`;
    const { status, stderr } = spawnSync("bash", ["-c", limited], { encoding: "utf8" });
    expect([status, stderr]).toEqual([
      1,
      `QKD_KEYSTORE_FULL: the file ${file} cannot be written: it would be larger than a file may be (EFBIG). Remedy: free space where it lies, or name a file elsewhere.\n`,
    ]);
    expect(existsSync(file)).toBe(false);
  });

  it("names the file that cannot be made", async () => {
    const nowhere = join(folder, "nowhere", "link.secret");
    await expect(run("--out", nowhere)).rejects.toMatchObject({
      message: `the file ${nowhere} cannot be created: there is no such file or folder (ENOENT)`,
      remedy: "name a file in a folder that exists and that this user may write",
    });
  });
});
