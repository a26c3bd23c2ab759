import { choice, messageCodec } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Soft: to idle, latched alarms cleared. Hard: as if switched off and on. Factory: parameters to defaults, then hard. */
export const RESET_KINDS = { soft: 0, hard: 1, factory: 2 } as const;

/** Resets the device; after the reply to a hard or factory reset the device closes the connection. */
export const reset = command({
  opcode: 0x0051,
  meaning: "reset; after the reply to a hard or factory reset the device hangs up",
  idempotent: true,
  writes: true,
  request: messageCodec({ what: choice(RESET_KINDS, "how far") }),
  reply: messageCodec({}),
});
