export {
  DEFAULT_DELIVERY_POLICY,
  type DeliveryPolicy,
  type SaeIdentitySource,
} from "./delivery/delivery-policy.ts";
export {
  createDeliveryServer,
  type DeliveryOptions,
  type DeliveryServer,
  type DeliveryTls,
} from "./delivery/delivery-server.ts";
export type { FallbackView, KeySource } from "./delivery/key-access.ts";
export * from "./distillation/index.ts";
export type * from "./events.ts";
export type * from "./peer/peer-channel.ts";
export * from "./peer/tls-peer-channel.ts";
export type { AuditEntry } from "./pool/audit-log.ts";
export type * from "./pool/key-pool.ts";
export { LINK_KEY_BYTES } from "./pool/key-store.ts";
export * from "./pool/open-key-pool.ts";
export { createKeyFile, KEY_FILE_BYTES, readSecretFile } from "./pool/secret-file.ts";
export type * from "./site/controller.ts";
export type * from "./site/controller-options.ts";
export { createController } from "./site/create-controller.ts";
export type * from "./site/key-access.ts";
