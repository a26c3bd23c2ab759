import { SecretBytes } from "../../../protocol/index.ts";
import { exclusiveOr } from "../../pool/pads/exclusive-or.ts";

/** Shares that wait in memory for the others of their blocks. */
export class ShareVault {
  readonly #shares = new Map<string, SecretBytes[]>();

  /** Blocks of which it holds shares. */
  get blocks(): number {
    return this.#shares.size;
  }

  /** Takes ownership of the share. */
  keep(blockId: string, share: SecretBytes): void {
    this.#shares.set(blockId, [...(this.#shares.get(blockId) ?? []), share]);
  }

  /** The exclusive-or of a block's shares, which are wiped; the caller's to wipe. */
  combine(blockId: string): SecretBytes {
    try {
      const shares = this.#shares.get(blockId) ?? [];
      return new SecretBytes(exclusiveOr(shares.map((share) => share.reveal())));
    } finally {
      this.wipe(blockId);
    }
  }

  wipe(blockId: string): void {
    for (const share of this.#shares.get(blockId) ?? []) share.wipe();
    this.#shares.delete(blockId);
  }

  wipeAll(): void {
    for (const blockId of [...this.#shares.keys()]) this.wipe(blockId);
  }
}
