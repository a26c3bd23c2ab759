import type { BaselineFile } from "../../../diagnosis/index.ts";
import { ConfigError } from "../../../errors/index.ts";
import { type BaselineOwner, learntBaselineOf, readOwnBaseline } from "../kept/baseline-file.ts";
import type { ExplainingOptions } from "./explaining-options.ts";

/** A baseline with where it came from. */
export interface KnownBaseline {
  readonly file: Omit<BaselineFile, "schema">;
  readonly path: string;
  readonly from: "file" | "runningLink";
}

/**
 * The baseline that is named, or what this site learnt in an earlier run; null where the link has to be learnt. Rejects with
 * ConfigError for a named one that cannot be used: nobody is diagnosed against another measure than the one asked for.
 */
export async function knownBaseline({
  baseline,
  store,
  transceiver,
}: ExplainingOptions): Promise<KnownBaseline | null> {
  const { role, serial, linkId } = transceiver.identity;
  const owner: BaselineOwner = { linkId, role, serial };
  if (baseline !== undefined)
    return { file: await readOwnBaseline(baseline, owner), path: baseline, from: "file" };
  const path = learntBaselineOf(store);
  try {
    return { file: await readOwnBaseline(path, owner), path, from: "runningLink" };
  } catch (error) {
    // What was learnt of other units, or was harmed, is learnt anew.
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
