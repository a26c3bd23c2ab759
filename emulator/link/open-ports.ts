import { QkdError } from "../../errors/index.ts";
import { registerBank } from "../device/register-bank.ts";
import type { TransceiverDevice } from "../device/transceiver-device.ts";
import type { SiteWires } from "../faults/site-wires.ts";
import { type ListenAddress, parseListenAddress } from "../ports/listen-address.ts";
import { openModbusRtuPort } from "../ports/modbus-rtu-port.ts";
import { listenModbusRtuOverTcp, listenModbusTcp } from "../ports/modbus-tcp-port.ts";
import type { AcceptConnection, Port } from "../ports/port.ts";
import { openPtyPort } from "../ports/pty-port.ts";
import { listenTcp, listenTls } from "../ports/tcp-port.ts";

/** Where clients reach one device. The named ones are the first of their kind; `all` has every one. */
export interface DeviceAddresses {
  readonly tcp?: string;
  readonly tls?: string;
  readonly serial?: string;
  readonly modbusTcp?: string;
  readonly modbusRtu?: string;
  readonly modbusRtuTcp?: string;
  readonly all: readonly string[];
}

/** Ports that a device has where nothing else is asked for; those on pseudo-terminals need Linux. */
const DEFAULT_PORTS = ["tcp://127.0.0.1:0", "serial:", "modbus+tcp://127.0.0.1:0", "modbus+rtu:"];

const NAMES = {
  tcp: "tcp",
  tls: "tls",
  serial: "serial",
  "modbus+tcp": "modbusTcp",
  "modbus+rtu": "modbusRtu",
  "modbus+rtu+tcp": "modbusRtuTcp",
} as const satisfies Record<ListenAddress["kind"], Exclude<keyof DeviceAddresses, "all">>;

/** Opens the ports of one device, all or none. Throws ConfigError or TransportError. */
export async function openPorts(
  device: TransceiverDevice,
  wires: SiteWires,
  asked: readonly string[] | undefined,
  opened: Port[],
): Promise<DeviceAddresses> {
  const addresses: { -readonly [K in Exclude<keyof DeviceAddresses, "all">]?: string } = {};
  const all: string[] = [];
  for (const wanted of (asked ?? DEFAULT_PORTS).map(parseListenAddress)) {
    const port = await openPort(device, wires, wanted).catch((error: unknown) => {
      const missing = error instanceof QkdError && error.code === "QKD_PTY_UNAVAILABLE";
      if (missing && asked === undefined) return undefined;
      throw error;
    });
    if (port === undefined) continue;
    opened.push(port);
    addresses[NAMES[wanted.kind]] ??= port.address;
    all.push(port.address);
  }
  return { ...addresses, all };
}

function openPort(device: TransceiverDevice, wires: SiteWires, wanted: ListenAddress): Promise<Port> {
  const accept: AcceptConnection = (connection) => device.accept(connection);
  const modbus = wires.of("modbus");
  switch (wanted.kind) {
    case "tcp":
      return listenTcp(wanted.at, wires.of("tcp").wrap(accept));
    case "tls":
      return listenTls(wanted.at, wanted.credentials, wires.of("tcp").wrap(accept));
    case "serial":
      return openPtyPort(wanted, wires.of("serial").wrap(accept, wanted.line));
    case "modbus+tcp":
      return listenModbusTcp(wanted.at, wanted.unit, modbus.refusing(registerBank(device)), (serve) =>
        modbus.wrap(serve),
      );
    case "modbus+rtu+tcp":
      return listenModbusRtuOverTcp(wanted.at, wanted.unit, modbus.refusing(registerBank(device)), (serve) =>
        modbus.wrap(serve),
      );
    case "modbus+rtu":
      return openModbusRtuPort(wanted, modbus.refusing(registerBank(device)), (serve) =>
        modbus.wrap(serve, wanted.line),
      );
  }
}
