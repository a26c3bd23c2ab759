import { choice, f64, list, messageCodec, record, text8, u16, u64 } from "../codec/kit.ts";
import { command, event } from "./declaration.ts";

/** How grave an alarm is. */
export const ALARM_SEVERITIES = { minor: 0, major: 1, critical: 2 } as const;
/** Which range was left: the operating range (degraded) or the absolute one (invalid, or damage). */
export const ALARM_LEVELS = { operating: 0, absolute: 1 } as const;

const alarm = () => ({
  code: u16("alarm number = bit of the alarm bitmaps of the register map"),
  severity: choice(ALARM_SEVERITIES, "how grave"),
  level: choice(ALARM_LEVELS, "range that was left"),
  value: f64("the measured value, in the quantity's unit"),
  raisedMs: u64("milliseconds since start at which it was raised"),
  text: text8("sentence for a person"),
});

/** Every alarm now raised. */
export const listAlarms = command({
  opcode: 0x0031,
  meaning: "every alarm now raised",
  idempotent: true,
  writes: false,
  request: messageCodec({}),
  reply: messageCodec({ alarms: list(record(alarm()), "in rising order of code") }),
});

/** An alarm was raised, cleared, or changed its level. */
export const alarmEvent = event({
  opcode: 0x8031,
  meaning: "an alarm was raised or changed its level, or was cleared",
  event: messageCodec({
    transition: choice({ cleared: 0, raised: 1 }, "what happened"),
    ...alarm(),
  }),
});
