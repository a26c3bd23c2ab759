import { charactersPerSecond } from "./line-settings.ts";
import type { ModbusBank } from "./modbus-bank.ts";
import { serveModbusRtu } from "./modbus-rtu-slave.ts";
import type { AcceptConnection, Port } from "./port.ts";
import { openPtyPort, type PtyPortOptions } from "./pty-port.ts";

/** Below this a pause may be the scheduler's, not the line's. */
const LEAST_SILENCE_MS = 20;

/**
 * Serves a register bank as a Modbus RTU slave on an emulated serial line. Other units' requests are ignored.
 * `through` may put something between the line and the slave.
 */
export async function openModbusRtuPort(
  options: PtyPortOptions & { readonly unit: number },
  bank: ModbusBank,
  through: (serve: AcceptConnection) => AcceptConnection = (serve) => serve,
): Promise<Port> {
  // The standard's 3.5 characters, with room for the scheduler.
  const silenceMs = Math.max(LEAST_SILENCE_MS, (3.5 * 1000) / charactersPerSecond(options.line));
  const serve: AcceptConnection = (connection) => serveModbusRtu(connection, options.unit, silenceMs, bank);
  const port = await openPtyPort(options, through(serve));
  return {
    address: `modbus+rtu:${port.address.slice("serial:".length)}&unit=${options.unit}`,
    close: () => port.close(),
  };
}
