import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { checkArgument, rule } from "../../../options/index.ts";
import type { KpiCount } from "../kpi/kpi-count.ts";
import { BIN_LENGTHS, type BinLength, EMPTY_LEDGER, type KpiLedger } from "../kpi/kpi-ledger.ts";
import { kpiLine, ledgerOfLines } from "../kpi/kpi-lines.ts";

/** Lines beyond the bins themselves after which the file is written anew: some days of a line a minute. */
const MOST_LINES = 8192;
/** More than a file that this program wrote can hold. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The key figures on disk, as lines that are appended: a process that is killed loses what it counted since the last of
 * them. Its size is bounded. Whatever the disk does, the calls resolve: `fault` says what is wrong.
 */
export class KpiFile {
  readonly #path: string;
  #lines = 0;
  #writing: Promise<void> | null = null;
  #fault: string | null = null;
  /** An append that failed may have left the beginning of a line. */
  #broken = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why the file could not be read or written the last time, or null. */
  get fault(): string | null {
    return this.#fault;
  }

  /** What the file holds; an empty ledger where there is none. A file that cannot be read is left as it is, aside. */
  async read(): Promise<KpiLedger> {
    try {
      const text = await readFile(this.#path, { encoding: "utf8" });
      if (text.length > MOST_BYTES) return await this.#setAside("it is too large");
      const lines = text.split("\n");
      const { ledger } = ledgerOfLines(lines);
      this.#lines = lines.length;
      this.#broken = !text.endsWith("\n") && text !== "";
      return ledger;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return EMPTY_LEDGER;
      return await this.#setAside(reasonOf(cause));
    }
  }

  /** What cannot be read is not written over. */
  async #setAside(reason: string): Promise<KpiLedger> {
    this.#fault = reason;
    await rename(this.#path, `${this.#path}.unread`).catch(() => {});
    return EMPTY_LEDGER;
  }

  /** Writes the bins that run, and those that ended since the last call. While a write is under way nothing is done. */
  keep(ledger: KpiLedger, bins: readonly (readonly [BinLength, KpiCount])[]): Promise<void> {
    this.#writing ??= this.#write(ledger, bins).finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #write(ledger: KpiLedger, bins: readonly (readonly [BinLength, KpiCount])[]): Promise<void> {
    try {
      if (this.#fault !== null || this.#lines > MOST_LINES + ledger.quarter.length + ledger.day.length)
        await this.#writeAnew(ledger);
      else {
        const text = bins.map(([length, bin]) => `${kpiLine(length, bin)}\n`).join("");
        await appendFile(this.#path, this.#broken ? `\n${text}` : text, { mode: 0o600 });
        this.#lines += bins.length;
      }
      this.#broken = false;
      this.#fault = null;
    } catch (cause) {
      this.#broken = true;
      this.#fault = reasonOf(cause);
    }
  }

  /** The whole ledger in another file that takes the place of this one: a reader sees the one or the other. */
  async #writeAnew(ledger: KpiLedger): Promise<void> {
    const all = BIN_LENGTHS.flatMap((length) => ledger[length].map((bin) => kpiLine(length, bin)));
    const beside = `${this.#path}.new`;
    try {
      await writeFile(beside, `${all.join("\n")}\n`, { mode: 0o600, flush: true });
      await rename(beside, this.#path);
    } catch (cause) {
      await rm(beside, { force: true }).catch(() => {});
      throw cause;
    }
    this.#lines = all.length + 1;
  }
}

/** Where the key figures of the store at `store` lie. */
export function kpiFileOf(store: string): string {
  checkArgument("store", store, rule.text("the path of a store"));
  return `${store}.kpi.jsonl`;
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}
