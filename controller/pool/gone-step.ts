import type { GoneReason, StoredBlockState } from "./key-pool.ts";

/** A block as a notice of the other site finds it; null for one that is not known. */
export interface NotifiedBlock {
  readonly state: StoredBlockState | "quarantined";
  readonly proposed: boolean;
}

/**
 * What a notice of the other site does to a block here. `void`: destroys what was never released. `later`: its fate is not
 * known yet, the notice is to come again. `retire`: hands out no more of the own half, and keeps what the other site
 * handed out for fetching. `close`: hands nothing out of a block whose release never came, and
 * keeps it for fetching as long: it may have been released. `skip`: as `retire`, of a part of the own half alone, and the other site goes on with its own. `drain`: the other site hands out no more, nothing else.
 */
export type GoneDeed = "nothing" | "void" | "later" | "close" | "retire" | "skip" | "drain";

/** Judges a notice. Doing its deed twice changes nothing more. */
export function goneStep(block: NotifiedBlock | null, reason: GoneReason): GoneDeed {
  if (block === null || block.state === "absent" || block.state === "spent") return "nothing";
  if (block.state === "pending" && block.proposed) return "void";
  if (block.state === "pending") return reason === "lost" ? "close" : "later";
  if (reason === "burnt") return "skip";
  return reason === "handedOut" ? "drain" : "retire";
}
