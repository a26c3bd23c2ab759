import { CodecError } from "../../errors/index.ts";
import {
  COMMANDS,
  type CommandName,
  commandNameOf,
  type DeviceErrorCode,
  EVENTS,
  errorReply,
  type MessageCodec,
  type MessageOf,
} from "../../protocol/index.ts";
import { newestAt, type RecordedUnit } from "./recorded-unit.ts";

/** A reply, or a refusal in the form of an error reply. */
export interface RecordedAnswer {
  readonly error: boolean;
  readonly payload: Uint8Array;
}

/** What would change a unit, or needs it to live. A recording refuses them. */
const REFUSED: Partial<Record<CommandName, readonly [DeviceErrorCode, string]>> = {
  setParameter: ["readOnly", "a recording cannot be set"],
  startKeyExchange: ["notSupported", "a recording holds no raw key"],
  stopKeyExchange: ["wrongState", "a recording has no key exchange"],
  credit: ["wrongState", "a recording has no key exchange"],
  startCalibration: ["notSupported", "a recording cannot be calibrated"],
  reset: ["notSupported", "a recording cannot be reset"],
  identifyLed: ["notSupported", "a recording has no LED"],
  timeSync: ["notSupported", "a recording has no clock"],
  resetAlarmLatch: ["notSupported", "a recording cannot be reset"],
  startMeasurement: ["notSupported", "a recording cannot measure"],
  stopMeasurement: ["notSupported", "a recording cannot measure"],
  tune: ["notSupported", "a recording cannot be adjusted"],
  lease: ["notSupported", "a recording cannot be leased"],
};

/**
 * How a recorded unit answers a request at a time of its recording: as it did to the same request, or as follows from what it said
 * of itself: parameters from their list, alarms from list and events, status from either. What was never recorded is
 * refused in words, and so is what would change the unit.
 */
export function recordedAnswer(
  unit: RecordedUnit,
  opcode: number,
  request: Uint8Array,
  atNs: bigint,
): RecordedAnswer {
  const name = commandNameOf(opcode);
  if (name === undefined) return refusal("unknownOpcode", "the protocol has no such command");
  try {
    COMMANDS[name].request.decode(request);
  } catch (error) {
    if (error instanceof CodecError) return refusal("badPayload", error.message);
    throw error;
  }
  const refused = REFUSED[name];
  if (refused !== undefined) return refusal(...refused);
  if (name === "ping") return { error: false, payload: request };
  const told = DERIVED[name]?.(unit, request, atNs);
  if (told !== undefined) return { error: false, payload: told };
  return (
    newestAt(unit.replies(opcode, request), atNs) ?? refusal("notSupported", `${name} was never recorded`)
  );
}

type Derive = (unit: RecordedUnit, request: Uint8Array, atNs: bigint) => Uint8Array | undefined;

const DERIVED: Partial<Record<CommandName, Derive>> = {
  getStatus(unit, _, atNs) {
    const events = unit.events.filter(({ opcode }) => opcode === EVENTS.status.opcode);
    const [event, reply] = [newestAt(events, atNs), newestAt(unit.repliesOf("getStatus"), atNs)];
    if (event === undefined || reply === undefined) return (event ?? reply)?.payload;
    // Of two that are still to come, the earlier one is nearer.
    const known = [event, reply].filter((one) => one.atNs <= atNs);
    if (known.length === 1) return known[0]?.payload;
    const eventFirst = event.atNs > reply.atNs === known.length > 1;
    return (eventFirst ? event : reply).payload;
  },
  listAlarms(unit, _, atNs) {
    const list = newestAt(unit.repliesOf("listAlarms"), atNs);
    if (list === undefined) return undefined;
    const { reply } = COMMANDS.listAlarms;
    const raised = new Map(reply.decode(list.payload).alarms.map((alarm) => [alarm.code, alarm]));
    for (const { opcode, atNs: toldNs, payload } of unit.events)
      if (opcode === EVENTS.alarm.opcode && toldNs > list.atNs && toldNs <= atNs) {
        const { transition, ...alarm } = EVENTS.alarm.event.decode(payload);
        if (transition === "raised") raised.set(alarm.code, alarm);
        else raised.delete(alarm.code);
      }
    return reply.encode({ alarms: [...raised.values()].toSorted((a, b) => a.code - b.code) });
  },
  getParameter(unit, request, atNs) {
    const { id } = COMMANDS.getParameter.request.decode(request);
    const exact = newestAt(unit.replies(COMMANDS.getParameter.opcode, request), atNs);
    const list = newestAt(unit.repliesOf("listParameters"), atNs);
    if (list === undefined || (exact !== undefined && exact.atNs > list.atNs)) return undefined;
    const found = COMMANDS.listParameters.reply.decode(list.payload).parameters.find((one) => one.id === id);
    return found === undefined ? undefined : COMMANDS.getParameter.reply.encode({ id, value: found.value });
  },
  readLog(unit, request, atNs) {
    const { fromIndex, maxEntries } = COMMANDS.readLog.request.decode(request);
    const replies = unit.repliesOf("readLog").filter((reply) => reply.atNs <= atNs);
    const logs = replies.map(({ payload }) => COMMANDS.readLog.reply.decode(payload));
    const newest = logs.at(-1);
    if (newest === undefined) return undefined;
    const entries = new Map(logs.flatMap((log) => log.entries.map((entry) => [entry.index, entry])));
    const wanted = [...entries.values()].filter(({ index }) => index >= fromIndex);
    return COMMANDS.readLog.reply.encode({
      ...newest,
      entries: wanted.toSorted((a, b) => a.index - b.index).slice(0, maxEntries),
    });
  },
};

/** Who the unit is, as it said itself. */
export function recordedIdentity(
  unit: RecordedUnit,
): MessageOf<(typeof COMMANDS)["identify"]["reply"]> | undefined {
  const reply = unit.repliesOf("identify").at(-1);
  return reply === undefined ? undefined : COMMANDS.identify.reply.decode(reply.payload);
}

function refusal(code: DeviceErrorCode, text: string): RecordedAnswer {
  return { error: true, payload: (errorReply as MessageCodec<object>).encode({ code, text }) };
}
