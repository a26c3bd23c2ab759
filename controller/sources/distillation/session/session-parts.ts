import type { Kernels } from "../../../../kernels/index.ts";
import type { RandomSource } from "../engine-io.ts";
import type { AgreedSettings } from "../settings.ts";

/** What a session is made of. */
export interface SessionParts {
  readonly site: "alice" | "bob";
  readonly settings: AgreedSettings;
  readonly settingsDigest: Uint8Array;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  readonly firstSequence: number;
  readonly attempts: number;
}
