import type { SiteRole } from "./key-pool.ts";

/** Which end of the agreement a site is for all blocks of its link (SPEC-PEER 5.1). */
export type PairEnd = "proposer" | "acceptor";

/** Alice proposes. */
export const pairEnd = (site: SiteRole): PairEnd => (site === "alice" ? "proposer" : "acceptor");
