import { type FileHandle, open, rm } from "node:fs/promises";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { BLOCK } from "../pcapng/block-types.ts";
import type { BlockSink } from "../recorder/recorder.ts";
import { fileName, type RotationLimits, rotationDue, USUAL_ROTATION } from "../recorder/rotation.ts";
import { markDue, markLine, type TimeMark } from "../recorder/time-index.ts";

/** How a recording is written. */
export interface CaptureFileOptions {
  /** The first file; the following ones get a number. None of them may exist. */
  readonly file: string;
  readonly limits?: RotationLimits;
  /** So many of the newest files are kept; all unless told. */
  readonly keepFiles?: number;
  /** Told once when the recording ends before it is closed. */
  readonly stopped: (reason: ConfigError) => void;
  /** Opens a file that does not exist yet. */
  readonly create?: (file: string) => Promise<Writable>;
}

/** What waits for the disk; beyond it packets are dropped and counted. */
const MOST_WAITING_BYTES = 16 * 2 ** 20;

type Writable = Pick<FileHandle, "appendFile" | "stat" | "truncate" | "close">;

interface Chunk {
  readonly block: Uint8Array;
  readonly atNs: bigint;
}

/**
 * Writes a recording to files that follow each other, each with an index beside it. Its callers wait for nothing: what the
 * disk does not take in time is dropped, and a disk that is full or gone ends the recording with one sentence. Every
 * file ends behind a whole block, also then.
 */
export class CaptureFile implements BlockSink {
  readonly #options: CaptureFileOptions;
  readonly #limits: RotationLimits;
  readonly #preamble: Uint8Array[] = [];
  /** Of the preamble, blocks that the open file lacks. */
  #late: Uint8Array[] = [];
  #waiting: Chunk[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #number = 0;
  #capture: Writable | undefined;
  #index: Writable | undefined;
  #bytes = 0;
  #packets = 0;
  #allPackets = 0;
  #firstNs: bigint | undefined;
  #mark: TimeMark | undefined;
  #ended = false;
  readonly #made: string[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: CaptureFileOptions) {
    this.#options = options;
    this.#limits = options.limits ?? USUAL_ROTATION;
  }

  /** The file that is written now, or the last one. */
  get file(): string {
    return fileName(this.#options.file, Math.max(1, this.#number));
  }

  /** Files begun so far. */
  get files(): number {
    return this.#number;
  }

  /** Opens the first file now, so that a name that cannot be used is told at once. Rejects with ConfigError QKD_OUTPUT_WRITE. */
  async begin(): Promise<void> {
    try {
      await this.#next();
    } catch (cause) {
      this.#ended = true;
      throw this.#reason(cause, "cannot be begun");
    }
  }

  preamble(block: Uint8Array): void {
    this.#preamble.push(block);
    if (this.#capture !== undefined) this.#late.push(block);
  }

  packet(block: Uint8Array, atNs: bigint): boolean {
    if (this.#ended || this.#waitingBytes + block.length > MOST_WAITING_BYTES) return false;
    this.#waiting.push({ block, atNs });
    this.#waitingBytes += block.length;
    this.#writing ??= this.#write();
    return true;
  }

  failed(cause: unknown): void {
    this.#stop(cause);
  }

  /** Writes what waits and these blocks behind it, and closes. Idempotent; never rejects. */
  async close(last: readonly Uint8Array[] = []): Promise<void> {
    await this.#writing;
    if (!this.#ended) {
      this.#ended = true;
      try {
        await this.#append([...this.#late, ...last]);
      } catch (cause) {
        this.#tell(cause);
      }
    }
    await this.#closing;
    await this.#closeFiles();
  }

  /** Removes what was written, for a recording that never came to be; never what was there before. Call `close` first. */
  async discard(): Promise<void> {
    for (const file of this.#made) await rm(file, { force: true }).catch(() => {});
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#ended) {
        const chunks = this.#waiting;
        this.#waiting = [];
        await this.#take(chunks);
        this.#waitingBytes = this.#waiting.reduce((sum, { block }) => sum + block.length, 0);
      }
    } catch (cause) {
      this.#stop(cause);
    }
    this.#writing = undefined;
  }

  async #take(chunks: readonly Chunk[]): Promise<void> {
    let blocks: Uint8Array[] = [];
    let lines = "";
    let bytes = this.#bytes;
    const flush = async () => {
      await this.#append(blocks);
      if (lines !== "") await this.#index?.appendFile(lines);
      blocks = [];
      lines = "";
    };
    for (const { block, atNs } of chunks) {
      if (this.#late.length > 0) {
        blocks.push(...this.#late);
        bytes += sum(this.#late);
        this.#late = [];
      }
      if (rotationDue({ bytes, firstNs: this.#firstNs }, { bytes: block.length, atNs }, this.#limits)) {
        await flush();
        await this.#next();
        bytes = this.#bytes;
      }
      this.#firstNs ??= atNs;
      if (markDue(this.#mark, atNs)) {
        this.#mark = {
          offset: bytes,
          atNs,
          packets: this.#packets,
          interfaces: this.#preamble.length - this.#late.length - 1,
        };
        lines += markLine(this.#mark);
      }
      blocks.push(block);
      bytes += block.length;
      this.#packets += 1;
    }
    await flush();
  }

  async #append(blocks: readonly Uint8Array[]): Promise<void> {
    if (blocks.length === 0) return;
    try {
      await this.#capture?.appendFile(Buffer.concat(blocks));
      this.#count(blocks);
    } catch (cause) {
      await this.#salvage(blocks);
      throw cause;
    }
  }

  /** What of these blocks is whole in the file stays. */
  async #salvage(blocks: readonly Uint8Array[]): Promise<void> {
    const { size = 0 } = (await this.#capture?.stat().catch(() => undefined)) ?? {};
    let end = this.#bytes;
    this.#count(
      blocks.filter((block) => {
        end += block.length;
        return end <= size;
      }),
    );
  }

  #count(blocks: readonly Uint8Array[]): void {
    this.#bytes += sum(blocks);
    this.#allPackets += blocks.filter((block) => block[3] === BLOCK.packet).length;
  }

  async #next(): Promise<void> {
    await this.#closeFiles();
    this.#number += 1;
    const create = this.#options.create ?? ((file: string) => open(file, "wx", 0o600));
    this.#capture = await create(this.file);
    this.#made.push(this.file);
    this.#index = await create(`${this.file}.idx`);
    this.#made.push(`${this.file}.idx`);
    this.#bytes = 0;
    this.#packets = 0;
    this.#firstNs = undefined;
    this.#mark = undefined;
    this.#late = [];
    await this.#append(this.#preamble);
    await this.#forget(this.#number - (this.#options.keepFiles ?? this.#number));
  }

  /** Removes a file that is too old. One that is gone already, or that cannot be removed, holds nothing up. */
  async #forget(number: number): Promise<void> {
    if (number < 1) return;
    const old = fileName(this.#options.file, number);
    await rm(old, { force: true }).catch(() => {});
    await rm(`${old}.idx`, { force: true }).catch(() => {});
  }

  #stop(cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    // A write that is under way ends first, so that what it left of a block can be cut off.
    this.#closing = (this.#writing ?? Promise.resolve()).then(() => this.#closeFiles());
    this.#tell(cause);
  }

  #tell(cause: unknown): void {
    const packets = this.#allPackets === 1 ? "1 packet" : `${this.#allPackets} packets`;
    this.#options.stopped(this.#reason(cause, `stopped after ${packets}, and the link goes on`));
  }

  #reason(cause: unknown, what: string): ConfigError {
    const { code } = cause as NodeJS.ErrnoException;
    return new ConfigError(
      "QKD_OUTPUT_WRITE",
      `recording to ${this.file} ${what}: ${sentence(code, cause)}`,
      {
        cause,
        context: { file: this.file },
        ...(code === "EEXIST" ? { remedy: "name a file that does not exist yet" } : {}),
      },
    );
  }

  async #closeFiles(): Promise<void> {
    const [capture, index] = [this.#capture, this.#index];
    this.#capture = undefined;
    this.#index = undefined;
    // A write that failed in the middle may have left a part of its blocks.
    if (this.#ended) await capture?.truncate(this.#bytes).catch(() => {});
    await capture?.close().catch(() => {});
    await index?.close().catch(() => {});
  }
}

const sum = (blocks: readonly Uint8Array[]): number =>
  blocks.reduce((total, { length }) => total + length, 0);

function sentence(code: string | undefined, cause: unknown): string {
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full";
  if (code === "EEXIST") return "the file exists already";
  return fileReason(cause);
}
