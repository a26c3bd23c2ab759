export type * from "./distillation/engine.ts";
export type * from "./events.ts";
export type * from "./peer/peer-channel.ts";
export * from "./peer/tls-peer-channel.ts";
export type * from "./pool/key-pool.ts";
