export type * from "./device/transceiver.ts";
export type * from "./transport/transport.ts";
