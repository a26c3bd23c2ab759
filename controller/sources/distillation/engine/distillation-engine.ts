import { PeerError, QkdError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import { distillationHello, distillationOffer, distillationRefuse } from "../../../../protocol/index.ts";
import { AliceRole } from "../alice/alice-role.ts";
import { authMaterialBytes } from "../block/block-authentication.ts";
import { BobRole } from "../bob/bob-role.ts";
import type { DistillationProgress, EngineInput, EngineOutput, RandomSource } from "../engine-io.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { AuthSupply } from "../session/auth-supply.ts";
import { Session } from "../session/session.ts";
import { NONCE_BYTES, SessionHandshake } from "../session/session-handshake.ts";
import type { Role } from "../session/session-port.ts";
import { agreedSettings, type DistillationSettings, settingsDigest } from "../settings.ts";

/** Broken sessions in a row, without a block in between, after which the engine waits for a new connection. */
const MAX_FAULTS = 16;

/** What an engine is made of. */
export interface EngineParts {
  readonly settings: DistillationSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  /** First block sequence this site may use: one more than it ever stored. */
  readonly firstSequence: number;
}

/**
 * Distillation at one site. Pure: inputs and a time in, outputs out. Holds the rule that any broken message ends the
 * session and drops its blocks on both sides; what Alice and Bob do differently is their roles'.
 */
export class DistillationEngine {
  readonly #site: "alice" | "bob";
  readonly #session: Session;
  readonly #supply: AuthSupply;
  readonly #role: Role;
  readonly #handshake: SessionHandshake;
  #connected = false;
  #faults = 0;
  #sessions = 0;

  constructor(site: "alice" | "bob", parts: EngineParts) {
    const settings = agreedSettings(parts.settings);
    const { kernels, random, firstSequence } = parts;
    const digest = settingsDigest(settings);
    this.#site = site;
    this.#handshake = new SessionHandshake(site, digest);
    this.#supply = new AuthSupply(site, authMaterialBytes(kernels.hash), {
      request: (request) => this.#session.emit({ type: "needAuth", request }),
      offer: (offer) => this.#session.send(distillationOffer, offer),
      refuse: (refusal) => this.#session.send(distillationRefuse, refusal),
      failed: (error) => this.#session.failed(error),
    });
    this.#session = new Session(
      { site, settings, settingsDigest: digest, kernels, random, firstSequence },
      this.#supply,
    );
    this.#session.onProgress = () => {
      this.#faults = 0;
    };
    this.#role = site === "alice" ? new AliceRole(this.#session) : new BobRole(this.#session);
    this.#session.attach(this.#role);
  }

  /** Takes inputs in order and returns what is to be done, in order. An empty list lets time pass. */
  step(inputs: readonly EngineInput[], nowMs: number): EngineOutput[] {
    this.#session.nowMs = nowMs;
    this.#role.recycle();
    for (const input of inputs) this.#guarded(() => this.#take(input));
    this.#guarded(() => {
      this.#supply.tick(nowMs);
      if (this.#handshake.established) this.#role.pump();
      this.#session.flush();
    });
    return this.#session.takeOutputs();
  }

  get progress(): DistillationProgress {
    return { ...this.#session.totals };
  }

  /** Cohorts under way as a share, 0 to 1, of those that may be. */
  get cohortsShare(): number {
    const { totals, settings } = this.#session;
    return totals.cohortsInFlight / settings.cohortsInFlight;
  }

  #take(input: EngineInput): void {
    switch (input.type) {
      case "rawFrame":
        this.#frame(input.frame, input.planes);
        return;
      case "peerUp":
        this.#connected = true;
        this.#faults = 0;
        this.#restart("the peer reconnected");
        return;
      case "peerDown":
        this.#connected = false;
        this.#handshake.end();
        this.#end("the peer is gone");
        return;
      case "peerMessage":
        this.#message(input.kind, input.body);
        return;
      case "authMaterial":
        this.#supply.material(input.id, input.offset, input.material);
        return;
      case "authRefused":
        this.#supply.refused(input.id, input.error, this.#session.nowMs);
        return;
      case "amplified":
        this.#session.amplified(input.sequence, input.key);
        return;
      case "amplifyFailed":
        this.#session.amplifyFailed(input.sequence, input.error);
        return;
      case "flush":
        if (this.#handshake.established) this.#role.flush();
        return;
    }
  }

  #frame(facts: FrameFacts, planes: Uint8Array): void {
    try {
      if (!this.#role.offer(facts, planes)) this.#session.refuse(facts);
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      this.#session.refuse(facts);
      this.#session.failed(error);
    }
  }

  #message(kind: number, body: Uint8Array): void {
    if (kind === distillationHello.kind) this.#hello(body);
    // What the peer said before it knew of the new session belongs to the old one.
    else if (!this.#handshake.established) return;
    else if (kind === distillationOffer.kind)
      this.#supply.offered(distillationOffer.decode(body), this.#session.nextSequence);
    else if (kind === distillationRefuse.kind) this.#supply.refusedByPeer(distillationRefuse.decode(body));
    else this.#role.receive(kind, body);
  }

  #hello(body: Uint8Array): void {
    const session = this.#session;
    const effect = this.#handshake.receive(distillationHello.decode(body), session.nextSequence);
    if (effect.confused) {
      this.#restart("the peer is in another session");
      return;
    }
    if (effect.reset) this.#begunAnew();
    if (effect.answer !== null) session.send(distillationHello, effect.answer);
    if (!effect.established) return;
    session.begin(this.#handshake.sessionId, this.#handshake.firstSequence);
    if (this.#site === "alice") session.prepare();
  }

  /** Each session costs authentication material, so beginning anew counts like breaking a session. */
  #begunAnew(): void {
    this.#end("the peer began a new session");
    if (++this.#faults > MAX_FAULTS)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer begins one session after the other", {
        context: { faults: this.#faults },
      });
  }

  /** A broken message ends the session; a peer that breaks one after the other waits for a new connection. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      const hopeless = error.code === "QKD_DISTILLATION_SETTINGS" || error.code === "QKD_DEVICE_ROLE";
      this.#faults += hopeless ? MAX_FAULTS + 1 : 1;
      this.#session.failed(error);
      if (this.#faults > MAX_FAULTS && !hopeless)
        this.#session.failed(
          new PeerError("QKD_PEER_PROTOCOL", "too many broken sessions: waiting for a new connection", {
            context: { faults: this.#faults },
          }),
        );
      this.#handshake.end();
      this.#restart(error.code);
    }
  }

  #restart(reason: string): void {
    this.#end(reason);
    if (!this.#connected || this.#faults > MAX_FAULTS) return;
    const { random, nextSequence } = this.#session;
    const nonce = random(NONCE_BYTES, `nonce/${this.#site}/${this.#sessions++}`);
    this.#session.send(distillationHello, this.#handshake.begin(nonce, nextSequence));
  }

  #end(reason: string): void {
    this.#session.end(reason);
    this.#role.restart();
  }
}
