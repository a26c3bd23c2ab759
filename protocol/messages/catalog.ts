import { checkArgument, rule } from "../../options/index.ts";
import type { MessageOf } from "../codec/message-codec.ts";
import { alarmEvent, listAlarms } from "./alarms.ts";
import { calibrationProgress, calibrationResult, startCalibration } from "./calibration.ts";
import { credit } from "./credit.ts";
import type { CommandDeclaration, EventDeclaration } from "./declaration.ts";
import { describe } from "./describe.ts";
import { readLog } from "./device-log.ts";
import { readHistogram } from "./histogram.ts";
import { identify } from "./identify.ts";
import { identifyLed } from "./identify-led.ts";
import { startKeyExchange, stopKeyExchange } from "./key-exchange.ts";
import { lease } from "./lease.ts";
import { measurementEnded, measurementPoint, startMeasurement, stopMeasurement } from "./measurement.ts";
import { getParameter, listParameters, setParameter } from "./parameters.ts";
import { ping } from "./ping.ts";
import { rawKeyQrx, rawKeyQtx } from "./raw-key.ts";
import { reset } from "./reset.ts";
import { resetAlarmLatch } from "./reset-alarm-latch.ts";
import { selfTest } from "./self-test.ts";
import { getStatus, statusEvent } from "./status.ts";
import { timeSync } from "./time-sync.ts";
import { tune, tuned } from "./tune.ts";

/** Every command, by name. */
export const COMMANDS = {
  ping,
  identify,
  listParameters,
  getParameter,
  setParameter,
  startKeyExchange,
  stopKeyExchange,
  credit,
  getStatus,
  listAlarms,
  selfTest,
  startCalibration,
  timeSync,
  reset,
  identifyLed,
  readLog,
  describe,
  resetAlarmLatch,
  startMeasurement,
  stopMeasurement,
  readHistogram,
  tune,
  lease,
} as const;

/** Every event, by name. */
export const EVENTS = {
  rawKeyQtx,
  rawKeyQrx,
  status: statusEvent,
  alarm: alarmEvent,
  calibrationProgress,
  calibrationResult,
  measurementPoint,
  measurementEnded,
  tuned,
} as const;

/** Name of a command. */
export type CommandName = keyof typeof COMMANDS;
/** Name of an event. */
export type EventName = keyof typeof EVENTS;
/** The request of a command, by the command's name. */
export type RequestOf<N extends CommandName> = MessageOf<(typeof COMMANDS)[N]["request"]>;
/** The reply of a command, by the command's name. */
export type ReplyOf<N extends CommandName> = MessageOf<(typeof COMMANDS)[N]["reply"]>;
/** An event, by its name. */
export type EventOf<N extends EventName> = MessageOf<(typeof EVENTS)[N]["event"]>;

const COMMAND = rule.choice(...Object.keys(COMMANDS));
const EVENT = rule.choice(...Object.keys(EVENTS));

/** The declaration of a command whose name is a type variable: its codecs fit `RequestOf<N>` and `ReplyOf<N>`. */
export function commandOf<N extends CommandName>(name: N): CommandDeclaration<RequestOf<N>, ReplyOf<N>> {
  checkArgument("name", name, COMMAND);
  return COMMANDS[name] as unknown as CommandDeclaration<RequestOf<N>, ReplyOf<N>>;
}

/** The declaration of an event whose name is a type variable. */
export function eventOf<N extends EventName>(name: N): EventDeclaration<EventOf<N>> {
  checkArgument("name", name, EVENT);
  return EVENTS[name] as unknown as EventDeclaration<EventOf<N>>;
}

const byOpcode = <N extends string>(
  table: Readonly<Record<N, { readonly opcode: number }>>,
): Map<number, N> => new Map((Object.keys(table) as N[]).map((name) => [table[name].opcode, name]));

const commandNames = byOpcode(COMMANDS);
const eventNames = byOpcode(EVENTS);

/** Name of the command with this opcode, or undefined. */
export const commandNameOf = (opcode: number): CommandName | undefined => commandNames.get(opcode);
/** Name of the event with this opcode, or undefined. */
export const eventNameOf = (opcode: number): EventName | undefined => eventNames.get(opcode);
