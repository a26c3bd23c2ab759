import { field } from "./field.ts";

/** One of the two ends. */
export type SiteName = "alice" | "bob";

/** Both ends. */
export const SITES = ["alice", "bob"] as const satisfies readonly SiteName[];

/** The member that says which end something happens to. */
export const site = field.choice(SITES, "which end");
