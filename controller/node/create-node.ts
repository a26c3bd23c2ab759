import { openNodeStore } from "../pool/sqlite/open-node-store.ts";
import { checkNodeOptions } from "./check-node.ts";
import type { Node } from "./node.ts";
import type { NodeOptions } from "./node-options.ts";
import { RunningNode } from "./running-node.ts";

/**
 * Starts a node of a network: opens its store, serves keys, and runs its links. Rejects with ConfigError, KeyStoreError
 * where it cannot serve; a link that does not start is told by `failures$` and tried again, and keeps no other from running.
 */
export async function createNode(options: NodeOptions): Promise<Node> {
  checkNodeOptions(options);
  const { maxKeyAgeMs: _, ...store } = options.store;
  return RunningNode.open(options, openNodeStore(store));
}
