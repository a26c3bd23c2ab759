import type {
  AgreementState,
  BlockProofs,
  StoredClaim,
} from "../../../controller/agreement/agreement-state.ts";
import type { BlockFacts } from "../../../controller/index.ts";
import type { GatheredBlock, SentBlock } from "../../../controller/sources/relay/relay-state.ts";
import { endsOfBlock, PLANS } from "./relay-plans.ts";

export type Node = "A" | "B" | "C" | "D";
export const NODES = ["A", "B", "C", "D"] as const;

/** A block on a node's disk. */
export interface Row {
  state: "pending" | "available" | "spent";
  /** The key, as a symbol. */
  v: string;
  release: { boundaryBytes: number; tag: string } | null;
  /** Halves that were handed out here. */
  took: string[];
}

/** What a node keeps over a crash. */
export interface Disk {
  /** The next pad towards each neighbour, and the next one that delivery gives, where it keeps a count of its own. */
  next: Record<string, number>;
  deliveryNext: Record<string, number>;
  /** Pads that were opened here. */
  opened: string[];
  block: Record<string, Row>;
  /** Highest number of a block of each pair that was ever held. */
  highest: Record<string, number>;
}

/** What a node forgets in a crash. */
export interface Memory {
  todo: readonly Todo[];
  sent: readonly SentBlock[];
  gathered: readonly GatheredBlock[];
  /** Shares as symbols, by block and share. */
  vault: Record<string, Record<number, string>>;
  /** The agreement of each pair. */
  early: Record<string, readonly (readonly [string, StoredClaim])[]>;
  refused: Record<string, AgreementState["refused"]>;
  /** Blocks of a physical link that are being distilled here. */
  engine: readonly string[];
}

export interface HopMessage {
  readonly t: "hop";
  readonly from: Node;
  readonly to: Node;
  readonly id: string;
  readonly share: number;
  /** Index of the sender on the way. */
  readonly at: number;
  /** Which pad of the sender covers it. */
  readonly pad: number;
  readonly v: string;
  /** Spoilt on the line: its tag does not fit. */
  readonly spoilt?: 1;
}

/** `from` is who the connection proves the sender to be. */
export type Message =
  | HopMessage
  | { readonly t: "stored" | "ask"; readonly from: Node; readonly to: Node; readonly claim: StoredClaim }
  | {
      readonly t: "released";
      readonly from: Node;
      readonly to: Node;
      readonly claim: { readonly blockId: string; readonly boundaryBytes: number; readonly tag: string };
    }
  | { readonly t: "absent"; readonly from: Node; readonly to: Node; readonly id: string }
  | {
      readonly t: "refused";
      readonly from: Node;
      readonly to: Node;
      readonly id: string;
      readonly share: number;
      readonly position: number;
    };

/** One commit, or one message sent. */
export type Todo =
  | { readonly do: "send"; readonly m: Message }
  /** The parts of a commit that a store which cannot join them does later. */
  | { readonly do: "takeAfterOpening"; readonly m: HopMessage; readonly short?: 1 }
  | { readonly do: "enter"; readonly id: string; readonly pads: readonly number[] }
  | { readonly do: "mark"; readonly to: Node; readonly pad: number }
  | { readonly do: "offer"; readonly id: string; readonly v: string }
  | { readonly do: "add"; readonly id: string; readonly v: string }
  | { readonly do: "release"; readonly id: string; readonly release: NonNullable<Row["release"]> }
  | { readonly do: "discard"; readonly id: string }
  | { readonly do: "giveUp"; readonly id: string };

/** How often each fault and each timer may still happen. */
export interface Budget {
  crash: number;
  loss: number;
  repeat: number;
  /** A node of the way changes what it passes on, and tags it rightly. */
  corrupt: number;
  /** A hop is changed between two nodes. */
  spoil: number;
  /** A node of the way has no connection, or too little key, towards the next one. */
  refuse: number;
  /** A proposer gives up a pending block; a node gives up shares that wait. */
  timeout: number;
  ask: number;
  expire: number;
  /** A key of link A-B is delivered, from the half that relays draw on. */
  delivery: number;
  /** B, who knows what it passes on, tail and all, lies: invents a block, says a share twice, speaks for an end. */
  lie: number;
}

export const NO_BUDGET: Budget = {
  crash: 0,
  loss: 0,
  repeat: 0,
  corrupt: 0,
  spoil: 0,
  refuse: 0,
  timeout: 0,
  ask: 0,
  expire: 0,
  delivery: 0,
  lie: 0,
};

/** All nodes, what is under way between them, and what an observer who sees everything has noted. */
export interface World {
  disk: Record<Node, Disk>;
  memory: Record<Node, Memory>;
  net: Message[];
  budget: Budget;
  /** Blocks that may still be proposed. */
  toPropose: readonly string[];
  /** What distillation has under way is not told: the refusal alone must hold. */
  blind: boolean;
  ghost: {
    /** What each pad covers, or was delivered as. */
    pad: Record<string, string>;
    opened: Record<string, 1>;
    key: Record<string, Node>;
    fetched: Record<string, 1>;
    bad: { readonly invariant: keyof typeof INVARIANTS; readonly text: string } | null;
  };
}

export const INVARIANTS = {
  pad: "no pad covers two different things",
  open: "no pad is opened twice",
  equal: "what both ends hold as released is equal",
  orphan: "a key handed out at one end is still held at the other, or was fetched there",
  once: "no key is handed out twice",
  settle: "once faults end, every block is usable at both ends or gone at both, and every key can be fetched",
} as const;

export const BLOCK_BYTES = 96;

/** A world before anything; `distilled`: blocks that the link A-C is making at both ends. */
export function freshWorld(
  blocks: readonly string[],
  budget: Partial<Budget>,
  {
    distilled = [],
    blind = false,
  }: { readonly distilled?: readonly string[]; readonly blind?: boolean } = {},
): World {
  const each = <T>(make: (node: Node) => T): Record<Node, T> => ({
    A: make("A"),
    B: make("B"),
    C: make("C"),
    D: make("D"),
  });
  return {
    disk: each(() => ({ next: {}, deliveryNext: {}, opened: [], block: {}, highest: {} })),
    memory: each((node) => freshMemory(node === "A" || node === "C" ? distilled : [])),
    net: [],
    budget: { ...NO_BUDGET, ...budget },
    toPropose: blocks,
    blind,
    ghost: { pad: {}, opened: {}, key: {}, fetched: {}, bad: null },
  };
}

export function freshMemory(engine: readonly string[]): Memory {
  return { todo: [], sent: [], gathered: [], vault: {}, early: {}, refused: {}, engine };
}

/** A row as the product's agreement sees it. */
export function factsOf(node: Node, id: string, row: Omit<Row, "v" | "took">): BlockFacts {
  const { origin, sequence } = PLANS[id]!;
  return {
    blockId: id,
    origin,
    sequence,
    createdAtMs: 0,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    blockBytes: BLOCK_BYTES,
    authBytes: 0,
    keyBytes: BLOCK_BYTES,
    state: row.state,
    proposed: endsOfBlock(id).proposer === node,
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

/** More is to be done by a node, one thing after the other, before what waits already. */
export function first({ memory }: World, node: Node, more: readonly Todo[]): void {
  const own: Memory = memory[node];
  own.todo = [...more, ...own.todo];
}
