import { type Observable, ReplaySubject, Subject, Subscription } from "rxjs";
import type { OpenedTransceiver, Transceiver } from "../../drivers/index.ts";
import { DeviceError, PeerError, type QkdError } from "../../errors/index.ts";
import type { KeySource } from "../delivery/take-keys.ts";
import type { ControllerEvent } from "../events.ts";
import { linkFailure } from "../link/link-failure.ts";
import type { LinkOptions } from "../link/link-options.ts";
import type { SiteCondition } from "../link/link-watch.ts";
import { type LinkOpening, openLink } from "../link/open-link.ts";
import type { RunningLink } from "../link/running-link.ts";
import type { PeerState } from "../peer/peer-channel.ts";
import type { PeerCredentials } from "../peer/peer-credentials.ts";
import { INITIAL_FALLBACK } from "../policy/fallback/fallback-machine.ts";
import type { OpenKeyPool, SiteRole } from "../pool/key-pool.ts";
import type { OpeningReport } from "../pool/opening-report.ts";
import type { BlockReport, DistillationProgress } from "../sources/distillation/index.ts";
import { restartAfterMs } from "./restart-pause.ts";

/** Opens the transceiver of a link each time that the link starts; until `signal` aborts. The node closes what it opens. */
export type TransceiverOpener = (signal: AbortSignal) => Promise<OpenedTransceiver>;

/** One link of a node, as it is to run. */
export interface LinkPlan extends Pick<LinkOpening, "end" | "ledgerBeside" | "guests"> {
  readonly linkId: string;
  readonly role: SiteRole;
  /** The node at the other end. */
  readonly neighbour: string;
  readonly options: Omit<LinkOptions, "transceiver">;
  readonly transceiver: Transceiver | TransceiverOpener;
  /** Names the device behind an opener. */
  readonly device?: string;
}

/** Failures of a running link after which only a fresh start helps. */
const BROKEN: ReadonlySet<string> = new Set([
  "QKD_DISTILLATION_WORKER",
  "QKD_DEVICE_IDENTITY",
  "QKD_DEVICE_ROLE",
]);

/** What a link says while it does not run. */
export type LinkStage = "starting" | "running" | "waiting" | "closed";

/**
 * One link end of a node with the keys of its pair, over all the times that it is started. Keys in stock are served
 * whether it runs or not.
 */
export class NodeLink {
  readonly linkId: string;
  readonly neighbour: string;
  readonly storeOpening: OpeningReport;
  readonly keys: KeySource;
  readonly events$: Observable<ControllerEvent>;
  readonly blocks$: Observable<BlockReport>;
  readonly state$: Observable<SiteCondition>;
  readonly progress$: Observable<DistillationProgress>;
  readonly peerState$: Observable<PeerState>;
  /** What went wrong and was survived: of the link while it runs, and of each start. */
  readonly failures$: Observable<QkdError>;
  readonly #plan: LinkPlan;
  readonly #store: OpenKeyPool;
  readonly #said = {
    events: new Subject<ControllerEvent>(),
    blocks: new Subject<BlockReport>(),
    state: new ReplaySubject<SiteCondition>(1),
    progress: new ReplaySubject<DistillationProgress>(1),
    peerState: new ReplaySubject<PeerState>(1),
    failures: new Subject<QkdError>(),
  };
  readonly #ending = new AbortController();
  #credentials: PeerCredentials;
  #running: RunningLink | null = null;
  #following = new Subscription();
  #transceiver: OpenedTransceiver | null = null;
  #openingTold = false;
  #stage: LinkStage = "starting";
  #patience: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  private constructor(plan: LinkPlan, store: OpenKeyPool, storeOpening: OpeningReport) {
    this.linkId = plan.linkId;
    this.neighbour = plan.neighbour;
    this.storeOpening = storeOpening;
    this.#plan = plan;
    this.#store = store;
    this.#credentials = plan.options.credentials;
    this.events$ = this.#said.events.asObservable();
    this.blocks$ = this.#said.blocks.asObservable();
    this.state$ = this.#said.state.asObservable();
    this.progress$ = this.#said.progress.asObservable();
    this.peerState$ = this.#said.peerState.asObservable();
    this.failures$ = this.#said.failures.asObservable();
    const { logLost = () => false } = plan.options;
    this.keys = {
      pool: store.pool,
      ledger: () => this.#running?.keys.ledger?.() ?? null,
      fallback: () => this.#running?.keys.fallback() ?? INITIAL_FALLBACK,
      logLost,
      morePqc: (bits) => this.#running?.keys.morePqc?.(bits) ?? Promise.reject(notRunning(this.linkId)),
      moreHybrid: (bits) => this.#running?.keys.moreHybrid?.(bits) ?? Promise.reject(notRunning(this.linkId)),
      served: (bits, origin) => this.#running?.keys.served?.(bits, origin),
    };
  }

  /** A link over the store of its pair, which stays the caller's to close; it does nothing yet. */
  static async over(store: OpenKeyPool, plan: LinkPlan): Promise<NodeLink> {
    return new NodeLink(plan, store, await store.audit.opening());
  }

  get plan(): LinkPlan {
    return this.#plan;
  }

  get store(): OpenKeyPool {
    return this.#store;
  }

  get stage(): LinkStage {
    return this.#stage;
  }

  /** Port that waits for the other node; null where this end dials, or does not run. */
  get peerPort(): number | null {
    return this.#running?.peerPort ?? null;
  }

  /** Starts the link once. Rejects with what kept it from starting. */
  async start(): Promise<RunningLink> {
    this.#stage = "starting";
    const { transceiver: given, linkId, role, end, options, ledgerBeside, guests } = this.#plan;
    const transceiver = typeof given === "function" ? await this.#open(given) : given;
    const running = await openLink({
      options: { ...options, credentials: this.#credentials, transceiver },
      role,
      end,
      linkId,
      ledgerBeside,
      ...(guests === undefined ? {} : { guests }),
      store: this.#store,
      storeOpening: this.#openingTold ? null : this.storeOpening,
    });
    if (this.#ending.signal.aborted) {
      await running.close();
      throw notRunning(linkId);
    }
    this.#openingTold = true;
    this.#running = running;
    this.#follow(running);
    await running.start();
    this.#stage = "running";
    return running;
  }

  /** Starts the link, and starts it anew whenever it fails, until it is closed. What fails is told. */
  keepRunning(): void {
    this.#patience ??= this.#keepRunning();
  }

  /** Certificates that count from now on. Rejects with ConfigError, and nothing changed, for unusable ones. */
  async renew(credentials: PeerCredentials): Promise<void> {
    await this.#running?.renew(credentials);
    this.#credentials = credentials;
  }

  /** Stops the key exchange; keys are still served. */
  async halt(): Promise<void> {
    this.#ending.abort();
    await this.#running?.halt();
  }

  /** Idempotent; the store stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.halt();
    await this.#patience;
    await this.#stop();
    this.#stage = "closed";
    for (const subject of Object.values(this.#said)) subject.complete();
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#ending;
    for (let failed = 0; !signal.aborted; failed += 1) {
      const broken = Promise.withResolvers<void>();
      const watch = this.failures$.subscribe(({ code }) => {
        if (BROKEN.has(code)) broken.resolve();
      });
      const since = performance.now();
      try {
        await this.start();
        await Promise.race([broken.promise, aborted(signal)]);
      } catch (error) {
        if (!signal.aborted) this.#said.failures.next(linkFailure(error));
      } finally {
        watch.unsubscribe();
      }
      if (signal.aborted) return;
      await this.#stop();
      const pauseMs = restartAfterMs(failed);
      if (performance.now() - since > 2 * pauseMs) failed = 0;
      await pause(pauseMs, signal);
    }
  }

  async #open(opener: TransceiverOpener): Promise<OpenedTransceiver> {
    const opened = await opener(this.#ending.signal);
    this.#transceiver = opened;
    const wanted = this.#plan.role === "alice" ? "qtx" : "qrx";
    if (opened.identity.role === wanted) return opened;
    throw new DeviceError(
      "QKD_DEVICE_ROLE",
      `the device of link ${this.linkId} is a ${opened.identity.role.toUpperCase()}, and this end needs a ${wanted.toUpperCase()}`,
    );
  }

  #follow(running: RunningLink): void {
    const { events, blocks, state, progress, peerState, failures } = this.#said;
    this.#following = new Subscription();
    this.#following.add(running.events$.subscribe((event) => events.next(event)));
    this.#following.add(running.blocks$.subscribe((report) => blocks.next(report)));
    this.#following.add(running.state$.subscribe((condition) => state.next(condition)));
    this.#following.add(running.progress$.subscribe((totals) => progress.next(totals)));
    this.#following.add(running.peerState$.subscribe((told) => peerState.next(told)));
    this.#following.add(running.failures$.subscribe((error) => failures.next(error)));
  }

  async #stop(): Promise<void> {
    const [running, transceiver] = [this.#running, this.#transceiver];
    this.#running = null;
    this.#transceiver = null;
    if (running !== null) await running.close();
    this.#following.unsubscribe();
    await transceiver?.close();
    if (this.#stage !== "closed") this.#stage = "waiting";
  }
}

function notRunning(linkId: string): PeerError {
  return new PeerError("QKD_PEER_UNREACHABLE", `link ${linkId} does not run`, { retryable: true });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}
