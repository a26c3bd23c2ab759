import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlockAgreement, type BlockAgreementPorts } from "../../controller/agreement/block-agreement.ts";
import { keyPoolOver } from "../../controller/pool/contract-calls.ts";
import type { KeyPool, NewBlock, SiteRole } from "../../controller/pool/key-pool.ts";
import { CommittedStore } from "../../controller/pool/sqlite/committed-store.ts";
import type { SourceHoldings } from "../../controller/sources/block-source.ts";
import { QkdError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { type PeerMessage, SecretBytes } from "../../protocol/index.ts";

const { hash } = await createKernels();
export const START_MS = 1_800_000_000_000;
export const audience = { master: "a", slave: "b" };

/** A block of a source; equal numbers give equal blocks. */
export const block = (sequence: number, change: Partial<NewBlock> = {}): NewBlock => ({
  blockId: sequence.toString(16).padStart(32, "0"),
  sequence,
  origin: "qkd",
  key: new SecretBytes(Uint8Array.from({ length: 1024 + 64 }, (_, index) => (index * 7 + sequence) & 255)),
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-30 },
  createdAtMs: START_MS,
  ...change,
});
export const idOf = (sequence: number) => block(sequence).blockId;
export const bodyOf = <T>(message: PeerMessage<T>, value: T): Uint8Array =>
  Uint8Array.from(Buffer.concat(message.encode(value)));

/** One site: a store of its own, an agreement that a crash replaces, and what it did. */
export class AgreementSite {
  readonly role: SiteRole;
  readonly log: string[] = [];
  readonly sent: string[] = [];
  clockMs = START_MS;
  holdings: SourceHoldings = { blockIds: [], newest: -1 };
  /** Called when the site looks at what its source has under way. */
  looks: () => void = () => {};
  /** Called with what the site says; a false return loses it. */
  passes: (message: PeerMessage<unknown>) => boolean = () => true;
  other!: AgreementSite;
  agreement: BlockAgreement;
  pool: KeyPool;
  readonly #folder: string;

  constructor(folder: string, role: SiteRole) {
    this.#folder = folder;
    this.role = role;
    this.pool = this.#open();
    this.agreement = new BlockAgreement(this.#ports());
  }

  /** `meanwhile` is called while the store is closed. */
  async crash(meanwhile: () => void = () => {}): Promise<void> {
    await this.agreement.idle();
    await this.pool.close();
    meanwhile();
    this.pool = this.#open();
    this.agreement = new BlockAgreement(this.#ports());
  }

  hear<T>(message: PeerMessage<T>, value: T): Promise<boolean> {
    return this.agreement.receive(message.kind, bodyOf(message, value));
  }

  state(sequence: number) {
    return this.pool.blockState(idOf(sequence));
  }

  #open(): KeyPool {
    const store = new CommittedStore(
      {
        path: join(this.#folder, `${this.role}.db`),
        kek: new Uint8Array(32).fill(1),
        linkSecret: new Uint8Array(32 + 2048).fill(7),
        linkId: "link",
        site: this.role,
        capacityBits: 2 ** 24,
        redeliveryMs: 0,
        auditRows: 10_000,
        now: () => this.clockMs,
      },
      60_000,
    );
    return keyPoolOver(store.carry).pool;
  }

  #ports(): BlockAgreementPorts {
    return {
      end: this.role === "alice" ? "proposer" : "acceptor",
      linkId: "link",
      hash,
      pool: this.pool,
      now: () => this.clockMs,
      holdings: async () => {
        this.looks();
        return this.holdings;
      },
      send: async (message, value) => {
        if (!this.passes(message as PeerMessage<unknown>)) return;
        this.sent.push(message.name);
        const body = bodyOf(message, value);
        setImmediate(() => void this.other.agreement.receive(message.kind, body).catch(() => {}));
      },
      onAvailable: ({ sequence }) => this.log.push(`available ${sequence}`),
      onDiscarded: (id, reason) => this.log.push(`discarded ${Number.parseInt(id, 16)}, ${reason}`),
      onLost: ({ blockId: id, bits, reason }) =>
        this.log.push(`lost ${Number.parseInt(id, 16)}, ${bits} bits, ${reason}`),
      onClock: (offsetMs) => this.log.push(`clock ${offsetMs}`),
      failed: (error) => this.log.push(error instanceof QkdError ? error.code : String(error)),
    };
  }
}

/** Two sites for each test in turn, joined, and what a test does to both. */
export function agreementLink() {
  let folder: string;
  let sites: [alice: AgreementSite, bob: AgreementSite];
  /** Lets everything that was said be heard. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const { agreement } of sites) await agreement.idle();
    }
  };
  return {
    /** Before each test. */
    open: () => {
      folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
      sites = [new AgreementSite(folder, "alice"), new AgreementSite(folder, "bob")];
      const [alice, bob] = sites;
      alice.other = bob;
      bob.other = alice;
      return sites;
    },
    /** After each test. */
    close: async () => {
      for (const { agreement, pool } of sites) {
        await agreement.idle();
        await pool.close();
      }
      rmSync(folder, { recursive: true });
    },
    connect: () => Promise.all(sites.map(({ agreement }) => agreement.begin())),
    suspend: () => sites.map(({ agreement }) => agreement.suspend()),
    settle,
    /** Copies a file of a site, by its name, within the folder of both. */
    copy: (from: string, to: string) => copyFileSync(join(folder, from), join(folder, to)),
    /** What a block is at Alice and at Bob. */
    states: (sequence: number) => Promise.all(sites.map((site) => site.state(sequence))),
    /** Time passes at both. */
    pass: async (ms: number) => {
      for (const site of sites) {
        site.clockMs += ms;
        await site.agreement.tick(site.clockMs);
      }
      await settle();
    },
    take: (site: AgreementSite, count = 1) =>
      site.pool.takeMany({ bits: 256, count, audience, origin: "qkd" }),
  };
}
