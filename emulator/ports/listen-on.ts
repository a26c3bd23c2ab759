import { checkArgument, rule } from "../../options/index.ts";
import { type ListenAddress, parseListenAddress } from "./listen-address.ts";
import type { ModbusBank } from "./modbus-bank.ts";
import { openModbusRtuPort } from "./modbus-rtu-port.ts";
import { listenModbusRtuOverTcp, listenModbusTcp } from "./modbus-tcp-port.ts";
import type { AcceptConnection, Port } from "./port.ts";
import { openPtyPort } from "./pty-port.ts";
import { listenTcp, listenTls } from "./tcp-port.ts";

/** What stands behind a port: a device's session, or its registers. */
export interface PortService {
  readonly accept: AcceptConnection;
  readonly bank: ModbusBank;
}

const SERVICE = rule.like(
  { accept: rule.callback, bank: rule.anyObject },
  "what takes connections, and registers",
);

/** Opens one port by its address. Throws TransportError QKD_TRANSPORT_ADDRESS, and what its kind of port throws. */
export function listenOn(address: string, service: PortService): Promise<Port> {
  checkArgument("address", address, rule.text("a listen address"));
  checkArgument("service", service, SERVICE);
  const { accept, bank } = service;
  const wanted: ListenAddress = parseListenAddress(address);
  switch (wanted.kind) {
    case "tcp":
      return listenTcp(wanted.at, accept);
    case "tls":
      return listenTls(wanted.at, wanted.credentials, accept);
    case "serial":
      return openPtyPort(wanted, accept);
    case "modbus+tcp":
      return listenModbusTcp(wanted.at, wanted.unit, bank);
    case "modbus+rtu+tcp":
      return listenModbusRtuOverTcp(wanted.at, wanted.unit, bank);
    case "modbus+rtu":
      return openModbusRtuPort(wanted, bank);
  }
}
