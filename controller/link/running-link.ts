import { setTimeout as sleep } from "node:timers/promises";
import { type Observable, Subject, type Subscription } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { HashKernel } from "../../kernels/index.ts";
import type { KeySource } from "../delivery/take-keys.ts";
import type { ControllerEvent } from "../events.ts";
import { Pair } from "../pair/pair.ts";
import type { PeerState } from "../peer/peer-channel.ts";
import type { PeerCredentials } from "../peer/peer-credentials.ts";
import { type SendMessage, sendOver } from "../peer/send-message.ts";
import { costOfAttempt } from "../policy/epsilon-budget.ts";
import type { FallbackPolicy } from "../policy/fallback/fallback-policy.ts";
import type { HealthPolicy } from "../policy/health/health-settings.ts";
import type { OpenKeyPool, SiteRole } from "../pool/key-pool.ts";
import { LINK_KEY_BYTES } from "../pool/link-secret.ts";
import type { OpeningReport } from "../pool/opening-report.ts";
import { type PairEnd, siteOfEnd } from "../pool/proposer.ts";
import type { BlockSource, SourcePorts } from "../sources/block-source.ts";
import { DistilledSource } from "../sources/distillation/host/distilled-source.ts";
import type { BlockReport, ConnectedDistillation } from "../sources/distillation/index.ts";
import { HybridSource } from "../sources/hybrid/hybrid-source.ts";
import { PqcKeyMaker } from "../sources/pqc/pqc-key-maker.ts";
import { ReserveRecovery } from "../sources/recovery/reserve-recovery.ts";
import { PadWitness } from "../sources/witness/pad-witness.ts";
import { steadyMs } from "../steady-time.ts";
import type { StoreFigures } from "./controller.ts";
import { EpsilonWatch } from "./epsilon-watch.ts";
import { type LedgerReport, ledgerReport, writeLedgerFile } from "./ledger-file.ts";
import { LinkEnd } from "./link-end.ts";
import { linkFailure } from "./link-failure.ts";
import type { LinkOptions } from "./link-options.ts";
import { LinkWatch } from "./link-watch.ts";
import { ServedBits } from "./served-bits.ts";
import { openingNews } from "./store-opening.ts";

/** What a guest of a running link may do to the pair that it joins. */
export interface GuestPorts extends SourcePorts {
  readonly send: SendMessage;
  readonly failed: (error: unknown) => void;
}

/** The parts that a running link is composed of; it owns and closes `distillation` alone. */
export interface RunningLinkParts {
  readonly options: LinkOptions;
  readonly role: SiteRole;
  /** Which end of the pair of nodes this is, whichever device stands here. */
  readonly end: PairEnd;
  readonly linkId: string;
  /** Keys, reserve and ledger of the pair of nodes that the link joins. */
  readonly store: OpenKeyPool;
  /** How the store was found, to be told once somebody listens; null where that was told before. */
  readonly storeOpening: OpeningReport | null;
  /** The report of the ledger is written beside this file. */
  readonly ledgerBeside: string;
  readonly distillation: ConnectedDistillation;
  readonly health: HealthPolicy;
  readonly fallback: FallbackPolicy;
  /** Makes the tags by which both sites confirm blocks. */
  readonly hash: HashKernel;
  /** What else speaks with the other node over this link's connection. */
  readonly guests?: (ports: GuestPorts) => readonly BlockSource[];
}

const TICK_MS = 500;

/** One end of a link at work: the link end, the pair of nodes that it joins, and the sources that fill the pair's pool. */
export class RunningLink {
  readonly role: SiteRole;
  /** Keys of the pair, as key delivery and embedding programs take them. */
  readonly keys: KeySource;
  readonly events$: Observable<ControllerEvent>;
  readonly state$;
  readonly blocks$: Observable<BlockReport>;
  readonly failures$: Observable<QkdError>;
  readonly peerState$: Observable<PeerState>;
  readonly progress$;
  readonly #parts: RunningLinkParts;
  readonly #served = new ServedBits();
  readonly #watch: LinkWatch;
  readonly #epsilon: EpsilonWatch;
  #ledger: LedgerReport | null = null;
  #ledgerText = "";
  readonly #pair: Pair;
  readonly #link: LinkEnd;
  readonly #hybrid: HybridSource;
  readonly #sources: readonly BlockSource[];
  readonly #events = new Subject<ControllerEvent>();
  readonly #blocks = new Subject<BlockReport>();
  readonly #failures = new Subject<QkdError>();
  readonly #blocksOf: Subscription;
  #timer: NodeJS.Timeout | null = null;
  #ticking = false;
  #openingTold = false;
  #halting: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: RunningLinkParts) {
    const { options, role, end, linkId, store, distillation } = parts;
    const site = siteOfEnd(end);
    this.#parts = parts;
    this.role = role;
    this.events$ = this.#events.asObservable();
    this.blocks$ = this.#blocks.asObservable();
    this.failures$ = this.#failures.asObservable();
    const failed = (error: unknown) => this.#fail(error);
    const pairParts = { end, linkId, hash: parts.hash };
    this.#pair = new Pair(store.pool, distillation.channel, pairParts, {
      connected: (up) => this.#watch.tell({ type: "peer", atMs: steadyMs(), up }),
      available: ({ blockId, origin, keyBytes }) =>
        this.#events.next({ type: "keysAdded", atMs: Date.now(), origin, bits: 8 * keyBytes, blockId }),
      discarded: (blockId) => this.#degraded(`block ${blockId} is not held by the other site`),
      lost: (lost) => this.#events.next({ type: "keysLost", atMs: Date.now(), ...lost }),
      clock: (offsetMs) => this.#events.next({ type: "peerClock", atMs: Date.now(), offsetMs }),
      expired: (origin, bits, atMs) => this.#events.next({ type: "keyExpired", atMs, origin, bits }),
      failed,
    });
    const offer = this.#pair.offer.bind(this.#pair);
    const distilled = new DistilledSource(distillation, {
      offer,
      withholds: (report) => {
        if (this.#epsilon.stopped) return "epsilon budget spent";
        return this.#watch.isSuspect(report) ? "eavesdropper suspected" : null;
      },
      charge: (cost) => store.ledger.charge(cost),
      attempts: async (ended) => this.#epsilon.attempts(await store.ledger.totals(), ended),
      failed,
    });
    const link = { linkId, linkKey: options.secret.reveal().slice(0, LINK_KEY_BYTES) };
    const reserve = { site, link, auth: store.auth, send: sendOver(distillation.channel) };
    const witness = new PadWitness({
      ...reserve,
      resumed: (offset) => this.#events.next({ type: "authResumed", atMs: Date.now(), offset }),
    });
    const recovery = new ReserveRecovery({
      ...reserve,
      ready: () => witness.settled(),
      policy: options.authRecovery ?? "manual",
      failed,
      recovered: (round) => this.#events.next({ type: "authRecovered", atMs: Date.now(), round }),
    });
    const exchanged = new PqcKeyMaker({
      offer,
      site,
      link,
      pool: store.pool,
      send: sendOver(distillation.channel),
      kem: options.kem ?? "ML-KEM-768",
      ...(options.pqcReserveBits === undefined ? {} : { targetBits: options.pqcReserveBits }),
    });
    const hybrid = new HybridSource({
      offer,
      end,
      pair: { ...link, kem: options.kem ?? "ML-KEM-768", combiner: options.combiner ?? "kdf" },
      pool: store.pool,
      send: sendOver(distillation.channel),
      quantum: ["qkd"],
      morePqc: (bits) => exchanged.fill({ bits }),
      giveUp: (blockId) => this.#pair.giveUp(blockId),
      now: Date.now,
      steadyMs,
      sleep,
    });
    this.#hybrid = hybrid;
    const guests = parts.guests?.({ offer, send: sendOver(distillation.channel), failed }) ?? [];
    this.#sources = [distilled, exchanged, hybrid, witness, recovery, ...guests];
    this.#watch = new LinkWatch(parts.health, parts.fallback, {
      publish: (event) => this.#events.next({ ...event, atMs: Date.now() }),
      engage: (engaged) => (engaged ? exchanged.engage() : exchanged.relax()),
    });
    this.#epsilon = new EpsilonWatch(options.epsilonBudget ?? {}, costOfAttempt(options.distillation), {
      publish: (event) => this.#events.next(event),
      stop: () => void this.#link.halt(),
    });
    this.#link = new LinkEnd(options.transceiver, distilled, this.#watch, {
      degraded: (reason) => this.#degraded(reason),
      failed,
    });
    this.keys = {
      pool: store.pool,
      ledger: () => this.#ledger,
      fallback: () => this.#watch.view,
      logLost: options.logLost ?? (() => false),
      morePqc: (bits) => exchanged.fill({ bits }),
      moreHybrid: (bits) => hybrid.fill({ bits }),
      served: (bits, origin) => {
        this.#served.add(bits);
        if (origin === "hybrid") hybrid.served(bits);
      },
    };
    this.peerState$ = this.#pair.peerState$;
    this.progress$ = distilled.progress$;
    this.state$ = this.#watch.condition$;
    this.#blocksOf = distilled.reports$.subscribe((report) => this.#blocks.next(report));
  }

  get peerPort(): number | null {
    return this.#pair.port;
  }

  async ledger(): Promise<LedgerReport> {
    const { store, options, linkId } = this.#parts;
    const [totals, { auth }] = await Promise.all([store.ledger.totals(), store.auth.recovery()]);
    const attempt = costOfAttempt(options.distillation);
    const budget = options.epsilonBudget ?? {};
    return ledgerReport({ linkId, site: this.role, budget, attempt }, totals, auth);
  }

  async storeFigures(): Promise<Omit<StoreFigures, "generation">> {
    const { auth, audit } = this.#parts.store;
    const [reserve, commits] = await Promise.all([auth.remaining(), audit.commits()]);
    return { reserve, commits };
  }

  setFallback(engage: boolean): void {
    this.#watch.operate(engage, steadyMs());
  }

  /** Listens, then dials or waits, then starts the key exchange. Rejects with what kept it from starting. */
  async start(): Promise<void> {
    const { options } = this.#parts;
    this.#link.join();
    await this.#account();
    await this.#pair.start(this.#sources);
    if (!this.#epsilon.stopped) await this.#link.start(options.keyExchange ?? {});
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  /** Certificates that count from now on. Rejects with ConfigError, and nothing changed, for unusable ones. */
  async renew(credentials: PeerCredentials): Promise<void> {
    await this.#parts.distillation.channel.renew?.(credentials);
  }

  /** Stops the key exchange and what time does; keys are still served. Idempotent. */
  halt(): Promise<void> {
    this.#halting ??= this.#halt();
    return this.#halting;
  }

  async #halt(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#link.close();
  }

  /** Stops everything; the store stays open. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.halt();
    await this.#pair.close();
    for (const source of this.#sources) await source.close();
    this.#blocksOf.unsubscribe();
    await this.#account().catch((error: unknown) => this.#fail(error));
    this.#watch.close();
    for (const subject of [this.#events, this.#blocks, this.#failures]) subject.complete();
  }

  /** Once, when those who started the controller have had time to listen. */
  #tellOpening(): void {
    if (this.#openingTold) return;
    this.#openingTold = true;
    if (this.#parts.storeOpening === null) return;
    const { event, failure } = openingNews(this.#parts.storeOpening);
    if (event !== null) this.#events.next(event);
    if (failure !== null) this.#fail(failure);
  }

  #degraded(reason: string): void {
    this.#events.next({ type: "linkDegraded", atMs: Date.now(), reason });
  }

  /** Looks into the ledger: tells and obeys the budget, and writes the report where it says something new. */
  async #account(): Promise<void> {
    const report = await this.ledger();
    this.#ledger = report;
    if (this.#openingTold) this.#epsilon.tell(report);
    else this.#epsilon.obey(report);
    const text = JSON.stringify({ ...report, atMs: 0, yearlyPace: 0 });
    if (text === this.#ledgerText) return;
    writeLedgerFile(this.#parts.ledgerBeside, report);
    this.#ledgerText = text;
  }

  /** What time alone changes: levels, rates, expiry, blocks that wait too long for the other site. */
  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#tellOpening();
    const atMs = steadyMs();
    try {
      const { availableBits } = await this.#parts.store.pool.status("qkd");
      this.#watch.served(this.#served.take(), atMs);
      this.#watch.tell({ type: "pool", atMs, availableBits });
      this.#link.tick(atMs);
      await this.#account();
      this.#watch.tell({ type: "tick", atMs });
      await this.#pair.tick(Date.now(), this.#parts.options.maxKeyAgeMs);
      await this.#hybrid.keepFilled();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#ticking = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#halting === null && this.#closing === null) this.#failures.next(linkFailure(error));
  }
}
