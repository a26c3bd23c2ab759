import { keyPoolOver } from "../contract-calls.ts";
import type { OpenKeyPool } from "../key-pool.ts";
import type { NodeStore, PairStoreOptions } from "../node-store.ts";
import { closedStore } from "./closed-store.ts";
import { checkKeyPoolOptions, type KeyPoolOptions, openStoreThread, pairSettings } from "./open-key-pool.ts";
import type { StoreThread } from "./store-thread.ts";

/** Where a node keeps its keys, and how. */
export type NodeStoreSettings = Pick<
  KeyPoolOptions,
  "path" | "keyFile" | "capacityBits" | "redeliveryMs" | "fetchTtlMs" | "acceptDataJournal" | "leaseBytes"
>;

/**
 * A node's store: one database for all its pairs, opened with the first one, and beside it an anchor for each. A database
 * that a site of one link left here is taken over with its pair.
 */
export function openNodeStore(settings: NodeStoreSettings): NodeStore {
  const { path } = settings;
  let thread: Promise<StoreThread> | null = null;
  let closing: Promise<void> | null = null;
  /** One after the other: who comes first makes the tables. */
  let opening: Promise<unknown> = Promise.resolve();
  const open = async (pair: PairStoreOptions): Promise<OpenKeyPool> => {
    if (closing !== null) throw closedStore();
    const options = { ...settings, ...pair, anchorPath: anchorOf(path, pair.linkId) };
    checkKeyPoolOptions(options);
    const formerAnchorPath = `${path}.anchor`;
    if (thread === null) {
      const started = openStoreThread(options, { formerAnchorPath });
      thread = started;
      started.catch(() => {
        thread = null;
      });
      return partOf(await started, 0);
    }
    const running = await thread;
    return partOf(
      running,
      await running.open({ ...pairSettings(options), anchorPath: options.anchorPath, formerAnchorPath }),
    );
  };
  return {
    pair: (pair) => {
      const opened = opening.then(() => open(pair));
      opening = opened.catch(() => undefined);
      return opened;
    },
    close: () => {
      closing ??= opening.then(async () => {
        const running = await thread;
        await running?.carry({ part: "pool", name: "close", args: [] });
      });
      return closing;
    },
  };
}

/** The anchor of a pair of a node's store at `path`. */
function anchorOf(path: string, linkId: string): string {
  return `${path}.${linkId}.anchor`;
}

/** The contract of one pair; closing it leaves the others open. */
function partOf(thread: StoreThread, place: number): OpenKeyPool {
  return keyPoolOver((call) =>
    call.part === "pool" && call.name === "close" ? thread.shut(place) : thread.carry(call, place),
  );
}
