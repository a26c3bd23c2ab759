import type { SiteRole } from "./key-pool.ts";

/** Which end of the agreement a site is for all blocks of its link (SPEC-PEER 5.1). */
export type PairEnd = "proposer" | "acceptor";

/** A store knows its end of a pair by the name of a site: Alice's is the proposer's. */
export const pairEnd = (site: SiteRole): PairEnd => (site === "alice" ? "proposer" : "acceptor");

/** The name that an end of a pair has in the store, in the agreement, and in every exchange that is none of light. */
export const siteOfEnd = (end: PairEnd): SiteRole => (end === "proposer" ? "alice" : "bob");
