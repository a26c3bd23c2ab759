import { ConfigError, type QkdError } from "../../../errors/index.ts";
import type { KpiBin, KpiView } from "../api/index.ts";
import type { KpiFile } from "../kept/kpi-file.ts";
import { BIN_LENGTHS, type BinLength, type KpiLedger, ledgerBins, ledgerStep } from "../kpi/kpi-ledger.ts";
import type { Second } from "../kpi/second.ts";

/** How often the running bins are written. */
const KEEP_EVERY_S = 60;

/** Owner of the key figures: counts seconds, and keeps what they come to. */
export class KpiDesk {
  readonly #file: KpiFile;
  readonly #failed: (error: QkdError) => void;
  #ledger: KpiLedger;
  #seconds = 0;
  #told: string | null = null;

  constructor(file: KpiFile, ledger: KpiLedger, failed: (error: QkdError) => void) {
    this.#file = file;
    this.#ledger = ledger;
    this.#failed = failed;
  }

  /** Counts one second. A bin that ends is written at once. */
  count(second: Second): void {
    const before = this.#ledger;
    this.#ledger = ledgerStep(before, second);
    this.#seconds += 1;
    const ended =
      before.quarter.length > 0 && before.quarter.at(-1)?.startMs !== this.#ledger.quarter.at(-1)?.startMs;
    if (ended) void this.#keep(before);
    else if (this.#seconds % KEEP_EVERY_S === 0) void this.#keep(this.#ledger);
  }

  view(length: BinLength, most?: number): KpiView {
    return { length, bins: this.bins(length, most), unkept: this.#file.fault };
  }

  bins(length: BinLength, most?: number): readonly KpiBin[] {
    return ledgerBins(this.#ledger, length, most);
  }

  /** Writes what was counted. */
  async close(): Promise<void> {
    // One write may be under way with what was counted before.
    await this.#keep(this.#ledger);
    await this.#keep(this.#ledger);
  }

  async #keep(ledger: KpiLedger): Promise<void> {
    const running = BIN_LENGTHS.flatMap((length) => {
      const bin = ledger[length].at(-1);
      return bin === undefined ? [] : [[length, bin] as const];
    });
    await this.#file.keep(ledger, running);
    const { fault } = this.#file;
    if (fault !== null && fault !== this.#told)
      this.#failed(
        new ConfigError(
          "QKD_OUTPUT_WRITE",
          `key figures cannot be kept on disk (${fault}); they are counted on`,
          {
            retryable: true,
            remedy: "free space where store.path lies, or let this user write there",
          },
        ),
      );
    this.#told = fault;
  }
}
