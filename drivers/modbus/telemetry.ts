import { Observable, shareReplay } from "rxjs";
import { DeviceError, QkdError, TransportError } from "../../errors/index.ts";
import {
  COILS,
  DISCRETE_INPUT_COUNT,
  DISCRETE_INPUTS,
  decodeInputRegisters,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTER_COUNT,
  type RegisterValues,
} from "../../protocol/index.ts";
import { formatAddress, parseTelemetryAddress } from "../transport/address.ts";
import { openSerial } from "../transport/serial-port.ts";
import { openTcp } from "../transport/tcp.ts";
import type { Transport } from "../transport/transport.ts";
import { createModbusLine, type ModbusLine } from "./modbus-line.ts";

/** One round of readings, or why there is none. A failure is a value: the next round may succeed. */
export type TelemetryUpdate =
  | {
      readonly type: "reading";
      readonly values: RegisterValues;
      /** Codes of alarms whose quantity is outside the operating or the absolute range. */
      readonly operatingAlarms: ReadonlySet<number>;
      readonly absoluteAlarms: ReadonlySet<number>;
    }
  | { readonly type: "failed"; readonly error: QkdError };

/** The identification objects of a device, by name; absent ones are missing. */
export type TelemetryIdentification = { readonly [N in keyof typeof IDENTIFICATION_OBJECTS]?: string };

/** The telemetry plane of one device. Connects when needed, again after every failure. */
export interface Telemetry {
  /** Polls while somebody is subscribed; replays the last update. Never errors; completes after `close`. */
  readonly updates$: Observable<TelemetryUpdate>;
  read(): Promise<Extract<TelemetryUpdate, { type: "reading" }>>;
  identification(): Promise<TelemetryIdentification>;
  /** Clears latched alarms whose cause is gone. */
  resetAlarmLatch(): Promise<void>;
  /** Blinks the LED for so many seconds (at most 3600), 0 stops it. */
  identifyLed(durationS: number): Promise<void>;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  /** Time from one round to the next, 1 s unless told. */
  readonly intervalMs?: number;
  readonly connectTimeoutMs?: number;
  readonly timeoutMs?: number;
  readonly quietMs?: number;
  /** Refuses a device with another serial number (QKD_DEVICE_IDENTITY). */
  readonly expectedSerial?: string;
}

/** Modbus over Serial Line 1.02, 2.5.1.1; a character takes 11 bits. */
const CHARACTERS_BETWEEN_FRAMES = 3.5;
/** So many rounds without a usable answer make a new connection. */
const SILENT_ROUNDS = 3;

/** Telemetry of the device at an address (`modbus+tcp://…`, `modbus+rtu:…`). Throws QKD_TRANSPORT_ADDRESS. */
export function openTelemetry(addressText: string, options: TelemetryOptions = {}): Telemetry {
  const address = parseTelemetryAddress(addressText);
  const name = formatAddress(address);
  const connecting = new AbortController();
  let opening: Promise<ModbusLine> | undefined;

  const openLine = async (): Promise<ModbusLine> => {
    const limits = { timeoutMs: options.connectTimeoutMs ?? 5_000, signal: connecting.signal };
    const transport: Transport =
      address.kind === "modbus+tcp"
        ? await openTcp(name, address, limits)
        : await openSerial(name, address, limits);
    const line = createModbusLine(transport, {
      framing: address.kind === "modbus+tcp" ? "tcp" : "rtu",
      unit: address.unit,
      ...(address.kind === "modbus+rtu"
        ? { gapMs: Math.max(2, (CHARACTERS_BETWEEN_FRAMES * 11_000) / address.baud) }
        : {}),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.quietMs === undefined ? {} : { quietMs: options.quietMs }),
    });
    try {
      await checkSerial(line, options.expectedSerial);
    } catch (error) {
      await line.close();
      throw error;
    }
    return line;
  };
  const line = (): Promise<ModbusLine> => {
    if (connecting.signal.aborted)
      return Promise.reject(new TransportError("QKD_TRANSPORT_CLOSED", `${name} was closed`));
    if (opening === undefined) {
      const mine = openLine();
      opening = mine;
      const forget = () => {
        if (opening === mine) opening = undefined;
      };
      mine.then((opened) => opened.closed.then(forget), forget);
    }
    return opening;
  };

  const read: Telemetry["read"] = async () => {
    const open = await line();
    const words = await open.readInputRegisters(0, INPUT_REGISTER_COUNT);
    const bits = await open.readDiscreteInputs(0, DISCRETE_INPUT_COUNT);
    return {
      type: "reading",
      values: decodeInputRegisters(words),
      operatingAlarms: codesOf(bits, DISCRETE_INPUTS.operatingAlarms),
      absoluteAlarms: codesOf(bits, DISCRETE_INPUTS.absoluteAlarms),
    };
  };
  let silentRounds = 0;
  const readOrSay = async (): Promise<TelemetryUpdate> => {
    try {
      const update = await read();
      silentRounds = 0;
      return update;
    } catch (cause) {
      const error =
        cause instanceof QkdError
          ? cause
          : new TransportError("QKD_MODBUS_GARBAGE", `${name} could not be read`, { cause });
      silentRounds = error.code === "QKD_MODBUS_EXCEPTION" ? 0 : silentRounds + 1;
      // A socket whose other end vanished stays open for ever: only a new one finds the device again.
      if (silentRounds % SILENT_ROUNDS === 0) await opening?.then((open) => open.close()).catch(() => {});
      return { type: "failed", error };
    }
  };

  const polling = new Observable<TelemetryUpdate>((subscriber) => {
    let timer: NodeJS.Timeout | undefined;
    const round = async () => {
      const update = await readOrSay();
      if (subscriber.closed) return;
      if (connecting.signal.aborted) {
        subscriber.complete();
        return;
      }
      subscriber.next(update);
      timer = setTimeout(round, options.intervalMs ?? 1_000);
    };
    const finish = () => subscriber.complete();
    connecting.signal.addEventListener("abort", finish);
    void round();
    return () => {
      clearTimeout(timer);
      connecting.signal.removeEventListener("abort", finish);
    };
  });

  return {
    updates$: polling.pipe(shareReplay({ bufferSize: 1, refCount: true })),
    read,
    async identification() {
      const objects = await (await line()).readIdentification();
      const named = Object.entries(IDENTIFICATION_OBJECTS).map(([key, { id }]) => [key, objects.get(id)]);
      return Object.fromEntries(named.filter(([, text]) => text !== undefined));
    },
    resetAlarmLatch: async () => (await line()).writeCoil(COILS.resetAlarmLatch.address, true),
    async identifyLed(durationS) {
      const { address: register, min, max } = HOLDING_REGISTERS.identifyLedS;
      if (!Number.isInteger(durationS) || durationS < min || durationS > max)
        throw new DeviceError(
          "QKD_DEVICE_BAD_PARAMETER",
          `The LED blinks for ${min} to ${max} whole seconds`,
        );
      await (await line()).writeRegisters(register, [durationS]);
    },
    async close() {
      connecting.abort();
      await opening?.then((opened) => opened.close()).catch(() => {});
    },
  };
}

function codesOf(bits: readonly boolean[], start: number): ReadonlySet<number> {
  const codes = new Set<number>();
  for (let code = 0; code < DISCRETE_INPUT_COUNT / 2; code++) if (bits[start + code]) codes.add(code);
  return codes;
}

async function checkSerial(line: ModbusLine, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  let found: string | undefined;
  try {
    found = (await line.readIdentification()).get(IDENTIFICATION_OBJECTS.serialNumber.id);
  } catch (error) {
    // A device without identification cannot be checked; it may still have registers.
    if (error instanceof QkdError && error.code === "QKD_MODBUS_EXCEPTION") return;
    throw error;
  }
  if (found !== undefined && found !== expected)
    throw new DeviceError("QKD_DEVICE_IDENTITY", `${line.name} is the telemetry of another device`, {
      context: { expected, found },
      remedy: "correct the telemetry address",
    });
}
