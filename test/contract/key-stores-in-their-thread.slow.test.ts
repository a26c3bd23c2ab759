import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyFile, openKeyPool, type SiteRole } from "../../controller/index.ts";
import type { StorePlace } from "./key-store-bench.ts";
import { keyStoreContract } from "./key-store-contract.ts";

keyStoreContract("of SQLite, in its thread", async (): Promise<StorePlace> => {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  const keyFile = (site: SiteRole) => join(folder, `${site}.key`);
  for (const site of ["alice", "bob"] as const) createKeyFile(keyFile(site));
  return {
    dispose: async () => rmSync(folder, { recursive: true }),
    open: (site, settings) =>
      openKeyPool({
        path: join(folder, `${site}.db`),
        keyFile: keyFile(site),
        linkId: "link",
        site,
        ...settings,
      }),
  };
});
