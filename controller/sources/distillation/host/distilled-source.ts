import { type Observable, Subject, type Subscription } from "rxjs";
import type { RawKeyFrame } from "../../../../drivers/index.ts";
import type { QkdError } from "../../../../errors/index.ts";
import type { AttemptCost } from "../../../pool/key-pool.ts";
import type { BlockSource, SourceHoldings, SourcePorts } from "../../block-source.ts";
import type { BlockReport } from "../block-report.ts";
import type { DistillationProgress, DroppedBlock } from "../engine-io.ts";
import type { ConnectedDistillation } from "./create-distillation.ts";
import type { DistilledBlock } from "./distillation.ts";

/** What distillation needs of its pair besides the agreement. */
export interface DistilledPorts extends SourcePorts {
  /** Why the key of a block is not to be kept, or null. */
  readonly withholds: (report: BlockReport) => string | null;
  /** Enters an attempt that stored no block in the ledger. Rejects with KeyStoreError. */
  readonly charge: (cost: AttemptCost) => Promise<void>;
  /** How many attempts may have begun in all, once so many have ended and are in the ledger. Rejects with KeyStoreError. */
  readonly attempts: (ended: number) => Promise<number>;
  readonly failed: (error: unknown) => void;
}

/** The distillation of a physical link as a source of blocks. */
export class DistilledSource implements BlockSource {
  readonly kind = "distilled";
  readonly origin = "qkd";
  /** Statistics of every block that ended, with or without key. */
  readonly reports$: Observable<BlockReport>;
  readonly consumed$: Observable<number>;
  readonly dropped$: Observable<DroppedBlock>;
  readonly failures$: Observable<QkdError>;
  readonly progress$: Observable<DistillationProgress>;
  readonly #distillation: ConnectedDistillation;
  readonly #ports: DistilledPorts;
  readonly #reports = new Subject<BlockReport>();
  readonly #subscriptions: readonly Subscription[];
  /** That ended and are in the ledger. */
  #attempts = 0;

  constructor(distillation: ConnectedDistillation, ports: DistilledPorts) {
    this.#distillation = distillation;
    this.#ports = ports;
    this.reports$ = this.#reports.asObservable();
    this.consumed$ = distillation.consumed$;
    this.dropped$ = distillation.dropped$;
    this.failures$ = distillation.failures$;
    this.progress$ = distillation.progress$;
    this.#subscriptions = [
      distillation.blocks$.subscribe((distilled) => void this.#keep(distilled)),
      distillation.aborted$.subscribe((report) => {
        this.#reports.next(report);
        void this.#charge({ epsilon: report.epsilon, padsSpent: true });
      }),
      distillation.dropped$.subscribe((dropped) => void this.#charge(dropped)),
    ];
  }

  /** Takes a copy of a raw-key frame. */
  frame(frame: RawKeyFrame): void {
    this.#distillation.offer(frame);
  }

  holdings(): Promise<SourceHoldings> {
    return this.#distillation.holdings();
  }

  connected(epoch: number | null): void {
    if (epoch !== null) this.#distillation.admit(epoch);
  }

  /** Photons cannot be hurried. */
  async fill(): Promise<void> {}

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#distillation.close();
    this.#reports.complete();
  }

  /** A block that is not kept is not told either: the other node then destroys its copy too. */
  async #keep({ block, report }: DistilledBlock): Promise<void> {
    const withheld = this.#ports.withholds(report);
    this.#reports.next(withheld === null ? report : { ...report, secretBits: 0, aborted: withheld });
    let stored = false;
    try {
      stored = withheld === null && (await this.#ports.offer(block));
    } catch (error) {
      this.#ports.failed(error);
    } finally {
      block.key.wipe();
    }
    if (stored) await this.#ended();
    else await this.#charge({ epsilon: report.epsilon, padsSpent: true });
  }

  async #charge({ epsilon, padsSpent }: AttemptCost): Promise<void> {
    try {
      await this.#ports.charge({ epsilon, padsSpent });
    } catch (error) {
      // What the ledger does not hold keeps the place that it had in the budget.
      this.#ports.failed(error);
      return;
    }
    await this.#ended();
  }

  /** An attempt is in the ledger: what it kept of the budget and did not cost is free for others. */
  async #ended(): Promise<void> {
    this.#attempts += 1;
    try {
      const allowed = await this.#ports.attempts(this.#attempts);
      this.#distillation.allow(allowed);
    } catch (error) {
      this.#ports.failed(error);
    }
  }
}
