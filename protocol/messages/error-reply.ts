import { choice, messageCodec, text8 } from "../codec/kit.ts";
import type { MessageOf } from "../codec/message-codec.ts";

/** Why a device refuses a request: the closed list of SPEC 8. */
export const DEVICE_ERROR_CODES = {
  unknownOpcode: 1,
  badPayload: 2,
  badParameter: 3,
  readOnly: 4,
  outOfRange: 5,
  busy: 6,
  wrongState: 7,
  notSupported: 8,
  internal: 9,
} as const;

/** Name of one reason. */
export type DeviceErrorCode = keyof typeof DEVICE_ERROR_CODES;

/** Payload of every error reply (flags reply and error), whatever the opcode of the request. */
export const errorReply = messageCodec({
  code: choice(DEVICE_ERROR_CODES, "why", "u16"),
  text: text8("sentence for a person"),
});

/** An error reply. */
export type ErrorReply = MessageOf<typeof errorReply>;
