import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PRE_PLACED_SECRET_BYTES, readLinkSecretFile } from "../controller/index.ts";
import { secretCommand } from "./secret.ts";

it("makes the secret of a link, and never overwrites one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-secret-"));
  try {
    const file = join(folder, "link.secret");
    const run = () => secretCommand().parseAsync(["--out", file, "--json"], { from: "user" });
    await run();
    expect(readLinkSecretFile(file).length).toBe(PRE_PLACED_SECRET_BYTES);
    await expect(run()).rejects.toMatchObject({ code: "QKD_KEYSTORE_CONFLICT" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
