import { createHash } from "node:crypto";
import { type Observable, Subject, type Subscription } from "rxjs";
import { DeviceError, KeyStoreError, PeerError, QkdError } from "../../errors/index.ts";
import { isAgreementKind } from "../agreement/agreement-messages.ts";
import { BlockAgreement, type StoredBlock } from "../agreement/block-agreement.ts";
import { createDeliveryServer, type DeliveryServer } from "../delivery/delivery-server.ts";
import { type BlockReport, createDistillation, type Distillation } from "../distillation/index.ts";
import type { ControllerEvent } from "../events.ts";
import type { PeerState } from "../peer/peer-channel.ts";
import { TlsPeerChannel } from "../peer/tls-peer-channel.ts";
import type { NewBlock, SiteRole } from "../pool/key-pool.ts";
import { type OpenKeyPool, openKeyPool } from "../pool/open-key-pool.ts";
import type { Controller } from "./controller.ts";
import type { ControllerOptions } from "./controller-options.ts";
import { GatedChannel } from "./gated-channel.ts";
import { keyAccess } from "./key-access.ts";

/**
 * Starts one site of a link: opens the key store, joins the other site, starts the key exchange and distils what
 * arrives. Rejects with ConfigError, KeyStoreError, PeerError or DeviceError when it cannot start; afterwards what goes
 * wrong is told by `failures$` and survived.
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const role: SiteRole = options.transceiver.identity.role === "qtx" ? "alice" : "bob";
  const linkId = options.linkId ?? options.transceiver.identity.linkId;
  const store = await openKeyPool({
    path: options.store,
    keyFile: options.keyFile,
    site: role,
    linkId,
    linkSecret: options.secret,
    ...(options.capacityBits === undefined ? {} : { capacityBits: options.capacityBits }),
    ...(options.redeliveryMs === undefined ? {} : { redeliveryMs: options.redeliveryMs }),
  });
  const site = new Site(options, role, linkId, store);
  try {
    await site.start();
  } catch (error) {
    await site.close();
    throw error;
  }
  return site;
}

class Site implements Controller {
  readonly role: SiteRole;
  readonly pool;
  readonly events$: Observable<ControllerEvent>;
  readonly blocks$: Observable<BlockReport>;
  readonly failures$: Observable<QkdError>;
  readonly #options: ControllerOptions;
  readonly #linkId: string;
  readonly #store: OpenKeyPool;
  readonly #events = new Subject<ControllerEvent>();
  readonly #blocks = new Subject<BlockReport>();
  readonly #failures = new Subject<QkdError>();
  readonly #subscriptions: Subscription[] = [];
  readonly #agreement: BlockAgreement;
  #channel: TlsPeerChannel | null = null;
  #gate: GatedChannel | null = null;
  #distillation: Distillation | null = null;
  #delivery: DeliveryServer | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: ControllerOptions, role: SiteRole, linkId: string, store: OpenKeyPool) {
    this.#options = options;
    this.role = role;
    this.#linkId = linkId;
    this.#store = store;
    this.events$ = this.#events.asObservable();
    this.blocks$ = this.#blocks.asObservable();
    this.failures$ = this.#failures.asObservable();
    this.pool = keyAccess(
      store.pool,
      options.name ?? `${linkId}/${role}`,
      () => ["qkd"],
      async ({ bits, count, audience }, [origin = "qkd"]) =>
        store.pool.takeMany({ bits, count, audience, origin }),
    );
    this.#agreement = new BlockAgreement({
      pool: store.pool,
      send: (kind, body) => this.#peer.send(kind, body),
      onAvailable: (blockId, block) => this.#announce(blockId, block),
      onDiscarded: () => {},
    });
  }

  get progress$() {
    return this.#running.progress$;
  }

  get peerState$(): Observable<PeerState> {
    return this.#peer.state$;
  }

  get peerPort(): number | null {
    return this.#peer.port;
  }

  get delivery(): DeliveryServer | null {
    return this.#delivery;
  }

  async start(): Promise<void> {
    const { transceiver, distillation, developmentSeed, delivery } = this.#options;
    const { peer: connect, peerListen: listen } = this.#options;
    this.#channel = new TlsPeerChannel({
      introduction: { site: this.role, linkId: this.#linkId, settingsDigest: linkDigest(this.#linkId) },
      credentials: this.#options.credentials,
      secret: this.#options.secret,
      ...(listen === undefined ? {} : { listen }),
      ...(connect === undefined ? {} : { connect }),
    });
    this.#gate = new GatedChannel(this.#channel);
    this.#distillation = await createDistillation({
      role: this.role,
      settings: distillation,
      peer: this.#gate,
      auth: this.#store.auth,
      firstSequence: (await this.#store.pool.highestSequence("qkd")) + 1,
      ...(developmentSeed === undefined ? {} : { insecureSeed: developmentSeed }),
    });
    this.#join(this.#channel, this.#gate, this.#distillation);
    if (delivery !== undefined)
      this.#delivery = await createDeliveryServer({
        ...delivery,
        keys: { pool: this.#store.pool, fallback: () => ({ engaged: false, reason: null }) },
      });
    await this.#channel.begin();
    await transceiver.start(this.#options.keyExchange);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#delivery?.close();
    await this.#options.transceiver.stop().catch(() => {});
    await this.#distillation?.close();
    await this.#channel?.close();
    await this.#gate?.close();
    await this.#store.pool.close();
    for (const subject of [this.#events, this.#blocks, this.#failures]) subject.complete();
  }

  #join(channel: TlsPeerChannel, gate: GatedChannel, distillation: Distillation): void {
    const { transceiver } = this.#options;
    this.#subscriptions.push(
      channel.messages$.subscribe((message) => void this.#receive(message.kind, message.body, gate)),
      distillation.consumed$.subscribe((frameId) => transceiver.acknowledge(frameId)),
      distillation.blocks$.subscribe(({ block, report }) => void this.#keep(block, report)),
      distillation.aborted$.subscribe((report) => this.#blocks.next(report)),
      distillation.dropped$.subscribe(({ reason }) =>
        this.#events.next({ type: "linkDegraded", atMs: Date.now(), reason: `block dropped: ${reason}` }),
      ),
      distillation.failures$.subscribe((error) => this.#failures.next(error)),
      transceiver.rawKeys$.subscribe({
        next: (frame) => distillation.offer(frame),
        error: (cause) => this.#fail(cause),
      }),
      channel.state$.subscribe((state) => void this.#follow(state, gate)),
    );
  }

  /** Agreement comes first on every connection; only then do the layers above see the channel. */
  async #follow(state: PeerState, gate: GatedChannel): Promise<void> {
    if (state.state !== "up") {
      this.#agreement.suspend();
      gate.shut(state);
      if (state.error !== null) this.#failures.next(state.error);
      return;
    }
    try {
      if (await this.#agreement.begin()) gate.open(state.epoch);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #receive(kind: number, body: Uint8Array, gate: GatedChannel): Promise<void> {
    if (!isAgreementKind(kind)) return gate.deliver({ kind, body });
    try {
      await this.#agreement.receive(kind, body);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #keep(block: NewBlock, report: BlockReport): Promise<void> {
    try {
      if (await this.#agreement.store(block)) this.#blocks.next(report);
    } catch (error) {
      this.#fail(error);
    } finally {
      block.key.wipe();
    }
  }

  #announce(blockId: string, block: StoredBlock | null): void {
    const bits = block?.keyBits ?? 0;
    const origin = block?.origin ?? "qkd";
    this.#events.next({ type: "keysAdded", atMs: Date.now(), origin, bits, blockId });
  }

  #fail(error: unknown): void {
    this.#failures.next(
      error instanceof QkdError
        ? error
        : new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the site failed unexpectedly", { cause: error }),
    );
  }

  get #peer(): TlsPeerChannel {
    if (this.#channel === null) throw new PeerError("QKD_PEER_UNREACHABLE", "the site is not started");
    return this.#channel;
  }

  get #running(): Distillation {
    if (this.#distillation === null) throw new DeviceError("QKD_DEVICE_STATE", "the site is not started");
    return this.#distillation;
  }
}

/** Distillation compares its own settings; the hello compares what must agree before that. */
function linkDigest(linkId: string): string {
  return createHash("sha256").update(linkId).digest("hex");
}
