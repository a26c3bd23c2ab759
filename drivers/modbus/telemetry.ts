import { Observable, shareReplay } from "rxjs";
import { DeviceError, QkdError, TransportError } from "../../errors/index.ts";
import { checkOptions } from "../../options/index.ts";
import {
  COILS,
  DISCRETE_INPUT_COUNT,
  DISCRETE_INPUTS,
  decodeInputRegisters,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTER_COUNT,
  INPUT_REGISTER_COUNT_V1,
  type RegisterValues,
} from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import { formatAddress, parseTelemetryAddress } from "../transport/address.ts";
import type { ModbusLine } from "./modbus-line.ts";
import { openTelemetryLine } from "./telemetry-line.ts";
import { TELEMETRY_RULES, type TelemetryOptions } from "./telemetry-options.ts";

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

/** So many rounds without a usable answer make a new connection. */
const SILENT_ROUNDS = 3;

/** Telemetry of the device at an address (`modbus+tcp://…`, `modbus+rtu:…`). Throws QKD_TRANSPORT_ADDRESS. */
export function openTelemetry(addressText: string, options: TelemetryOptions = {}): Telemetry {
  checkOptions("the options of openTelemetry", options, TELEMETRY_RULES);
  const address = parseTelemetryAddress(addressText);
  const name = formatAddress(address);
  const connecting = new AbortController();
  let opening: Promise<ModbusLine> | undefined;

  const line = (): Promise<ModbusLine> => {
    if (connecting.signal.aborted)
      return Promise.reject(new TransportError("QKD_TRANSPORT_CLOSED", `${name} was closed`));
    if (opening === undefined) {
      const mine = openTelemetryLine(address, options, connecting.signal);
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
    const words = await allInputRegisters(open);
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
      if (silentRounds > 0 && silentRounds % SILENT_ROUNDS === 0)
        await opening?.then((open) => open.close()).catch(() => {});
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
      const named = Object.entries(IDENTIFICATION_OBJECTS).flatMap(([key, { id }]) => {
        const text = objects.get(id);
        return text === undefined ? [] : [[key, printable(text)]];
      });
      return Object.fromEntries(named);
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

/** Lines whose device has the shorter map of version 1. */
const olderMaps = new WeakSet<ModbusLine>();
/** The exception that says: there is no such address (Modbus Application Protocol 1.1b3, 7). */
const ILLEGAL_ADDRESS = 2;

/** Every input register at one moment: those of the present map, or of version 1 where the device has no more (SPEC 9.2). */
async function allInputRegisters(line: ModbusLine): Promise<readonly number[]> {
  if (!olderMaps.has(line))
    try {
      return await line.readInputRegisters(0, INPUT_REGISTER_COUNT);
    } catch (error) {
      if (!(error instanceof QkdError) || error.context.exception !== ILLEGAL_ADDRESS) throw error;
    }
  const words = await line.readInputRegisters(0, INPUT_REGISTER_COUNT_V1);
  olderMaps.add(line);
  return words;
}

function codesOf(bits: readonly boolean[], start: number): ReadonlySet<number> {
  const codes = new Set<number>();
  for (let code = 0; code < DISCRETE_INPUT_COUNT / 2; code++) if (bits[start + code]) codes.add(code);
  return codes;
}
