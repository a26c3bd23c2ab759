import { KeyStoreError } from "../../../errors/index.ts";
import type { HashKernel } from "../../../kernels/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import { bindTail } from "../bind-tail.ts";
import { cutTail } from "../block-tail.ts";
import type { KeyPool } from "../key-pool.ts";
import { exclusiveOr } from "./exclusive-or.ts";
import { padParts } from "./pad-layout.ts";
import type {
  BlockOfPads,
  NodeId,
  PadCommit,
  PadFailure,
  PadStore,
  PadsCommitted,
  PadToOpen,
  PadToTake,
  TakenPad,
} from "./pad-store.ts";
import { padTagHolds } from "./pad-tag.ts";

/** Why a pool gave no pad, by its error; any other error is the store's failure. */
const FAILURES: Readonly<Record<string, PadFailure>> = {
  QKD_KEYSTORE_UNKNOWN_KEY: "unknown",
  QKD_KEYSTORE_CONFLICT: "used",
  QKD_KEYSTORE_EXHAUSTED: "exhausted",
};
const NO_ROOM = ["QKD_KEYSTORE_FULL", "QKD_KEYSTORE_CONFLICT"];

/**
 * A node's store where each pair has a store of its own: the parts of a commit are commits of their own, one after the
 * other. What a failure leaves taken is burnt.
 */
export class PadsOverPools implements PadStore {
  readonly #hash: HashKernel;
  readonly #poolOf: (node: NodeId) => KeyPool | undefined;

  /** `poolOf`: the pool of the pair with a node, where there is one. */
  constructor(hash: HashKernel, poolOf: (node: NodeId) => KeyPool | undefined) {
    this.#hash = hash;
    this.#poolOf = poolOf;
  }

  async commit({ open, take, enter }: PadCommit): Promise<PadsCommitted> {
    let opened: SecretBytes | null = null;
    if (open !== null) {
      const body = await this.#open(open);
      if (typeof body === "string") return { failure: body, opened: null, taken: [] };
      opened = body;
    }
    const taken: TakenPad[] = [];
    const failure =
      (await this.#takeAll(take, taken)) ?? (enter === null ? null : await this.#enter(enter, taken));
    if (failure === null) return { failure, opened, taken };
    for (const { material } of taken) material.wipe();
    return { failure, opened, taken: [] };
  }

  async #open({ neighbour, places, text, tag }: PadToOpen): Promise<SecretBytes | PadFailure> {
    const pool = this.#poolOf(neighbour);
    if (pool === undefined) return "unknown";
    const pad = await failing(() => pool.openPad(places));
    if (typeof pad === "string") return pad;
    try {
      if (!padTagHolds(this.#hash, pad.reveal(), { text, tag })) return "tagWrong";
      return new SecretBytes(new Uint8Array(padParts(pad.reveal()).body));
    } finally {
      pad.wipe();
    }
  }

  async #takeAll(take: readonly PadToTake[], taken: TakenPad[]): Promise<PadFailure | null> {
    for (const { neighbour, bytes, leastLeftBytes, auth } of take) {
      const pool = this.#poolOf(neighbour);
      if (pool === undefined) return "exhausted";
      const pad = await failing(() => pool.takePad({ bytes, leastLeftBytes, auth }));
      if (typeof pad === "string") return pad;
      taken.push(pad);
    }
    return null;
  }

  async #enter(
    { acceptor, block, provenance }: BlockOfPads,
    taken: readonly TakenPad[],
  ): Promise<PadFailure | null> {
    const pool = this.#poolOf(acceptor);
    if (pool === undefined) return "noRoom";
    const whole = new SecretBytes(exclusiveOr(taken.map(({ material }) => padParts(material.reveal()).body)));
    bindTail(block.blockId, whole.reveal());
    const { block: own, tail } = cutTail({ ...block, key: whole });
    try {
      await pool.addPending({ ...own, route: provenance.paths, tail });
      return null;
    } catch (error) {
      if (error instanceof KeyStoreError && NO_ROOM.includes(error.code)) return "noRoom";
      throw error;
    } finally {
      whole.wipe();
      tail.wipe();
    }
  }
}

async function failing<T>(work: () => Promise<T>): Promise<T | PadFailure> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof KeyStoreError ? FAILURES[error.code] : undefined;
    if (failure === undefined) throw error;
    return failure;
  }
}
