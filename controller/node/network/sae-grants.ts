import type { ServedOrigin } from "../../delivery/delivery-policy.ts";
import type { SaeEntry } from "../../delivery/sae-registry.ts";
import { DEFAULT_MAX_HOPS, type Network, type PolicyMode } from "./network.ts";

const ORIGINS: Readonly<Record<PolicyMode, readonly ServedOrigin[]>> = {
  "qkd-only": ["qkd", "relay"],
  "prefer-qkd": ["qkd", "relay", "pqc"],
  "pqc-only": ["pqc"],
};

/** The SAEs that one node serves, as its key delivery registers them. */
export function saesOf({ saes = [], policies = {} }: Network, node: string): readonly SaeEntry[] {
  return saes
    .filter((sae) => sae.node === node)
    .map(({ id, identity, peers, policy }) => {
      const { mode = "qkd-only", maxHops, quotaBps } = policies[policy ?? ""] ?? {};
      return {
        id,
        identity,
        // A key over other nodes has two hops at least.
        origins: ORIGINS[mode].filter((origin) => origin !== "relay" || (maxHops ?? DEFAULT_MAX_HOPS) > 1),
        ...(peers === undefined ? {} : { peers }),
        ...(quotaBps === undefined ? {} : { quotaBps }),
      };
    });
}

/** SAEs of one node that get post-quantum keys without asking for them: their policy says so. */
export function servedPqc({ saes = [], policies = {} }: Network, node: string): readonly string[] {
  return saes
    .filter((sae) => sae.node === node && policies[sae.policy ?? ""]?.mode === "prefer-qkd")
    .map(({ id }) => id);
}
