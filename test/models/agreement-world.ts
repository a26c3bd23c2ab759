import type { AgreementState, BlockProofs, StoredClaim } from "../../controller/agreement/agreement-state.ts";
import type { BlockFacts, GoneReason } from "../../controller/index.ts";

/** The two sites of a link: Alice proposes. */
export type Node = "alice" | "bob";
export const NODES = ["alice", "bob"] as const;
export const otherOf = (node: Node): Node => (node === "alice" ? "bob" : "alice");

/** A block on a site's disk. */
export interface Row {
  state: "pending" | "available" | "quarantined" | "spent";
  /** The key, as a symbol: equal at both sites unless a source erred. */
  v: string;
  release: { boundaryBytes: number; tag: string } | null;
  /** The own half is handed out. */
  took?: 1;
  /** No more is handed out here: the block is too old, or the other site said so. */
  closed?: 1;
  /** The other site has acted on the notice of that. */
  closingHeard?: 1;
  /** The other site knows that the block is released (proposer). */
  heard?: 1;
}

export interface Notice {
  readonly n: number;
  readonly id: string;
  readonly reason: GoneReason;
}

/** What a site keeps over a crash. */
export interface Disk {
  block: Record<string, Row>;
  notices: Notice[];
  nextNotice: number;
  /** Blocks that the store lost with their names when it went back. */
  lost: string[];
}

/** Of what a site forgets in a crash: what is still to be done, each a commit or a message, and the agreement's memory. */
export interface Memory {
  todo: readonly Todo[];
  early: readonly (readonly [string, StoredClaim])[];
  refused: AgreementState["refused"];
  /** Blocks that the source has under way. */
  engine: readonly string[];
}

export type Message =
  | { readonly t: "stored" | "ask"; readonly to: Node; readonly claim: StoredClaim }
  | {
      readonly t: "released";
      readonly to: Node;
      readonly claim: { readonly blockId: string; readonly boundaryBytes: number; readonly tag: string };
    }
  | { readonly t: "absent" | "heard" | "missing"; readonly to: Node; readonly id: string }
  | { readonly t: "gone"; readonly to: Node; readonly notice: Notice }
  | { readonly t: "goneHeard"; readonly to: Node; readonly n: number };

/** One commit, or one message sent. */
export type Todo =
  | { readonly do: "add"; readonly id: string; readonly v: string }
  | { readonly do: "release"; readonly id: string; readonly release: NonNullable<Row["release"]> }
  | { readonly do: "discard" | "heard"; readonly id: string }
  | { readonly do: "lose"; readonly id: string; readonly reason: GoneReason }
  | { readonly do: "send"; readonly m: Message };

/** How often each fault and each timer may still happen. */
export interface Budget {
  crash: number;
  loss: number;
  repeat: number;
  /** A proposer gives up a pending block. */
  void: number;
  /** The acceptor asks. */
  ask: number;
  /** A block becomes too old, at either site. */
  expire: number;
  /** A source drops what it had under way. */
  drop: number;
  /** A source errs, so that the sites hold different keys. */
  err: number;
  /** A used-up block's row is forgotten. */
  forget: number;
  /** A block at one site becomes unreadable. */
  damage: number;
  /** The proposer's store goes back to before a release, and its anchor knows. */
  rollback: number;
}

/** Both sites, what is under way between them, and what an observer who sees everything has noted. */
export interface World {
  disk: Record<Node, Disk>;
  memory: Record<Node, Memory>;
  net: Message[];
  budget: Budget;
  /** The source tells nothing of what it has under way: the refusal alone must hold. */
  blind: boolean;
  ghost: {
    /** Who handed a half out, by block and site. */
    key: Record<string, 1>;
    fetched: Record<string, 1>;
    /** What became unreadable, by block and site: keys that were to be fetched there are lost. */
    damaged: Record<string, 1>;
    bad: { readonly invariant: keyof typeof INVARIANTS; readonly text: string } | null;
  };
}

export const INVARIANTS = {
  orphan: "a key handed out at one site is still held at the other, or was fetched there",
  equal: "what both sites hold as released is equal, and split alike",
  settle:
    "once faults end, every block is released at both sites or destroyed at both, and every key can be fetched",
} as const;

export const BLOCK_BYTES = 128;

/** A row as the product's step sees it. */
export function factsOf(node: Node, id: string, row: Omit<Row, "v">): BlockFacts {
  return {
    blockId: id,
    origin: "qkd",
    sequence: Number(id.slice(1)),
    createdAtMs: 0,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    blockBytes: BLOCK_BYTES,
    authBytes: 0,
    keyBytes: BLOCK_BYTES,
    // Ended by the proposer while it was pending: kept for fetching alone.
    state: row.state === "pending" && row.closed === 1 ? "quarantined" : row.state,
    proposed: node === "alice",
    lackBytes: 100,
    storedAtMs: 0,
    release: row.release,
    fetched: null,
  };
}

/** Tags as symbols: they show the key that they were made with. */
export function proofsOf(id: string, v: string): BlockProofs {
  return {
    provenance: id,
    storedTag: (lack) => `stored ${id} ${v} ${lack}`,
    releasedTag: (boundary) => `released ${id} ${v} ${boundary}`,
  };
}

/** A world in which the sources of both sites have these blocks under way. */
export function freshWorld(blocks: readonly string[], budget: Partial<Budget>, blind = false): World {
  const both = <T>(make: () => T): Record<Node, T> => ({ alice: make(), bob: make() });
  return {
    disk: both(() => ({ block: {}, notices: [], nextNotice: 1, lost: [] })),
    memory: both(() => ({ todo: [], early: [], refused: {}, engine: blocks })),
    net: [],
    budget: { ...NO_BUDGET, ...budget },
    blind,
    ghost: { key: {}, fetched: {}, damaged: {}, bad: null },
  };
}

const NO_BUDGET: Budget = {
  crash: 0,
  loss: 0,
  repeat: 0,
  void: 0,
  ask: 0,
  expire: 0,
  drop: 0,
  err: 0,
  forget: 0,
  damage: 0,
  rollback: 0,
};

/** More is to be done by a site, one thing after the other. */
export function queue({ memory }: World, node: Node, more: readonly Todo[]): void {
  const own: Memory = memory[node];
  own.todo = [...own.todo, ...more];
}
