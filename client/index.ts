import "./need-node.ts";

export type { DeliveredKey, Extension } from "./answers/key-container.ts";
export type { KmeStatus } from "./answers/kme-status.ts";
export type { Etsi014ClientOptions, KmeTls } from "./etsi014/client-options.ts";
export { Etsi014Client } from "./etsi014/etsi014-client.ts";
export type { CallOptions, KeyWish } from "./etsi014/key-wish.ts";
export { type EndpointReport, KeyManagerClient } from "./manager/key-manager-client.ts";
export type {
  AvailableKey,
  KeyAnswer,
  KeyManagerClientOptions,
  KeySender,
  KeyWanted,
  ManagerCallOptions,
  UnavailableKey,
} from "./manager/manager-options.ts";
