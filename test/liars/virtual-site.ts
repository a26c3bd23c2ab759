import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DistillationEngine,
  type EngineInput,
  type EngineOutput,
  PqcKeyMaker,
} from "../../controller/index.ts";
import { Pair } from "../../controller/pair/pair.ts";
import { sendOver } from "../../controller/peer/send-message.ts";
import { keyPoolOver } from "../../controller/pool/contract-calls.ts";
import type { KeyPool, OpenKeyPool } from "../../controller/pool/key-pool.ts";
import { pairEnd } from "../../controller/pool/proposer.ts";
import { CommittedStore } from "../../controller/pool/sqlite/committed-store.ts";
import type { BlockSource } from "../../controller/sources/block-source.ts";
import { KeyStoreError, QkdError } from "../../errors/index.ts";
import type { Kernels } from "../../kernels/index.ts";
import { peerOwnerOf, SecretBytes } from "../../protocol/index.ts";
import { expand } from "../integration/distillation-rig.ts";
import { type EngineFrame, SMALL_SETTINGS } from "../integration/distillation-source.ts";
import type { MemoryEnd, Side } from "./memory-connection.ts";

/** Post-quantum key that each half keeps ready; one block gives more. */
const PQC_TARGET_BITS = 40_000;
const LINK = "liars";
const SECRET_BYTES = 32 + 2 * 65_536;
/** Nobody cuts the power here: where memory serves as a disk, nothing waits for one. */
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
/** A sweep of the store is of no interest here. */
const SWEEP_MS = 3_600_000;

/** A whole site but for its devices, threads and sockets: engine, key makers, pair, and the store itself on a disk. */
export class VirtualSite {
  readonly side: Side;
  readonly engine: DistillationEngine;
  readonly store: OpenKeyPool;
  readonly pqc: PqcKeyMaker;
  readonly pair: Pair;
  readonly failures: QkdError[] = [];
  /** What no site may do: throw something else than a typed error. */
  readonly crashes: unknown[] = [];
  readonly blocks = new Set<string>();
  /** Blocks of distillation that became available, ever. */
  distilled = 0;
  exchanged = 0;
  dropped = 0;
  /** Pads that the reserve gave for this site's own tags. */
  padsDrawn = 0;
  /** Keys older than this are destroyed, as an operator may wish. */
  maxKeyAgeMs: number | undefined;
  /** So many offers of the other side are answered as used up. */
  conflicts = 0;
  /** Runs around each step of the engine, where a liar changes what it writes. */
  around: (step: () => EngineOutput[]) => EngineOutput[] = (step) => step();
  readonly #end: MemoryEnd;
  readonly #kernels: Kernels;
  readonly #folder: string;
  #inputs: EngineInput[] = [];
  #up = false;
  #busy = 0;
  #nowMs: number;

  constructor(side: Side, end: MemoryEnd, kernels: Kernels, nowMs: number, seed: string) {
    this.side = side;
    this.#end = end;
    this.#kernels = kernels;
    this.#nowMs = nowMs;
    this.#folder = mkdtempSync(join(SCRATCH, "qkdlink-liars-"));
    const linkSecret = expand(`${seed}/secret`, SECRET_BYTES);
    const committed = new CommittedStore(
      {
        path: join(this.#folder, "keys.db"),
        kek: new Uint8Array(32).fill(side === "alice" ? 1 : 2),
        linkSecret: linkSecret.slice(),
        linkId: LINK,
        site: side,
        capacityBits: 2 ** 26,
        redeliveryMs: 0,
        auditRows: 10_000,
        now: () => this.#nowMs,
      },
      SWEEP_MS,
    );
    this.store = keyPoolOver(async (call) => {
      this.#busy += 1;
      try {
        return await committed.carry(call);
      } finally {
        this.#busy -= 1;
      }
    });
    const random = (bytes: number, label: string) => expand(`${seed}/${side}/${label}`, bytes);
    const firstSequence = side === "alice" ? 1 : 5;
    this.engine = new DistillationEngine(side, { settings: SMALL_SETTINGS, kernels, random, firstSequence });
    const { hash } = kernels;
    const parts = { end: pairEnd(side), linkId: LINK, hash, now: () => this.#nowMs };
    this.pair = new Pair(this.store.pool, end, parts, {
      connected: () => {},
      available: ({ blockId, origin }) => {
        this.blocks.add(blockId);
        if (origin === "qkd") this.distilled += 1;
        if (origin === "pqc") this.exchanged += 1;
      },
      discarded: () => {},
      lost: () => {},
      clock: () => {},
      expired: () => {},
      failed: (error) => this.#failed(error),
    });
    this.pqc = new PqcKeyMaker({
      site: side,
      link: { linkId: LINK, linkKey: linkSecret.slice(0, 32) },
      pool: this.store.pool,
      send: sendOver(end),
      offer: (block) => this.#offer(block.blockId, () => this.pair.offer(block)),
      targetBits: PQC_TARGET_BITS,
      now: () => this.#nowMs,
    });
  }

  /** Listens; the caller makes the connection. */
  start(): Promise<void> {
    const distillation: BlockSource = {
      kind: "distilled",
      origin: "qkd",
      holdings: async () => this.engine.holdings,
      connected: (epoch) => this.#connected(epoch),
      receive: async (kind, body) => {
        if (peerOwnerOf(kind) === "distillation") this.#inputs.push({ type: "peerMessage", kind, body });
      },
      fill: async () => {},
      close: async () => {},
    };
    return this.pair.start([distillation, this.pqc]);
  }

  frame({ planes, ...frame }: EngineFrame): void {
    this.#inputs.push({ type: "rawFrame", frame, planes: planes.slice() });
  }

  /** True while anything is under way that time need not help. */
  get busy(): boolean {
    return this.#busy > 0 || this.#inputs.length > 0;
  }

  /** One step of the engine with what waits for it, and what the step asks for. */
  step(nowMs: number): void {
    this.#nowMs = nowMs;
    const inputs = this.#inputs.splice(0);
    try {
      for (const output of this.around(() => this.engine.step(inputs, nowMs))) this.#perform(output);
    } catch (error) {
      this.crashes.push(error);
    }
  }

  /** What time changes beside the engine. */
  async tick(nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    await this.pair.tick(nowMs, this.maxKeyAgeMs).catch((error: unknown) => this.#failed(error));
  }

  async close(): Promise<void> {
    await this.pqc.close();
    await this.pair.close();
    await this.store.pool.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #connected(epoch: number | null): void {
    if (epoch === null && !this.#up) return;
    this.#up = epoch !== null;
    if (!this.#up) this.#inputs = this.#inputs.filter(({ type }) => type !== "peerMessage");
    this.#inputs.push({ type: this.#up ? "peerUp" : "peerDown" });
  }

  #perform(output: EngineOutput): void {
    switch (output.type) {
      case "send":
        // What is said on a connection that is gone is lost, as on the real one.
        void this.#end.send(output.kind, output.parts).catch(() => {});
        return;
      case "needAuth":
        void this.#authenticate(output.request);
        return;
      case "amplify": {
        const { sequence, key, keyBits, outputBits, seed } = output;
        const hashed = this.#kernels.privacyAmplification.hash(key, keyBits, outputBits, seed);
        this.#inputs.push({ type: "amplified", sequence, key: hashed });
        return;
      }
      case "block": {
        const { key, ...facts } = output.block;
        const { epsilon } = output.report;
        const block = { ...facts, origin: "qkd" as const, epsilon, key: new SecretBytes(key) };
        void this.#offer(block.blockId, () => this.pair.offer(block)).catch((error) => this.#failed(error));
        return;
      }
      case "blockDropped":
        this.dropped += 1;
        return;
      case "reconnect":
        this.#failed(output.error);
        this.#end.reconnect(output.error);
        return;
      case "failure":
        this.#failed(output.error);
    }
  }

  async #offer(blockId: string, offer: () => Promise<boolean>): Promise<boolean> {
    this.blocks.add(blockId);
    this.#busy += 1;
    try {
      return await offer();
    } finally {
      this.#busy -= 1;
    }
  }

  async #authenticate(request: {
    readonly id: number;
    readonly direction: "own" | "peer";
    readonly offset?: number;
    readonly bytes: number;
  }): Promise<void> {
    const { id, direction, bytes, offset = 0 } = request;
    try {
      if (direction === "peer" && this.conflicts > 0) {
        this.conflicts -= 1;
        throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "these bytes were used");
      }
      const { auth } = this.store;
      const pad =
        direction === "own"
          ? await auth.reserve(bytes)
          : { offset, material: await auth.reserveFromPeer(offset, bytes) };
      if (direction === "own") this.padsDrawn += 1;
      this.#inputs.push({
        type: "authMaterial",
        id,
        offset: pad.offset,
        material: pad.material.reveal().slice(),
      });
    } catch (error) {
      if (error instanceof QkdError) this.#inputs.push({ type: "authRefused", id, error });
      else this.crashes.push(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof QkdError) this.failures.push(error);
    else this.crashes.push(error);
  }
}

/** What stands in a pool under these ids, by id. */
export async function statesOf(pool: KeyPool, ids: Iterable<string>): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const id of ids) states.set(id, await pool.blockState(id));
  return states;
}
