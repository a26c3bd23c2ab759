import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { twoSites } from "../delivery-sites.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
// Inside the package, so that `qkdlink/...` means this package.
mkdirSync(join(ROOT, ".qkdlink"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".qkdlink", "client-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the client program of docs/LIBRARY.md runs as it stands, at sites of other ports", async () => {
  const sites = await twoSites();
  await sites.pools.fill(4096);
  mkdirSync(join(folder, "dev"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, "dev", name), text);
  write("ca.pem", sites.authority.ca);
  for (const sae of ["sae-alice", "sae-bob"]) {
    const { cert, key } = await sites.authority.issue(sae);
    write(`${sae}.pem`, cert);
    write(`${sae}.key`, key);
  }
  const page = readFileSync(join(ROOT, "docs/LIBRARY.md"), "utf8");
  const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, ts = ""]) => ts);
  const text = programs[1] ?? "";
  expect(text).toContain("qkdlink/client");
  writeFileSync(
    join(folder, "client.mts"),
    text.replace("https://127.0.0.1:8443", sites.alice.url).replace("https://127.0.0.1:8444", sites.bob.url),
  );
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["client.mts"], { cwd: folder, timeout: 30_000 });
  expect(stdout.trim()).toMatch(/^[0-9a-f-]{36} qkd \[32 secret bytes\] equal: true$/);
  await sites.close();
}, 60_000);
