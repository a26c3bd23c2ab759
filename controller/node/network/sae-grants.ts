import type { SaeEntry } from "../../delivery/sae-registry.ts";
import type { Network, PolicyMode } from "./network.ts";

const ORIGINS: Readonly<Record<PolicyMode, readonly ("qkd" | "pqc")[]>> = {
  "qkd-only": ["qkd"],
  "prefer-qkd": ["qkd", "pqc"],
  "pqc-only": ["pqc"],
};

/** The SAEs that one node serves, as its key delivery registers them. */
export function saesOf({ saes = [], policies = {} }: Network, node: string): readonly SaeEntry[] {
  return saes
    .filter((sae) => sae.node === node)
    .map(({ id, identity, peers, policy }) => {
      const { mode = "qkd-only", quotaBps } = policies[policy ?? ""] ?? {};
      return {
        id,
        identity,
        origins: ORIGINS[mode],
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
