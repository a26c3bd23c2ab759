import type { Observable } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { DeliveryServer } from "../delivery/delivery-server.ts";
import type { ControllerEvent } from "../events.ts";
import type { KeyAccess } from "../link/key-access.ts";
import type { SiteCondition } from "../link/link-watch.ts";
import type { PeerState } from "../peer/peer-channel.ts";
import type { OpeningReport } from "../pool/opening-report.ts";
import type { BlockReport, DistillationProgress } from "../sources/distillation/index.ts";
import type { Network } from "./network/network.ts";
import type { LinkStage } from "./node-link.ts";
import type { NodeOptions } from "./node-options.ts";

/** One link of a running node. Its feeds go on over every restart of the link. */
export interface NodeLinkView {
  readonly linkId: string;
  /** The node at the other end. */
  readonly neighbour: string;
  readonly stage: LinkStage;
  readonly peerPort: number | null;
  readonly storeOpening: OpeningReport;
  readonly events$: Observable<ControllerEvent>;
  readonly blocks$: Observable<BlockReport>;
  readonly state$: Observable<SiteCondition>;
  readonly progress$: Observable<DistillationProgress>;
  readonly peerState$: Observable<PeerState>;
  readonly failures$: Observable<QkdError>;
}

/** A pair with a node that no link joins with this one. */
export interface NodePairView {
  readonly pairId: string;
  readonly node: string;
  /** Whether both nodes agree on what they hold: stock serves without, and none is added. */
  readonly connected: boolean;
}

/** An event with the link or the pair that it is of; null for one of the node as a whole. */
export interface NodeEvent {
  readonly link: string | null;
  readonly event: ControllerEvent;
}

/** A failure that was survived, with the link or the pair that it is of. */
export interface NodeFailure {
  readonly link: string | null;
  readonly error: QkdError;
}

/** What changed of a node at a renewal. */
export interface Renewal {
  /** Links and pairs that joined, left, or were started anew because their settings changed. */
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly restarted: readonly string[];
  /** Fields whose change counts at the next start of the node. */
  readonly waiting: readonly string[];
}

/** A running node: several links, one store, one front of key delivery. */
export interface Node {
  readonly name: string;
  readonly network: Network;
  /** In the order of the network file. */
  readonly links: readonly NodeLinkView[];
  readonly pairs: readonly NodePairView[];
  readonly delivery: DeliveryServer | null;
  /** Port of the key streams; null where none are served. */
  readonly streamsPort: number | null;
  /** What happens at this node; no replay. */
  readonly events$: Observable<NodeEvent>;
  /** Everything that went wrong and was survived; no replay. */
  readonly failures$: Observable<NodeFailure>;
  /** Links that join while the node runs; no replay. */
  readonly joined$: Observable<NodeLinkView>;
  /**
   * Keys shared with another node, for the embedding program. ConfigError for a node that the network does not know;
   * KeyStoreError QKD_KEYSTORE_EXHAUSTED for one that this node shares no keys with.
   */
  pair(node: string): KeyAccess;
  /**
   * Takes over another network file, certificates, links and applications; what stays as it was goes on undisturbed.
   * Rejects with ConfigError, and nothing changed, where they are impossible.
   */
  renew(options: NodeOptions): Promise<Renewal>;
  /** Stops every link and the front; keys stay in the store. Idempotent. */
  close(): Promise<void>;
}
