/** Where a key came from; every key carries it to its user. */
export type KeyOrigin = "qkd" | "relay" | "hybrid" | "pqc";
