import type { Observable } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { DeliveryServer } from "../delivery/delivery-server.ts";
import type { ControllerEvent } from "../events.ts";
import type { PeerState } from "../peer/peer-channel.ts";
import type { CommitTimes } from "../pool/commit-times.ts";
import type { SiteRole } from "../pool/key-pool.ts";
import type { OpeningReport } from "../pool/opening-report.ts";
import type { BlockReport, DistillationProgress } from "../sources/distillation/index.ts";
import type { KeyAccess } from "./key-access.ts";
import type { LedgerReport } from "./ledger-file.ts";
import type { SiteCondition } from "./link-watch.ts";
import type { SiteTrust } from "./site-trust.ts";

/** Figures of a key store. */
export interface StoreFigures {
  /** Counts the openings of the store. */
  readonly generation: number;
  /** Unused bytes of authentication key: of this site's direction and of the other's. */
  readonly reserve: { readonly own: number; readonly peer: number };
  readonly commits: CommitTimes;
}

/** One running site of a link. */
export interface Controller {
  readonly role: SiteRole;
  /** Keys for the embedding program. */
  readonly pool: KeyAccess;
  /** How the key store was found, and what was taken out of use; told by `events$` and `failures$` too. */
  readonly storeOpening: OpeningReport;
  /** What happens at this site; no replay. */
  readonly events$: Observable<ControllerEvent>;
  /** Health of the link and state of the fallback; replays the last. */
  readonly state$: Observable<SiteCondition>;
  /** Statistics of every block, with or without key; no replay. */
  readonly blocks$: Observable<BlockReport>;
  /** Running totals of distillation; replays the last. */
  readonly progress$: Observable<DistillationProgress>;
  /** Condition of the channel to the other site; replays the last. */
  readonly peerState$: Observable<PeerState>;
  /** Everything that went wrong and was survived; no replay. */
  readonly failures$: Observable<QkdError>;
  /** Port that waits for the other site, or null at the dialling site. */
  readonly peerPort: number | null;
  /** The key delivery server, where one was asked for. */
  readonly delivery: DeliveryServer | null;
  /** What is counted of the key store: for monitoring, and of no use to anybody else. */
  storeFigures(): Promise<StoreFigures>;
  /** Failure probabilities that the link has summed up under its secret, and what of a budget that uses. */
  ledger(): Promise<LedgerReport>;
  /** The operator's word: post-quantum keys until it is taken back. */
  setFallback(engage: boolean): void;
  /**
   * Certificates, revocation lists and SAEs that count from now on; connections stay as far as they are right by them.
   * Rejects with ConfigError, and nothing changed, for unusable ones.
   */
  renew(trust: SiteTrust): Promise<void>;
  /** Stops the key exchange and everything above it; keys stay in the store. Idempotent. */
  close(): Promise<void>;
}
