import { PeerError } from "../../../../errors/index.ts";
import type { Block } from "../block/block.ts";

/** The blocks of a session, oldest first: open until both tags are exchanged, finishing until the key leaves. */
export class SessionBlocks {
  #open: readonly Block[] = [];
  #finishing: readonly Block[] = [];

  get open(): readonly Block[] {
    return this.#open;
  }

  get finishing(): readonly Block[] {
    return this.#finishing;
  }

  add(block: Block): void {
    this.#open = [...this.#open, block];
  }

  /** @throws PeerError QKD_PEER_PROTOCOL for a block that is not open. */
  find(sequence: number): Block {
    return this.#open.find((block) => block.sequence === sequence) ?? refuse(sequence);
  }

  /** @throws PeerError QKD_PEER_PROTOCOL for a block that is not finishing. */
  findFinishing(sequence: number): Block {
    return this.amplifying(sequence) ?? refuse(sequence);
  }

  /** The block that is amplified under that number, if it is still wanted. */
  amplifying(sequence: number): Block | undefined {
    return this.#finishing.find((block) => block.sequence === sequence);
  }

  /** Both sites have authenticated the block. */
  finish(block: Block): void {
    this.remove(block);
    this.#finishing = [...this.#finishing, block];
  }

  /** The block left, or is lost. */
  remove(block: Block): void {
    this.#open = this.#open.filter((other) => other !== block);
    this.#finishing = this.#finishing.filter((other) => other !== block);
  }
}

function refuse(sequence: number): never {
  throw new PeerError("QKD_PEER_PROTOCOL", "the peer speaks of a block that is not under way", {
    context: { sequence },
  });
}
