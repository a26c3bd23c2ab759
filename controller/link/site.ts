import { type Observable, Subject, type Subscription } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import { peerOwnerOf } from "../../protocol/index.ts";
import { BlockAgreement, type StoredBlock } from "../agreement/block-agreement.ts";
import { createDeliveryServer, type DeliveryServer } from "../delivery/delivery-server.ts";
import type { KeySource } from "../delivery/take-keys.ts";
import type { ControllerEvent } from "../events.ts";
import type { GatedChannel } from "../peer/gated-channel.ts";
import type { PeerEndpoint, PeerMessage, PeerState } from "../peer/peer-channel.ts";
import { sendOver } from "../peer/send-message.ts";
import type { FallbackPolicy } from "../policy/fallback/fallback-machine.ts";
import type { HealthPolicy } from "../policy/health/health-policy.ts";
import type { KeyPool, NewBlock, OpenKeyPool, SiteRole } from "../pool/key-pool.ts";
import { LINK_KEY_BYTES } from "../pool/link-secret.ts";
import type { BlockReport, ConnectedDistillation } from "../sources/distillation/index.ts";
import { PqcKeyMaker } from "../sources/pqc/pqc-key-maker.ts";
import type { Controller } from "./controller.ts";
import type { ControllerOptions } from "./controller-options.ts";
import { DetectionRate } from "./detection-rate.ts";
import { type KeyAccess, keyAccess } from "./key-access.ts";
import { linkFailure } from "./link-failure.ts";
import { LinkWatch } from "./link-watch.ts";

/** The parts that a site is composed of; it owns and closes all but the transceiver. */
export interface SiteParts {
  readonly options: ControllerOptions;
  readonly role: SiteRole;
  readonly linkId: string;
  readonly store: OpenKeyPool;
  readonly channel: PeerEndpoint;
  readonly gate: GatedChannel;
  readonly distillation: ConnectedDistillation;
  readonly health: HealthPolicy;
  readonly fallback: FallbackPolicy;
}

/** Frames the transceiver may send ahead: a second at line rate, so that neither a start nor the end of a block costs any. */
const CREDIT_FRAMES = 64;
const TICK_MS = 500;
/** Ticks after which a block still pending is asked about again. */
const RECHECK_TICKS = 60;

/** One running site: joins transceiver, distillation, agreement, pool, fallback and delivery. */
export class Site implements Controller {
  readonly role: SiteRole;
  readonly pool: KeyAccess;
  readonly events$: Observable<ControllerEvent>;
  readonly state$;
  readonly blocks$: Observable<BlockReport>;
  readonly failures$: Observable<QkdError>;
  readonly peerState$: Observable<PeerState>;
  readonly progress$;
  readonly #parts: SiteParts;
  readonly #pool: KeyPool;
  readonly #keys: KeySource;
  readonly #watch: LinkWatch;
  readonly #agreement: BlockAgreement;
  readonly #pqc: PqcKeyMaker;
  readonly #rate = new DetectionRate();
  readonly #events = new Subject<ControllerEvent>();
  readonly #blocks = new Subject<BlockReport>();
  readonly #failures = new Subject<QkdError>();
  readonly #subscriptions: Subscription[] = [];
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #ticking = false;
  #delivery: DeliveryServer | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: SiteParts) {
    const { options, role, linkId, store, channel } = parts;
    this.#parts = parts;
    this.#pool = store.pool;
    this.role = role;
    this.events$ = this.#events.asObservable();
    this.blocks$ = this.#blocks.asObservable();
    this.failures$ = this.#failures.asObservable();
    this.peerState$ = channel.state$;
    this.progress$ = parts.distillation.progress$;
    this.#watch = new LinkWatch(parts.health, parts.fallback, {
      publish: (event) => this.#events.next(event),
      engage: (engaged) => (engaged ? this.#pqc.engage() : this.#pqc.relax()),
    });
    this.state$ = this.#watch.condition$;
    this.#keys = {
      pool: store.pool,
      fallback: () => this.#watch.view,
      morePqc: (bits) => this.#pqc.ensure(bits),
    };
    this.pool = keyAccess(this.#keys, options.name ?? `${linkId}/${role}`);
    this.#agreement = new BlockAgreement({
      pool: store.pool,
      send: sendOver(channel),
      onAvailable: (blockId, block) => this.#announce(blockId, block),
      onDiscarded: (blockId) => this.#degraded(`block ${blockId} is not held by the other site`),
    });
    this.#pqc = new PqcKeyMaker({
      site: role,
      link: { linkId, linkKey: options.secret.reveal().slice(0, LINK_KEY_BYTES) },
      pool: store.pool,
      send: sendOver(channel),
      store: (block) => this.#agreement.store(block),
      ...(options.pqcReserveBits === undefined ? {} : { targetBits: options.pqcReserveBits }),
    });
  }

  get peerPort(): number | null {
    return this.#parts.channel.port;
  }

  get delivery(): DeliveryServer | null {
    return this.#delivery;
  }

  setFallback(engage: boolean): void {
    this.#watch.operate(engage, Date.now());
  }

  async start(): Promise<void> {
    const { options, channel } = this.#parts;
    this.#join();
    if (options.delivery !== undefined)
      this.#delivery = await createDeliveryServer({ ...options.delivery, keys: this.#keys });
    // Before anything is sent, everybody listens: what the peer says first must not be lost.
    await channel.begin();
    await options.transceiver.start({ creditFrames: CREDIT_FRAMES, ...options.keyExchange });
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { options, channel, gate, distillation } = this.#parts;
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#delivery?.close();
    this.#pqc.close();
    await options.transceiver.stop().catch(() => {});
    this.#agreement.suspend();
    await this.#agreement.idle();
    await channel.close();
    await gate.close();
    await distillation.close();
    await this.#pool.close();
    this.#watch.close();
    for (const subject of [this.#events, this.#blocks, this.#failures]) subject.complete();
  }

  #join(): void {
    const { options, channel, gate, distillation } = this.#parts;
    const { transceiver } = options;
    const watch = this.#watch;
    this.#subscriptions.push(
      channel.messages$.subscribe((message) => void this.#receive(message)),
      channel.state$.subscribe((state) => void this.#follow(state)),
      gate.messages$.subscribe(({ kind, body }) => void this.#guard(this.#pqc.receive(kind, body))),
      distillation.consumed$.subscribe((frameId) => transceiver.acknowledge(frameId)),
      distillation.blocks$.subscribe(({ block, report }) => void this.#keep(block, report)),
      distillation.aborted$.subscribe((report) => this.#judge(report)),
      distillation.dropped$.subscribe(({ reason }) => this.#degraded(`block dropped: ${reason}`)),
      distillation.failures$.subscribe((error) => this.#failures.next(error)),
      transceiver.rawKeys$.subscribe({
        next: (frame) => {
          this.#rate.add(frame.detections);
          distillation.offer(frame);
        },
        error: (cause) => this.#fail(cause),
      }),
      transceiver.state$.subscribe((state) => watch.tell({ type: "transceiver", atMs: Date.now(), state })),
      transceiver.health$.subscribe((health) => watch.tell({ type: "readings", atMs: Date.now(), health })),
    );
  }

  /** Agreement comes first on every connection; only then do the layers above see the channel. */
  async #follow(state: PeerState): Promise<void> {
    const { distillation, gate } = this.#parts;
    if (state.state !== "up") {
      this.#agreement.suspend();
      this.#pqc.setConnected(false);
      this.#watch.tell({ type: "peer", atMs: Date.now(), up: false });
      if (state.error !== null) this.#failures.next(state.error);
      return;
    }
    await this.#guard(
      this.#agreement.begin().then((agreed) => {
        if (!agreed) return;
        distillation.admit(state.epoch);
        gate.open(state.epoch);
        this.#pqc.setConnected(true);
        this.#watch.tell({ type: "peer", atMs: Date.now(), up: true });
      }),
    );
  }

  async #receive(message: PeerMessage): Promise<void> {
    if (peerOwnerOf(message.kind) === "agreement")
      await this.#guard(this.#agreement.receive(message.kind, message.body));
  }

  /** A block whose statistics betray an eavesdropper is not kept; the other site then destroys its copy too. */
  async #keep(block: NewBlock, report: BlockReport): Promise<void> {
    const suspect = this.#watch.isSuspect(report);
    this.#judge(suspect ? { ...report, secretBits: 0, aborted: "eavesdropper suspected" } : report);
    try {
      if (!suspect) await this.#guard(this.#agreement.store(block));
    } finally {
      block.key.wipe();
    }
  }

  #judge(report: BlockReport): void {
    this.#blocks.next(report);
    this.#watch.tell({ type: "block", atMs: Date.now(), report });
  }

  #announce(blockId: string, block: StoredBlock | null): void {
    const { origin = "qkd", keyBits: bits = 0 } = block ?? {};
    this.#events.next({ type: "keysAdded", atMs: Date.now(), origin, bits, blockId });
  }

  #degraded(reason: string): void {
    this.#events.next({ type: "linkDegraded", atMs: Date.now(), reason });
  }

  /** What time alone changes: levels, rates, expiry, blocks that wait too long for the other site. */
  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    const atMs = Date.now();
    try {
      const { availableBits } = await this.#pool.status("qkd");
      this.#watch.tell({ type: "pool", atMs, availableBits });
      const perS = this.#rate.perSecond(atMs);
      if (perS !== null) this.#watch.tell({ type: "detections", atMs, perS });
      this.#watch.tell({ type: "tick", atMs });
      await this.#expire(atMs);
      this.#ticks += 1;
      if (this.#ticks % RECHECK_TICKS === 0) await this.#agreement.recheck();
    } catch (error) {
      if (this.#closing === null) this.#fail(error);
    } finally {
      this.#ticking = false;
    }
  }

  async #expire(atMs: number): Promise<void> {
    const { maxKeyAgeMs } = this.#parts.options;
    if (maxKeyAgeMs === undefined) return;
    for (const origin of ["qkd", "pqc"] as const) {
      const bits = await this.#pool.expire(atMs, maxKeyAgeMs, origin);
      if (bits > 0) this.#events.next({ type: "keyExpired", atMs, origin, bits });
    }
  }

  async #guard(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#closing === null) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failures.next(linkFailure(error));
  }
}
