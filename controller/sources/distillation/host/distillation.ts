import type { Observable } from "rxjs";
import type { RawKeyFrame } from "../../../../drivers/index.ts";
import type { QkdError } from "../../../../errors/index.ts";
import { maybe, type RulesOf, rule } from "../../../../options/index.ts";
import type { AuthReserve, NewBlock, SiteRole } from "../../../pool/key-pool.ts";
import type { SourceHoldings } from "../../block-source.ts";
import type { BlockReport } from "../block-report.ts";
import type { DistillationProgress, DroppedBlock } from "../engine-io.ts";
import { type DistillationSettings, SETTINGS_RULES } from "../settings.ts";

/** What distillation at one site needs, however the other site is reached. */
export interface DistillationBasics {
  readonly role: SiteRole;
  readonly settings: DistillationSettings;
  readonly auth: AuthReserve;
  /** Lowest block sequence this site may use: one more than any it ever stored. */
  readonly firstSequence: number;
  /** Blocks that may be opened in all, until `allow` says otherwise; default: any number. */
  readonly attempts?: number;
  /** Derives every random choice from this text, so that two runs give equal keys: tests alone. */
  readonly insecureSeed?: string;
}

export const BASICS_RULES: RulesOf<DistillationBasics> = {
  role: rule.choice("alice", "bob"),
  settings: rule.object<DistillationSettings>(SETTINGS_RULES),
  auth: rule.having(["reserve", "reserveFromPeer"], "the authentication reserve of a key pool"),
  firstSequence: rule.whole(0, Number.MAX_SAFE_INTEGER),
  attempts: maybe(rule.number(0, Number.POSITIVE_INFINITY)),
  insecureSeed: maybe(rule.text()),
};

/** A finished block with its statistics. */
export interface DistilledBlock {
  readonly block: NewBlock;
  readonly report: BlockReport;
}

/** Distillation of one site, running in worker threads. */
export interface Distillation {
  /** Takes a copy of a raw-key frame. */
  offer(frame: RawKeyFrame): void;
  /** Numbers of frames that were taken over: acknowledge them to the device. */
  readonly consumed$: Observable<number>;
  /** Blocks whose transcripts both sites have authenticated. */
  readonly blocks$: Observable<DistilledBlock>;
  /** Blocks that gave no key, with the reason in `aborted`. */
  readonly aborted$: Observable<BlockReport>;
  /** Blocks lost to a reconnection, a broken message or a wrong tag. */
  readonly dropped$: Observable<DroppedBlock>;
  /** Everything that went wrong and was survived; QKD_DISTILLATION_WORKER means that this object is dead. */
  readonly failures$: Observable<QkdError>;
  readonly progress$: Observable<DistillationProgress>;
  /** Blocks that may be opened in all, those of before included. */
  allow(attempts: number): void;
  /** As `BlockSource.holdings`. */
  holdings(): Promise<SourceHoldings>;
  /** Alice's site: ends the block under way whatever its size. */
  flush(): void;
  /** Stops the threads; blocks under way are lost. Idempotent. */
  close(): Promise<void>;
}
