/** A device's lines: every port of that kind; TLS counts as `tcp`, `modbus` is Modbus TCP and RTU. */
export type WirePort = "tcp" | "serial" | "modbus";

/** Every kind of line. */
export const WIRE_PORTS: readonly WirePort[] = ["tcp", "serial", "modbus"];
