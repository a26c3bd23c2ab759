import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createKeyFile, openKeyPool } from "../../../controller/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import { LINK_SECRET } from "./deletion-bench.ts";
import { LoopDevice } from "./loop-device.ts";

const device = LoopDevice.mount("data=journal");
const missing = typeof device === "string" ? device : null;
if (typeof device !== "string") device.dispose();

describe.skipIf(missing !== null)(
  `a file system that journals data${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    it("is refused before anything is stored, until it is accepted", async () => {
      const mounted = LoopDevice.mount("data=journal") as LoopDevice;
      try {
        const keyFile = join(mounted.folder, "key");
        createKeyFile(keyFile);
        const options = {
          path: join(mounted.folder, "keys.db"),
          keyFile,
          site: "alice",
          linkId: "link",
          linkSecret: new SecretBytes(LINK_SECRET.slice()),
        } as const;
        await expect(openKeyPool(options)).rejects.toMatchObject({ code: "QKD_KEYSTORE_MEDIUM" });
        const { pool, audit } = await openKeyPool({ ...options, acceptDataJournal: true });
        expect((await audit.tail(9)).filter(({ event }) => event === "storeOpened")).toHaveLength(1);
        await pool.close();
      } finally {
        mounted.dispose();
      }
    });
  },
);
