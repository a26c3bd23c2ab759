import { choice, list, messageCodec, record, text16, u16, u32, u64 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Levels of the device's log. */
export const LOG_LEVELS = { debug: 0, info: 1, warning: 2, error: 3 } as const;

/** Reads the device's log, a ring: entries before `firstIndex` are gone. */
export const readLog = command({
  opcode: 0x0053,
  meaning: "read the device's log",
  idempotent: true,
  writes: false,
  request: messageCodec({
    fromIndex: u32("first entry wanted"),
    maxEntries: u16("most entries to send"),
  }),
  reply: messageCodec({
    firstIndex: u32("oldest entry that the device still has"),
    nextIndex: u32("index that the next new entry will get"),
    entries: list(
      record({
        index: u32("number of the entry, rising"),
        uptimeMs: u64("milliseconds since start"),
        level: choice(LOG_LEVELS, "level"),
        text: text16("the entry; never holds key material"),
      }),
      "from the first wanted and still present",
    ),
  }),
});
