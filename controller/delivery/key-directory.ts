import { ConfigError } from "../../errors/index.ts";
import type { ServedOrigin } from "./delivery-policy.ts";
import type { KeySource } from "./take-keys.ts";

/** The pair of nodes that holds the keys shared with an SAE. */
export interface SharedKeys {
  readonly keys: KeySource;
  /** The KME of the node that serves the SAE. */
  readonly targetKmeId: string;
  /** Origins whose keys that SAE takes at most; left out where this node does not know. */
  readonly ceiling?: readonly ServedOrigin[];
}

/** An SAE that is known, and whose node shares no keys with this one. */
export interface NoSharedKeys {
  readonly keys: null;
  /** For programs; `why` is the same for people. */
  readonly reason: "noRoute";
  readonly why: string;
}

/** Finds the keys shared with an SAE; asked at each request, so that a network may change meanwhile. */
export interface KeyDirectory {
  /** Null for an SAE that nobody knows. */
  readonly route: (sae: string) => SharedKeys | NoSharedKeys | null;
  /** Every KME of the network: no SAE is called so. */
  readonly kmeIds: () => readonly string[];
}

/** Where keys are taken from, and the names of the KMEs at both ends. */
export interface KeysAndNames {
  /** One pair of nodes for all callers, or a directory that finds the pair of each SAE. */
  readonly keys: KeySource | KeyDirectory;
  /** Of this KME and of the other one; a directory names the others by itself. */
  readonly ids: { readonly sourceKmeId: string; readonly targetKmeId?: string };
}

/** A single source of keys serves every SAE. ConfigError where the KME at its other end has no name. */
export function directoryOf({ keys, ids }: KeysAndNames): KeyDirectory {
  if ("route" in keys) return keys;
  const { sourceKmeId, targetKmeId } = ids;
  if (targetKmeId === undefined)
    throw new ConfigError("QKD_CONFIG_INVALID", "ids.targetKmeId is missing", {
      remedy: "name the KME at the other end of the link",
      context: { field: "ids.targetKmeId" },
    });
  const route = { keys, targetKmeId };
  return { route: () => route, kmeIds: () => [sourceKmeId, targetKmeId] };
}
