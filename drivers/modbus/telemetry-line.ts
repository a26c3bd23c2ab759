import { DeviceError, QkdError } from "../../errors/index.ts";
import { IDENTIFICATION_OBJECTS } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import { formatAddress, type TelemetryAddress } from "../transport/address.ts";
import { openSerial } from "../transport/serial-port.ts";
import type { ConnectLimits } from "../transport/socket-connect.ts";
import { openTcp } from "../transport/tcp.ts";
import { createModbusLine, type ModbusLine, type ModbusLineOptions } from "./modbus-line.ts";
import type { TelemetryLineOptions } from "./telemetry-options.ts";

/** Modbus over Serial Line 1.02, 2.5.1.1; a character takes 11 bits. */
const CHARACTERS_BETWEEN_FRAMES = 3.5;
const CHARACTER_BITS = 11;
/** The exception that says: there is no such function (Modbus Application Protocol 1.1b3, 7). */
const ILLEGAL_FUNCTION = 1;
/** Below this the timers of this computer are too coarse. */
const LEAST_GAP_MS = 2;

/** Opens the line and makes sure that the right device answers. Rejects with TransportError or DeviceError. */
export async function openTelemetryLine(
  address: TelemetryAddress,
  options: TelemetryLineOptions,
  signal: AbortSignal,
): Promise<ModbusLine> {
  const name = formatAddress(address);
  const limits = { timeoutMs: options.connectTimeoutMs ?? 5_000, signal };
  const waits = {
    unit: address.unit,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.quietMs === undefined ? {} : { quietMs: options.quietMs }),
    ...(options.tap === undefined ? {} : { tap: options.tap }),
  };
  const line = await openLine(address, name, limits, waits);
  try {
    await checkSerial(line, options.expectedSerial);
  } catch (error) {
    await line.close();
    throw error;
  }
  return line;
}

async function openLine(
  address: TelemetryAddress,
  name: string,
  limits: ConnectLimits,
  waits: Omit<ModbusLineOptions, "framing">,
): Promise<ModbusLine> {
  switch (address.kind) {
    case "modbus+tcp":
      return createModbusLine(await openTcp(name, address, limits), { framing: "tcp", ...waits });
    case "modbus+rtu+tcp":
      return createModbusLine(await openTcp(name, address, limits), { framing: "rtu", ...waits });
    case "modbus+rtu": {
      const transport = await openSerial(name, address, limits);
      return createModbusLine(transport, { framing: "rtu", gapMs: gapMs(address.baud), ...waits });
    }
  }
}

function gapMs(baud: number): number {
  return Math.max(LEAST_GAP_MS, (CHARACTERS_BETWEEN_FRAMES * CHARACTER_BITS * 1_000) / baud);
}

async function checkSerial(line: ModbusLine, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  let found: string | undefined;
  try {
    found = (await line.readIdentification()).get(IDENTIFICATION_OBJECTS.serialNumber.id);
  } catch (error) {
    // A device without identification cannot be checked; it may still have registers. One that is busy, or whose gateway
    // does not reach it, is asked again before any reading counts.
    if (error instanceof QkdError && error.context.exception === ILLEGAL_FUNCTION) return;
    throw error;
  }
  // Whoever names itself, but not by its serial number, is not known to be the right one either.
  if (found === undefined || printable(found) !== expected)
    throw new DeviceError("QKD_DEVICE_IDENTITY", `${line.name} is the telemetry of another device`, {
      context: { expected, found },
      remedy: "correct the telemetry address",
    });
}
