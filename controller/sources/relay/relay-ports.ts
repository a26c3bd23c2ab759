import type { HashKernel } from "../../../kernels/index.ts";
import type { PeerMessage, PeerValueOf, relayHop } from "../../../protocol/index.ts";
import type { NewBlock } from "../../pool/key-pool.ts";
import type { NodeId, PadStore, RelayProvenance } from "../../pool/pads/pad-store.ts";

/** How urgent a use of pads is. */
export type RelayRank = PeerValueOf<typeof relayHop>["rank"];

/** What happened to a relayed block that somebody should know of. Never key. */
export type RelayEvent =
  /** A neighbour's hop has a wrong tag: the alarm names the two. */
  | { readonly type: "hopTagWrong"; readonly neighbour: NodeId; readonly blockId: string }
  /** A neighbour sent what no honest node sends. */
  | { readonly type: "lied"; readonly node: NodeId; readonly blockId: string; readonly why: string }
  /** This node proposed a block and sent all its shares. */
  | { readonly type: "sent"; readonly acceptor: NodeId; readonly blockId: string }
  /** A share went on to the next node. */
  | { readonly type: "passed"; readonly to: NodeId; readonly blockId: string; readonly padBytes: number }
  /** All shares are here; the block is with the agreement of the pair. */
  | { readonly type: "arrived"; readonly proposer: NodeId; readonly blockId: string }
  /** Somebody on the way could not pass a share on: the block is void, and that path is to be avoided. */
  | {
      readonly type: "refused";
      readonly acceptor: NodeId;
      readonly blockId: string;
      readonly path: readonly NodeId[];
      readonly at: NodeId;
      readonly reason: string;
    }
  /** Shares that never all came. */
  | { readonly type: "incomplete"; readonly proposer: NodeId; readonly blockId: string };

/** What a relay needs of its node. */
export interface RelayPorts {
  readonly node: NodeId;
  readonly hash: HashKernel;
  readonly pads: PadStore;
  /**
   * Sends once: a `relay.hop` on the connection with that neighbour, everything else to any node of the network over a
   * connection that proves who is at its other end. Rejects with PeerError where there is none; the message is not kept.
   */
  readonly send: <T>(to: NodeId, message: PeerMessage<T>, value: T) => Promise<void>;
  /**
   * Whether a hop can be sent to that node now: `down` where it is no neighbour or its connection is not up, `notHere` where
   * this node relays for nobody; and what its half towards it keeps from a use of that rank, bytes.
   */
  readonly towards: (
    node: NodeId,
    rank: RelayRank,
  ) => { readonly way: "up" | "down" | "notHere"; readonly leastLeftBytes: number };
  /** Hands a complete block to the agreement of the pair with its proposer; false, and the key wiped, where that refuses it. */
  readonly offer: (proposer: NodeId, block: NewBlock, provenance: RelayProvenance) => Promise<boolean>;
  /** Gives up a block that this node proposed, if it is still pending; a released one stays. */
  readonly giveUp: (acceptor: NodeId, blockId: string) => Promise<void>;
  /** Time that nobody sets, ms. */
  readonly steadyMs: () => number;
  readonly tell: (event: RelayEvent) => void;
}
