import type { KeyOrigin } from "../../../controller/index.ts";
import type { RelayHop } from "../../../controller/sources/relay/relayed-block.ts";
import { type RelayedBlock, relayedBlockId } from "../../../controller/sources/relay/relayed-block.ts";

interface Plan {
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly paths: readonly (readonly string[])[];
}

/** Blocks of the model, by their names in it; ends are the first and the last node, the first proposes. */
export const PLANS: Readonly<Record<string, Plan>> = {
  b1: { origin: "relay", sequence: 1, paths: [["A", "B", "C"]] },
  b2: {
    origin: "relay",
    sequence: 2,
    paths: [
      ["A", "B", "C"],
      ["A", "C"],
    ],
  },
  b3: { origin: "relay", sequence: 3, paths: [["A", "B", "C"]] },
  b4: { origin: "relay", sequence: 4, paths: [["B", "A", "C"]] },
  b5: { origin: "relay", sequence: 5, paths: [["A", "B", "D", "C"]] },
  b6: {
    origin: "relay",
    sequence: 6,
    paths: [
      ["A", "B", "D", "C"],
      ["A", "C"],
    ],
  },
  /** Nobody proposes it: B invents it. */
  x7: { origin: "relay", sequence: 7, paths: [["A", "B", "C"]] },
  /** Made by the link A-C itself. */
  d1: { origin: "qkd", sequence: 1, paths: [["A", "C"]] },
  d2: { origin: "qkd", sequence: 2, paths: [["A", "C"]] },
};

const BYTES = 96;
const TRACE = { traceId: "0".repeat(32), spanId: "0".repeat(16) } as const;

/** A block as the product knows it. */
export function blockOf(id: string): RelayedBlock {
  const { sequence, paths } = PLANS[id]!;
  return {
    nonce: Buffer.from(id.padEnd(16)).toString("hex"),
    sequence,
    createdAtMs: 0,
    blockBytes: BYTES,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    auth: "information-theoretic",
    paths,
  };
}

/** The product's id of each block, and back. */
export const PRODUCT_IDS: ReadonlyMap<string, string> = new Map(
  Object.keys(PLANS).map((id) => [id, relayedBlockId(blockOf(id))]),
);
const NAMES = new Map([...PRODUCT_IDS].map(([id, product]) => [product, id]));
export const nameOfBlock = (productId: string): string => NAMES.get(productId) ?? productId;

export const proposalOf = (id: string) => ({
  blockId: PRODUCT_IDS.get(id)!,
  block: blockOf(id),
  rank: "ordinary" as const,
  leftMs: 2000,
  ...TRACE,
});

/** A hop as the product reads it from the wire; bytes without meaning stand where secrets would. */
export function hopOf(m: {
  readonly from: string;
  readonly to: string;
  readonly id: string;
  readonly share: number;
  readonly at: number;
  readonly pad: number;
}): RelayHop {
  const { sequence, createdAtMs, blockBytes, nonce, epsilon, auth, paths } = blockOf(m.id);
  return {
    sender: m.from,
    receiver: m.to,
    blockId: PRODUCT_IDS.get(m.id)!,
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    secrecy: epsilon.secrecy,
    correctness: epsilon.correctness,
    authentication: epsilon.authentication,
    auth,
    shares: paths.map((path) => ({ path })),
    share: m.share,
    position: m.at,
    rank: "ordinary",
    leftMs: 2000,
    ...TRACE,
    places: [{ sequence: m.pad, offset: 0, length: blockBytes + 32 }],
    trail: Array.from({ length: m.at + 1 }, () => ({ epsilon: 0, auth })),
    ciphertext: m.at === 0 ? NONE : SOME,
    tag: NONE,
  };
}

const NONE = new Uint8Array(0);
const SOME = new Uint8Array(BYTES);

/** The ends of a block. */
export function endsOfBlock(id: string): { readonly proposer: Node; readonly acceptor: Node } {
  const [path] = PLANS[id]!.paths;
  return { proposer: path![0] as Node, acceptor: path!.at(-1) as Node };
}

type Node = "A" | "B" | "C" | "D";

export const pairOf = (id: string): string => Object.values(endsOfBlock(id)).join("");

export const otherEnd = (id: string, node: string): Node => {
  const { proposer, acceptor } = endsOfBlock(id);
  return node === proposer ? acceptor : proposer;
};
