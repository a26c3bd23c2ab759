import { alarmNameOf, type EventOf, type ReplyOf } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import type { TransceiverAlarm } from "./transceiver.ts";

type WireAlarm = ReplyOf<"listAlarms">["alarms"][number];

/** Alarms now raised, by code. */
export type AlarmBook = ReadonlyMap<number, TransceiverAlarm>;

/** An alarm event changes the book; the second part is what to tell. A cleared alarm that nobody knew is told too. */
export function takeAlarm(book: AlarmBook, event: EventOf<"alarm">): readonly [AlarmBook, TransceiverAlarm] {
  const { transition, ...wire } = event;
  const alarm = describe(wire, transition === "raised");
  const next = new Map(book);
  if (alarm.raised) next.set(alarm.code, alarm);
  else next.delete(alarm.code);
  return [next, alarm];
}

/**
 * After a (re)connection: the device's list is the truth. Alarms that came or changed their level meanwhile are told
 * as raised, alarms that went as cleared.
 */
export function reconcileAlarms(
  book: AlarmBook,
  list: readonly WireAlarm[],
): readonly [AlarmBook, readonly TransceiverAlarm[]] {
  const next = new Map(list.map((wire) => [wire.code, describe(wire, true)]));
  const cleared = [...book.values()].filter(({ code }) => !next.has(code));
  const raised = [...next.values()].filter(({ code, severity, level }) => {
    const known = book.get(code);
    return known === undefined || known.severity !== severity || known.level !== level;
  });
  return [next, [...cleared.map((alarm) => ({ ...alarm, raised: false })), ...raised]];
}

function describe(wire: WireAlarm, raised: boolean): TransceiverAlarm {
  const { code, severity, level, value, text } = wire;
  return {
    code,
    name: alarmNameOf(code) ?? `alarm${code}`,
    severity,
    level,
    raised,
    value,
    text: printable(text),
  };
}
