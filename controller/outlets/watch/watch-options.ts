import type { Observable } from "rxjs";
import type { OpenedTransceiver } from "../../../drivers/index.ts";
import type { QkdError } from "../../../errors/index.ts";
import type { Controller } from "../../link/controller.ts";
import type { FallbackPolicy } from "../../policy/fallback/fallback-policy.ts";
import type { HealthPolicy } from "../../policy/health/health-settings.ts";
import type { DistillationSettings } from "../../sources/distillation/index.ts";
import type { BuiltElement, Explanation } from "../api/index.ts";

/** What the watch sees of a transceiver. */
export type WatchedTransceiver = Pick<
  OpenedTransceiver,
  "identity" | "rawKeys$" | "health$" | "alarms$" | "state$" | "alarmHistory" | "diagnostics"
>;

/** What the watch sees of a site. */
export type WatchedSite = Pick<
  Controller,
  "role" | "pool" | "events$" | "state$" | "blocks$" | "peerState$" | "delivery" | "ledger" | "storeFigures"
>;

/** What a site is watched with. */
export interface WatchOptions {
  readonly site: WatchedSite;
  readonly transceiver: WatchedTransceiver;
  readonly linkId: string;
  /** Names of this node and of the other one. */
  readonly node: string;
  readonly peerNode: string;
  /** Path of the site's key store: key figures and the memory of alarms are kept beside it. */
  readonly store: string;
  readonly distillation: DistillationSettings;
  readonly health?: Partial<Omit<HealthPolicy, "expected">>;
  readonly fallback?: Partial<FallbackPolicy>;
  /** Loss by element as built; default: the fibre as one. */
  readonly elements?: readonly BuiltElement[];
  /** True where light and devices are simulated; the feed then carries the tag. */
  readonly emulated?: boolean;
  /** The likeliest causes of what the link shows, where somebody finds them. */
  readonly explanation$?: Observable<Explanation>;
  /** Told of what went wrong and is survived. */
  readonly failed: (error: QkdError) => void;
}
