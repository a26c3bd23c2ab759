import { PeerError, QkdError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../../../options/index.ts";
import { distillationHello, distillationOffer, distillationRefuse } from "../../../../protocol/index.ts";
import type { SourceHoldings } from "../../block-source.ts";
import { AliceRole } from "../alice/alice-role.ts";
import { authMaterialBytes } from "../block/block-authentication.ts";
import { BobRole } from "../bob/bob-role.ts";
import type { DistillationProgress, EngineInput, EngineOutput, RandomSource } from "../engine-io.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { AuthSupply } from "../session/auth-supply.ts";
import { HelloBudget } from "../session/hello-budget.ts";
import { Session } from "../session/session.ts";
import { NONCE_BYTES, SessionHandshake } from "../session/session-handshake.ts";
import type { Role } from "../session/session-port.ts";
import {
  type AgreedSettings,
  agreedSettings,
  type DistillationSettings,
  settingsDigest,
} from "../settings.ts";
import { dueWaits } from "../waits/due-waits.ts";
import { stallError } from "../waits/stall-error.ts";
import { waitLimits } from "../waits/wait-limits.ts";
import { type Expiry, NO_WAITS, type Wait, waitsStep } from "../waits/waits.ts";

/** Broken sessions in a row, without a block in between, after which the engine waits for a new connection. */
const MAX_FAULTS = 16;
/** Sessions in a row that ended because the peer did not go on, after which a new connection is asked for. */
const MAX_STALLS = 4;

/** What an engine is made of. */
export interface EngineParts {
  readonly settings: DistillationSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  /** First block sequence this site may use: one more than it ever stored. */
  readonly firstSequence: number;
  /** Blocks that may be opened in all, until that is told anew; default: any number. */
  readonly attempts?: number;
}

const SITE = rule.choice("alice", "bob");
const PARTS: RulesOf<EngineParts> = {
  settings: rule.anyObject,
  kernels: rule.like(
    {
      bits: rule.anyObject,
      hash: rule.anyObject,
      privacyAmplification: rule.anyObject,
      cascade: rule.callback,
    },
    "the kernels that number crunching needs",
  ),
  random: rule.callback,
  firstSequence: rule.whole(0, Number.MAX_SAFE_INTEGER),
  attempts: maybe(rule.number(0, Number.POSITIVE_INFINITY)),
};

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
  readonly #settings: AgreedSettings;
  #connected = false;
  #faults = 0;
  #stalls = 0;
  #sessions = 0;
  /** What the peer says on this connection counts no more. */
  #muted = false;
  #ownHellos = new HelloBudget(1);
  #peerHellos = { fresh: new HelloBudget(), repeated: new HelloBudget() };
  /** When this side's present hello left, and whether one is to leave as soon as the budget allows. */
  #hello = { saidAtMs: 0, due: false };
  #roundTripMs: number | null = null;
  #waits = NO_WAITS;

  constructor(site: "alice" | "bob", parts: EngineParts) {
    checkArgument("site", site, SITE);
    checkOptions("the parts of a DistillationEngine", parts, PARTS);
    const settings = agreedSettings(parts.settings);
    const { kernels, random, firstSequence, attempts = Number.POSITIVE_INFINITY } = parts;
    const digest = settingsDigest(settings);
    this.#site = site;
    this.#settings = settings;
    this.#handshake = new SessionHandshake(site, digest);
    this.#supply = new AuthSupply(site, authMaterialBytes(kernels.hash), {
      request: (request) => this.#session.emit({ type: "needAuth", request }),
      offer: (offer) => this.#session.send(distillationOffer, offer),
      refuse: (refusal) => this.#session.send(distillationRefuse, refusal),
      failed: (error) => this.#session.failed(error),
      mayOffer: () => this.#session.mayAttempt,
    });
    this.#session = new Session(
      { site, settings, settingsDigest: digest, kernels, random, firstSequence, attempts },
      this.#supply,
    );
    this.#session.onProgress = () => {
      this.#faults = 0;
      this.#stalls = 0;
    };
    this.#role = site === "alice" ? new AliceRole(this.#session) : new BobRole(this.#session);
    this.#session.attach(this.#role);
  }

  /**
   * Takes inputs in order and returns what is to be done, in order. An empty list lets time pass: `nowMs` is monotonic,
   * `wallMs` the time of day, which keys are dated by.
   */
  step(inputs: readonly EngineInput[], nowMs: number, wallMs: number = nowMs): EngineOutput[] {
    this.#session.nowMs = nowMs;
    this.#session.wallMs = wallMs;
    this.#role.recycle();
    for (const input of inputs) this.#guarded(() => this.#take(input));
    if (this.#hello.due) this.#begin();
    this.#guarded(() => {
      this.#supply.tick(nowMs);
      this.#session.expireClosing();
      if (this.#handshake.established) this.#role.pump();
      this.#session.flush();
    });
    this.#watch(nowMs);
    return this.#session.takeOutputs();
  }

  get progress(): DistillationProgress {
    return { ...this.#session.totals };
  }

  /** Blocks under way, and the highest number that a block here can have by now. */
  get holdings(): SourceHoldings {
    return this.#session.holdings;
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
        this.#muted = false;
        this.#faults = 0;
        this.#stalls = 0;
        this.#ownHellos = new HelloBudget(1);
        this.#peerHellos = { fresh: new HelloBudget(), repeated: new HelloBudget() };
        this.#restart("the peer reconnected");
        return;
      case "peerDown":
        this.#connected = false;
        this.#hello.due = false;
        this.#handshake.end();
        this.#end("the peer is gone");
        return;
      case "peerMessage":
        this.#message(input.kind, input.body);
        return;
      case "authMaterial":
        if (input.level !== undefined) this.#session.reserveLevel = input.level;
        this.#supply.material(input.id, input.offset, input.material);
        return;
      case "authRefused":
        this.#supply.refused(input.id, input.error, this.#session.nowMs);
        return;
      case "mayAttempt":
        this.#session.attempts = input.attempts;
        this.#supply.reconsider();
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
    if (this.#muted) return;
    if (kind === distillationHello.kind) this.#greeted(body);
    // What the peer said before it knew of the new session belongs to the old one.
    else if (!this.#handshake.established) return;
    else if (kind === distillationOffer.kind)
      this.#supply.offered(distillationOffer.decode(body), this.#session.nextSequence);
    else if (kind === distillationRefuse.kind) this.#supply.refusedByPeer(distillationRefuse.decode(body));
    else this.#role.receive(kind, body);
  }

  #greeted(body: Uint8Array): void {
    const session = this.#session;
    const hello = distillationHello.decode(body);
    const budget = this.#peerHellos[this.#handshake.knows(hello.nonce) ? "repeated" : "fresh"];
    if (!budget.take(session.nowMs)) {
      session.totals.brokenSessions += 1;
      this.#renew(
        new PeerError("QKD_PEER_FLOOD", "the peer begins sessions faster than one a second", {
          retryable: true,
        }),
      );
      return;
    }
    const effect = this.#handshake.receive(hello, session.proposal, session.mostSequence);
    if (effect.confused) {
      this.#restart("the peer is in another session");
      return;
    }
    if (effect.reset) this.#end("the peer began a new session");
    if (effect.answer) session.send(distillationHello, this.#handshake.hello(session.closingIds));
    if (!effect.established) return;
    this.#roundTripMs = Math.max(0, session.nowMs - this.#hello.saidAtMs);
    session.nextSequence = this.#handshake.firstSequence;
    session.sessionId = this.#handshake.sessionId;
    session.resume(hello.closing.map(({ blockId }) => blockId));
    if (this.#site === "alice") session.prepare();
  }

  /** A broken message ends the session; a peer that breaks one after the other waits for a new connection. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      const hopeless = error.code === "QKD_DISTILLATION_SETTINGS" || error.code === "QKD_DEVICE_ROLE";
      this.#broken(error);
      this.#faults += 1;
      this.#handshake.end();
      if (hopeless) this.#muted = true;
      else if (this.#faults > MAX_FAULTS)
        this.#renew(
          new PeerError("QKD_PEER_PROTOCOL", "too many broken sessions: waiting for a new connection", {
            context: { faults: this.#faults },
          }),
        );
      this.#restart(error.code);
    }
  }

  /** Judges every wait; called when all that could be done is done. */
  #watch(nowMs: number): void {
    const [waits, expiry] = waitsStep(this.#waits, this.#due(), nowMs);
    this.#waits = waits;
    if (expiry !== null) this.#stalled(expiry);
  }

  #due(): readonly Wait[] {
    if (!this.#connected || this.#muted) return [];
    const limits = waitLimits(this.#settings, this.#roundTripMs);
    if (this.#handshake.established) return dueWaits(this.#session.facts, limits);
    if (this.#hello.due) return [];
    const mark = String(this.#sessions);
    return [
      { awaited: "hello", sequence: null, mark, limitMs: limits.answerMs, of: "peer", excusable: false },
    ];
  }

  /** Ends the session for want of an answer; amplification that does not end costs its block alone. */
  #stalled(expiry: Expiry): void {
    const error = stallError(expiry);
    const { awaited, sequence, excusable } = expiry.wait;
    if (awaited === "amplification" && sequence !== null) {
      this.#session.amplifyFailed(sequence, error);
      return;
    }
    this.#broken(error);
    this.#handshake.end();
    if (!excusable && ++this.#stalls >= MAX_STALLS) {
      this.#stalls = 0;
      this.#session.emit({ type: "reconnect", error });
    }
    this.#restart(error.code);
  }

  /** Gives the connection up: nothing more is heard or said on it. */
  #renew(error: QkdError): void {
    this.#session.failed(error);
    this.#session.emit({ type: "reconnect", error });
    this.#muted = true;
    this.#handshake.end();
    this.#end(error.code);
  }

  #broken(error: QkdError): void {
    this.#session.totals.brokenSessions += 1;
    this.#session.failed(error);
  }

  #restart(reason: string): void {
    this.#end(reason);
    if (this.#connected && !this.#muted) this.#begin();
  }

  /** Says hello under a fresh nonce, at once or when the budget allows. */
  #begin(): void {
    const { random, proposal, nowMs } = this.#session;
    this.#hello.due = !this.#ownHellos.take(nowMs);
    if (this.#hello.due) {
      this.#handshake.end();
      return;
    }
    this.#hello.saidAtMs = nowMs;
    const nonce = random(NONCE_BYTES, `nonce/${this.#site}/${this.#sessions++}`);
    this.#handshake.begin(nonce, proposal);
    this.#session.send(distillationHello, this.#handshake.hello(this.#session.closingIds));
  }

  #end(reason: string): void {
    this.#session.end(reason);
    this.#role.restart();
  }
}
