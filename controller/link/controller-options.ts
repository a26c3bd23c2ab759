import type { DeliveryOptions } from "../delivery/delivery-options.ts";
import type { LinkOptions } from "./link-options.ts";

/** Everything one site of a link needs. */
export interface ControllerOptions extends LinkOptions {
  /** Database file of the key store. */
  readonly store: string;
  /** File of the key-encryption key, mode 0600; `createKeyFile` makes one. */
  readonly keyFile: string;
  /** Stock per origin that the store is filled to, bits: half of it for each site to hand out. */
  readonly capacityBits?: number;
  /** True: the key store may lie on a file system mounted `data=journal`, whose journal keeps delivered keys readable. */
  readonly acceptDataJournal?: boolean;
  /** How long a delivered key may be fetched again by the same application, ms; 0 = never; default 10 s. */
  readonly redeliveryMs?: number;
  /** How long keys that the other site has handed out, to the end of its half of a block, are kept for fetching; default an hour. */
  readonly fetchTtlMs?: number;
  /** Serves ETSI GS QKD 014 as well. */
  readonly delivery?: Omit<DeliveryOptions, "keys" | "told">;
  /** The name of this site for keys that the embedding program takes itself; default: the link id and the role. */
  readonly name?: string;
}
