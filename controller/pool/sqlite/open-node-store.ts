import { join, parse } from "node:path";
import type { OpenKeyPool } from "../key-pool.ts";
import type { NodeStore } from "../node-store.ts";
import { type KeyPoolOptions, openKeyPool } from "./open-key-pool.ts";

/** Where a node keeps its keys, and how. */
export type NodeStoreSettings = Pick<
  KeyPoolOptions,
  "path" | "keyFile" | "capacityBits" | "redeliveryMs" | "fetchTtlMs" | "acceptDataJournal"
>;

/** A node's store as one database for each pair, beside each other under one name and one key file. */
export function openNodeStore({ path, ...settings }: NodeStoreSettings): NodeStore {
  const open = new Set<OpenKeyPool>();
  const { dir, name, ext } = parse(path);
  return {
    pair: async (pair) => {
      const store = await openKeyPool({
        ...settings,
        ...pair,
        path: join(dir, `${name}-${pair.linkId}${ext}`),
      });
      open.add(store);
      return store;
    },
    close: async () => {
      await Promise.all([...open].map(({ pool }) => pool.close()));
      open.clear();
    },
  };
}
