import { PeerError } from "../../errors/index.ts";
import {
  agreementAbsent,
  agreementAsk,
  agreementGone,
  agreementGoneHeard,
  agreementHeard,
  agreementReleased,
  agreementStored,
  MAX_AGREED_BLOCKS,
  MAX_NOTICES,
  type PeerMessage,
} from "../../protocol/index.ts";
import type { SendMessage } from "../peer/send-message.ts";
import type { GoneNotice } from "../pool/key-pool.ts";
import type { ReleaseClaim, StoredClaim } from "./agreement-state.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The claims of a `stored` or `ask`. Throws PeerError. */
export function storedClaims(message: typeof agreementStored, body: Uint8Array): StoredClaim[] {
  return message
    .decode(body)
    .blocks.map((block) => ({ ...block, provenance: hexOf(block.provenance), tag: hexOf(block.tag) }));
}

/** The claims of a `released`. Throws PeerError. */
export function releaseClaims(body: Uint8Array): ReleaseClaim[] {
  return agreementReleased.decode(body).blocks.map((block) => ({ ...block, tag: hexOf(block.tag) }));
}

/** The notices of a `gone`. Throws PeerError, also for a place that its reason does not have. */
export function goneNotices(body: Uint8Array): readonly GoneNotice[] {
  const { notices } = agreementGone.decode(body);
  for (const { reason, past } of notices)
    if (past > 0 !== (reason === "burnt"))
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer's agreement.gone message contradicts itself", {
        context: { reason, past },
      });
  return notices;
}

type Said =
  | { readonly say: "stored" | "ask"; readonly block: StoredClaim }
  | { readonly say: "released"; readonly block: ReleaseClaim }
  | { readonly say: "absent" | "heard"; readonly block: { readonly blockId: string } }
  | { readonly say: "gone"; readonly block: GoneNotice }
  | { readonly say: "goneHeard"; readonly block: { readonly number: number } };

/** What waits to be said, in order. Neighbours of one kind share a message. */
export class AgreementMail {
  readonly #send: SendMessage;
  #waiting: Said[] = [];

  constructor(send: SendMessage) {
    this.#send = send;
  }

  say(said: Said): void {
    this.#waiting.push(said);
  }

  /** Sends everything; rejects as `send` does, and then forgets the rest. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; ) {
      const { say } = waiting[from] as Said;
      const limit = say === "gone" || say === "goneHeard" ? MAX_NOTICES : MAX_AGREED_BLOCKS;
      let past = from + 1;
      while (past < waiting.length && past - from < limit && waiting[past]?.say === say) past += 1;
      await this.#sendAlike(say, waiting.slice(from, past));
      from = past;
    }
  }

  #sendAlike(say: Said["say"], said: readonly Said[]): Promise<void> {
    const blocks = said.map(({ block }) => block);
    if (say === "stored" || say === "ask") {
      const message = say === "stored" ? agreementStored : agreementAsk;
      const claims = (blocks as StoredClaim[]).map((claim) => ({
        ...claim,
        provenance: bytesOf(claim.provenance),
        tag: bytesOf(claim.tag),
      }));
      return this.#send(message, { blocks: claims });
    }
    if (say === "released")
      return this.#send(agreementReleased, {
        blocks: (blocks as ReleaseClaim[]).map((claim) => ({ ...claim, tag: bytesOf(claim.tag) })),
      });
    if (say === "gone") return this.#send(agreementGone, { notices: blocks as GoneNotice[] });
    if (say === "goneHeard")
      return this.#send(agreementGoneHeard, { notices: blocks as { readonly number: number }[] });
    const message: PeerMessage<{ readonly blocks: readonly { readonly blockId: string }[] }> =
      say === "absent" ? agreementAbsent : agreementHeard;
    return this.#send(message, { blocks: blocks as { readonly blockId: string }[] });
  }
}
