import type { Language, SigningKey } from "../../report/index.ts";
import type { LinkPlan } from "../plan/link-plan.ts";
import type { SiteCredentials } from "../sites/open-sites.ts";
import type { Hands } from "../steps/step.ts";

/** Whose signature the report gets: the operator's key at hand, a witness's key at hand or to come. */
export interface Signing {
  readonly operator?: SigningKey;
  /** Present with its private half where the witness signs at once. */
  readonly witness?: { readonly publicKey: string; readonly key?: SigningKey };
}

/** What happens while commissioning goes on. */
export type CommissionNews =
  | { readonly type: "restored"; readonly settings: readonly string[] }
  | { readonly type: "resumed"; readonly done: number; readonly next: number }
  | { readonly type: "step"; readonly number: number; readonly of: number; readonly name: string }
  | {
      readonly type: "done";
      readonly number: number;
      readonly name: string;
      readonly verdict: string;
      readonly finding: string | null;
      readonly remedy: string | null;
      readonly reason: string | null;
    };

export interface CommissionOptions {
  readonly alice: string;
  readonly bob: string;
  readonly aliceTelemetry?: string;
  readonly bobTelemetry?: string;
  /** Folder of the report. */
  readonly out: string;
  readonly plan: LinkPlan;
  /** The plan as its file has it; kept beside the report. */
  readonly planText?: string;
  readonly language: Language;
  readonly hands: Hands;
  /** Numbers of steps that are left out, and of those that are done again. */
  readonly skip: readonly number[];
  readonly repeat: readonly number[];
  readonly soakS: number;
  /** Certificates of a throw-away authority, for both sites of the steps that make key. */
  readonly credentials: () => Promise<SiteCredentials>;
  readonly signing: Signing;
  /** Version of this package, for the report. */
  readonly version: string;
  readonly signal: AbortSignal;
  /** Told everything in order; a step begins when what was told of it has been dealt with. */
  readonly tell: (news: CommissionNews) => void | Promise<void>;
}
