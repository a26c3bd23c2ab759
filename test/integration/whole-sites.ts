import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, firstValueFrom } from "rxjs";
import { createDemoState } from "../../cli/index.ts";
import {
  type BlockReport,
  type Controller,
  type ControllerEvent,
  type ControllerOptions,
  createLinkSecretFile,
  type OpenKeyPool,
  openKeyPool,
  readLinkSecretFile,
} from "../../controller/index.ts";
import type { OpenedTransceiver } from "../../drivers/index.ts";
import { type EmulatedLink, type EmulatedLinkOptions, startEmulatedLink } from "../../emulator/index.ts";
import type { QkdError } from "../../errors/index.ts";
import { linkPreset } from "../../physics/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { openSite } from "./open-site.ts";

export type SiteName = "alice" | "bob";
export const SITES = ["alice", "bob"] as const;
const LINK = { ...linkPreset("yuan2018").link, channelLossDb: 8, clockHz: 2.5e8 };
/** Bytes of pads a direction: as few as a secret may have. */
const PADS = 512;

/** A whole site in this process, with everything that it told. */
export interface WholeSite {
  readonly site: Controller;
  readonly events: ControllerEvent[];
  readonly blocks: BlockReport[];
  readonly failures: QkdError[];
}

/** Both sites of an emulated link, which may be started anew as often as a test wants. */
export class WholeSites {
  readonly root: string;
  readonly #emulator: EmulatedLink;
  #secret = 0;
  #running: { readonly site: Controller; readonly transceiver: OpenedTransceiver }[] = [];

  private constructor(root: string, emulator: EmulatedLink) {
    this.root = root;
    this.#emulator = emulator;
  }

  static async create(options: Partial<EmulatedLinkOptions> = {}): Promise<WholeSites> {
    const root = await createDemoState(mkdtempSync(join(tmpdir(), "qkdlink-sites-")));
    const emulator = await startEmulatedLink({
      preset: "yuan2018",
      lossDb: 8,
      clockHz: LINK.clockHz,
      ...options,
    });
    const sites = new WholeSites(root, emulator);
    sites.placeSecret();
    return sites;
  }

  /** A fresh secret is carried to both sites. */
  placeSecret(): void {
    this.#secret += 1;
    createLinkSecretFile(this.#secretFile, 32 + 2 * PADS);
  }

  get #secretFile(): string {
    return join(this.root, `link-${this.#secret}.secret`);
  }

  /** What can be made to happen to the link. */
  get faults(): EmulatedLink["faults"] {
    return this.#emulator.faults;
  }

  /** Seconds of light that the link has played so far. */
  get lightS(): number {
    return this.#emulator.stats().linkSeconds;
  }

  store(name: SiteName): string {
    return join(this.root, name, "keys.db");
  }

  /** The open transceiver of a site that runs. */
  transceiverOf(name: SiteName): OpenedTransceiver {
    const role = name === "alice" ? "qtx" : "qrx";
    const found = this.#running.find(({ transceiver }) => transceiver.identity.role === role);
    if (found === undefined) throw new Error(`${name} does not run`);
    return found.transceiver;
  }

  /** Uses all pads of the secret up, at both sites. */
  async exhaust(): Promise<void> {
    await this.#inStores(async ({ auth }) => {
      await auth.reserve(PADS);
      await auth.reserveFromPeer(0, PADS);
    });
  }

  /** Both sites hold one more block, which they have not agreed on; returns its name. */
  async holdPending(): Promise<string> {
    const [key, tail] = [new Uint8Array(4096).fill(5), new Uint8Array(64).fill(6)];
    const blockId = "5a".repeat(16);
    const createdAtMs = Date.now();
    let sequence = 0;
    await this.#inStores(async ({ pool }) => {
      sequence = Math.max(sequence, 1 + (await pool.highestSequence("qkd")));
    });
    await this.#inStores(({ pool }) =>
      pool.addPending({
        blockId,
        sequence,
        origin: "qkd",
        key: new SecretBytes(key.slice()),
        tail: new SecretBytes(tail.slice()),
        epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 },
        createdAtMs,
      }),
    );
    return blockId;
  }

  async #inStores(work: (store: OpenKeyPool) => Promise<unknown>): Promise<void> {
    for (const site of SITES) {
      const store = await openKeyPool({
        path: this.store(site),
        keyFile: join(this.root, site, "store.kek"),
        site,
        linkId: "emulated-link",
        linkSecret: readLinkSecretFile(this.#secretFile),
      });
      await work(store);
      await store.pool.close();
    }
  }

  async start(options: Readonly<Partial<Record<SiteName, Partial<ControllerOptions>>>> = {}) {
    const alice = await this.#start("alice", { peerListen: "tls://127.0.0.1:0", ...options.alice });
    const peer = `tls://127.0.0.1:${alice.site.peerPort}`;
    const bob = await this.#start("bob", { peer, ...options.bob });
    return { alice, bob };
  }

  async #start(name: SiteName, options: Partial<ControllerOptions>): Promise<WholeSite> {
    const { site, transceiver } = await openSite(this.root, name, this.#emulator, LINK, {
      secret: readLinkSecretFile(this.#secretFile),
      linkId: "emulated-link",
      ...options,
    });
    const told = {
      site,
      events: [] as ControllerEvent[],
      blocks: [] as BlockReport[],
      failures: [] as QkdError[],
    };
    site.events$.subscribe((event) => told.events.push(event));
    site.blocks$.subscribe((report) => told.blocks.push(report));
    site.failures$.subscribe((error) => told.failures.push(error));
    this.#running.push({ site, transceiver });
    return told;
  }

  async stop(): Promise<void> {
    for (const { site, transceiver } of this.#running.toReversed()) {
      await site.close();
      await transceiver.close();
    }
    this.#running = [];
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.#emulator.stop();
    rmSync(this.root, { recursive: true });
  }
}

/** Resolves with the first event of that kind from now on, where `fits` says so. */
export function next<Type extends ControllerEvent["type"]>(
  { site }: WholeSite,
  type: Type,
  fits: (event: Extract<ControllerEvent, { type: Type }>) => boolean = () => true,
) {
  type Wanted = Extract<ControllerEvent, { type: Type }>;
  return firstValueFrom(
    site.events$.pipe(filter((event): event is Wanted => event.type === type && fits(event as Wanted))),
  );
}

/** A block that was distilled since the site started is handed out from now on: not one that an earlier start left behind. */
export const stocked = (site: WholeSite) =>
  next(
    site,
    "keysAdded",
    ({ origin, blockId }) => origin === "qkd" && site.blocks.some((block) => block.blockId === blockId),
  );
