export type * from "./distillation/engine.ts";
export type * from "./events.ts";
export type * from "./peer/peer-channel.ts";
export * from "./peer/tls-peer-channel.ts";
export type { AuditEntry } from "./pool/audit-log.ts";
export type * from "./pool/key-pool.ts";
export { LINK_KEY_BYTES } from "./pool/key-store.ts";
export * from "./pool/open-key-pool.ts";
export { createKeyFile, KEY_FILE_BYTES, readSecretFile } from "./pool/secret-file.ts";
