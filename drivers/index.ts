export type * from "./device/transceiver.ts";
export * from "./transport/address.ts";
export { createMemoryLink, type MemoryTransport } from "./transport/memory-link.ts";
export { openTransport, type TransportOptions } from "./transport/open-transport.ts";
export { listSerialPorts, type SerialPortInfo } from "./transport/serial-port.ts";
export type { TlsCredentials } from "./transport/tls.ts";
export type * from "./transport/transport.ts";
