import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyPoolOver } from "../../controller/pool/contract-calls.ts";
import { CommittedStore } from "../../controller/pool/sqlite/committed-store.ts";
import type { StorePlace } from "./key-store-bench.ts";
import { keyStoreContract } from "./key-store-contract.ts";

keyStoreContract("of SQLite, in this thread", async (): Promise<StorePlace> => {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  return {
    dispose: async () => rmSync(folder, { recursive: true }),
    open: async (site, { linkSecret, redeliveryMs, capacityBits }) => {
      const store = new CommittedStore(
        {
          path: join(folder, `${site}.db`),
          kek: new Uint8Array(32).fill(site === "alice" ? 1 : 2),
          linkSecret: linkSecret.reveal(),
          linkId: "link",
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
