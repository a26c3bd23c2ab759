import { originsOfMode, type ServedOrigin } from "../../delivery/delivery-policy.ts";
import type { SaeEntry } from "../../delivery/sae-registry.ts";
import { DEFAULT_MAX_HOPS, type Network, type NetworkPolicy } from "./network.ts";

/** The SAEs that one node serves, as its key delivery registers them. */
export function saesOf({ saes = [], policies = {} }: Network, node: string): readonly SaeEntry[] {
  return saes
    .filter((sae) => sae.node === node)
    .map(({ id, identity, peers, policy }) => {
      const { quotaBps, quotaKeysPerS, ...terms } = policies[policy ?? ""] ?? { mode: "qkd-only" };
      return {
        id,
        identity,
        origins: originsOf(terms),
        ...(peers === undefined ? {} : { peers }),
        ...(quotaBps === undefined ? {} : { quotaBps }),
        ...(quotaKeysPerS === undefined ? {} : { quotaKeysPerS }),
      };
    });
}

/** The policy of an application; quantum keys alone where it has none. */
export function policyOf({ saes = [], policies = {} }: Network, sae: string): NetworkPolicy {
  return policies[saes.find(({ id }) => id === sae)?.policy ?? ""] ?? { mode: "qkd-only" };
}

/** Origins whose keys an application of that policy gets at most. */
export function originsOf({
  mode,
  maxHops = DEFAULT_MAX_HOPS,
  onShortage,
}: NetworkPolicy): readonly ServedOrigin[] {
  // A key over other nodes has two hops at least.
  return originsOfMode(mode, onShortage).filter((origin) => origin !== "relay" || maxHops > 1);
}

/** SAEs of one node that get post-quantum keys without asking for them: their policy says so. */
export function servedPqc({ saes = [], policies = {} }: Network, node: string): readonly string[] {
  return saes
    .filter((sae) => sae.node === node && policies[sae.policy ?? ""]?.mode === "prefer-qkd")
    .map(({ id }) => id);
}
