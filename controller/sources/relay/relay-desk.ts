import { PeerError } from "../../../errors/index.ts";
import { relayHop, relayRefused, SecretBytes } from "../../../protocol/index.ts";
import { bindTail } from "../../pool/bind-tail.ts";
import type { NodeId, PadFailure, PadsCommitted } from "../../pool/pads/pad-store.ts";
import type { RelayPorts } from "./relay-ports.ts";
import type { RelayEffect, RelayInput, RelayProposal, RelayState } from "./relay-state.ts";
import { freshRelay, relayStep } from "./relay-step.ts";
import { endsOf, provenanceOf, type RelayHop } from "./relayed-block.ts";
import { hopText, sealHop, shareOf } from "./seal-hop.ts";
import { ShareVault } from "./share-vault.ts";

/** Hops that may wait for the store: some hundred small ones, or fifty as large as they may be. */
const MAX_WAITING_BYTES = 4 << 20;
/** What a waiting message costs besides its body. */
const MESSAGE_BYTES = 256;

/** What a commit brought that is secret, while its effects are done. */
interface Secrets {
  readonly taken: readonly SecretBytes[];
  /** What the hop brought, uncovered. */
  readonly share: SecretBytes | null;
}

const NOTHING: Secrets = { taken: [], share: null };

/**
 * Carries out what `relayStep` decides: pads and shares are here and nowhere else, and are wiped when what they were taken
 * for is done. Inputs are handled one after the other; sending waits for nobody, so that no slow neighbour holds up others.
 */
export class RelayDesk {
  readonly #ports: RelayPorts;
  readonly #vault = new ShareVault();
  readonly #answers = new Map<string, (failure: PadFailure | null) => void>();
  #state: RelayState;
  #queue: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #closed = false;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#state = freshRelay(ports.node);
  }

  /** Blocks of which shares wait here for others. */
  get gathering(): number {
    return this.#vault.blocks;
  }

  /**
   * Proposes a block; resolves once its shares are on their way, or with why none is: `closed` after the end. Rejects with
   * KeyStoreError.
   */
  async propose(proposal: RelayProposal): Promise<PadFailure | "closed" | null> {
    const { blockId, block, rank } = proposal;
    const leastLeftBytes = block.paths.map((path) => this.#ports.towards(path[1] ?? "", rank).leastLeftBytes);
    let failure: PadFailure | "closed" | null = "closed";
    this.#answers.set(blockId, (answer) => {
      failure = answer;
    });
    try {
      await this.#take({ type: "propose", proposal, leastLeftBytes });
      return failure;
    } finally {
      this.#answers.delete(blockId);
    }
  }

  /** Handles a hop or a refusal; false for any other kind. Rejects with PeerError for a message that none is, and with KeyStoreError. */
  async receive(from: NodeId, kind: number, body: Uint8Array): Promise<boolean> {
    if (kind === relayRefused.kind) {
      await this.#take({ type: "refused", from, refused: relayRefused.decode(body) });
      return true;
    }
    if (kind !== relayHop.kind) return false;
    const hop = relayHop.decode(body);
    if (this.#waitingBytes + body.length > MAX_WAITING_BYTES)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sends hops faster than they can be passed on", {
        context: { waitingBytes: this.#waitingBytes },
        retryable: true,
      });
    this.#waitingBytes += body.length + MESSAGE_BYTES;
    try {
      await this.#hear(from, hop);
    } finally {
      this.#waitingBytes -= body.length + MESSAGE_BYTES;
    }
    return true;
  }

  /** A block that this node proposed is released, or destroyed. */
  decided(blockId: string): Promise<void> {
    return this.#take({ type: "decided", blockId });
  }

  /** Lets time pass: gives up what nobody waits for any more. */
  tick(): Promise<void> {
    return this.#take({ type: "tick", atMs: this.#ports.steadyMs() });
  }

  /** Finishes what was begun, takes nothing more and wipes what waits. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue;
    this.#vault.wipeAll();
  }

  #hear(from: NodeId, hop: RelayHop): Promise<void> {
    const { towards } = this.#ports;
    const next = towards(hop.shares[hop.share]?.path[hop.position + 2] ?? "", hop.rank);
    const { way, leastLeftBytes } = next;
    const input = { type: "hop", from, hop, text: hopText(hop), next: way, leastLeftBytes } as const;
    return this.#take(input, hop);
  }

  /** Steps when what came before is done, and does what comes of it. */
  #take(input: RelayInput, hop: RelayHop | null = null): Promise<void> {
    const heardAtMs = this.#ports.steadyMs();
    const work = this.#queue.then(async () => {
      if (!this.#closed) await this.#perform(this.#step(input), NOTHING, hop, heardAtMs);
    });
    this.#queue = work.catch(() => {});
    return work;
  }

  #step(input: RelayInput): readonly RelayEffect[] {
    const [state, effects] = relayStep(this.#state, input);
    this.#state = state;
    return effects;
  }

  async #perform(
    effects: readonly RelayEffect[],
    secrets: Secrets,
    hop: RelayHop | null,
    heardAtMs: number,
  ): Promise<void> {
    for (const effect of effects)
      if (effect.do === "commit") await this.#commit(effect, hop, heardAtMs);
      else await this.#do(effect, secrets);
  }

  async #commit(
    { commit, work }: Extract<RelayEffect, { readonly do: "commit" }>,
    hop: RelayHop | null,
    heardAtMs: number,
  ): Promise<void> {
    const { pads, steadyMs } = this.#ports;
    const committed: PadsCommitted = await pads.commit(commit);
    const { failure, opened, taken } = committed;
    const share = opened === null || hop === null ? null : new SecretBytes(shareOf(hop, opened.reveal()));
    try {
      const facts = taken.map(({ places, epsilon, auth }) => ({ places, epsilon, auth }));
      const atMs = steadyMs();
      const effects = this.#step({
        type: "committed",
        work,
        failure,
        opened: opened !== null,
        pads: facts,
        heldMs: atMs - heardAtMs,
        atMs,
      });
      await this.#perform(effects, { taken: taken.map(({ material }) => material), share }, hop, heardAtMs);
    } finally {
      opened?.wipe();
      share?.wipe();
      for (const { material } of taken) material.wipe();
    }
  }

  async #do(effect: Exclude<RelayEffect, { readonly do: "commit" }>, secrets: Secrets): Promise<void> {
    const { tell, giveUp, send } = this.#ports;
    switch (effect.do) {
      case "sendHop":
        return this.#sendHop(effect, secrets);
      case "keepShare":
        if (secrets.share !== null)
          this.#vault.keep(effect.blockId, new SecretBytes(new Uint8Array(secrets.share.reveal())));
        return;
      case "offer":
        return this.#offer(effect);
      case "wipeShares":
        return this.#vault.wipe(effect.blockId);
      case "sendRefused":
        // An origin that cannot be told gives its block up by its own clock.
        send(effect.to, relayRefused, effect.refused).catch(() => {});
        return;
      case "giveUp":
        return giveUp(effect.acceptor, effect.blockId);
      case "answer":
        return this.#answers.get(effect.blockId)?.(effect.failure);
      case "tell":
        return tell(effect.event);
    }
  }

  #sendHop(
    { to, hop, pad, share }: Extract<RelayEffect, { readonly do: "sendHop" }>,
    secrets: Secrets,
  ): void {
    const { hash, send } = this.#ports;
    const material = secrets.taken[pad]?.reveal();
    const opened = secrets.share?.reveal();
    if (material === undefined || (share === "opened" && opened === undefined)) return;
    const sealed = sealHop(hash, hop, material, share === "opened" ? (opened ?? null) : null);
    send(to, relayHop, sealed).catch(() => this.#take({ type: "unsent", hop }).catch(() => {}));
  }

  async #offer({ blockId, block }: Extract<RelayEffect, { readonly do: "offer" }>): Promise<void> {
    const { sequence, createdAtMs, epsilon } = block;
    const key = this.#vault.combine(blockId);
    try {
      bindTail(blockId, key.reveal());
      const route = block.paths;
      const offered = { blockId, sequence, createdAtMs, epsilon, origin: "relay" as const, route, key };
      await this.#ports.offer(endsOf(block).proposer, offered, provenanceOf(block));
    } finally {
      key.wipe();
    }
  }
}
