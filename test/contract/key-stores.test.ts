import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyFile, openKeyPool, type SiteRole } from "../../controller/index.ts";
import { keyPoolOver } from "../../controller/pool/contract-calls.ts";
import { CommittedStore } from "../../controller/pool/sqlite/committed-store.ts";
import type { StorePlace } from "./key-store-bench.ts";
import { keyStoreContract } from "./key-store-contract.ts";

const LINK_ID = "link";

function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  const dispose = async (): Promise<void> => rmSync(folder, { recursive: true });
  return { folder, dispose };
}

keyStoreContract("of SQLite, in this thread", async (): Promise<StorePlace> => {
  const { folder, dispose } = scratchFolder();
  return {
    dispose,
    open: async (site, { linkSecret, redeliveryMs, capacityBits }) => {
      const store = new CommittedStore(
        {
          path: join(folder, `${site}.db`),
          kek: new Uint8Array(32).fill(site === "alice" ? 1 : 2),
          linkSecret: linkSecret.reveal(),
          linkId: LINK_ID,
          site,
          capacityBits,
          redeliveryMs,
          auditRows: 10_000,
        },
        50,
      );
      return keyPoolOver(store.carry);
    },
  };
});

keyStoreContract("of SQLite, in its thread", async (): Promise<StorePlace> => {
  const { folder, dispose } = scratchFolder();
  const keyFile = (site: SiteRole) => join(folder, `${site}.key`);
  for (const site of ["alice", "bob"] as const) createKeyFile(keyFile(site));
  return {
    dispose,
    open: (site, settings) =>
      openKeyPool({
        path: join(folder, `${site}.db`),
        keyFile: keyFile(site),
        linkId: LINK_ID,
        site,
        ...settings,
      }),
  };
});
