import { FINDINGS } from "./findings.ts";
import { LABELS } from "./labels.ts";
import { PROGRESS } from "./progress.ts";
import { REASONS } from "./reasons.ts";
import { STEPS } from "./steps.ts";

/** The catalogue in Japanese. */
export const JAPANESE = { ...LABELS, ...STEPS, ...FINDINGS, ...REASONS, ...PROGRESS } as const;
