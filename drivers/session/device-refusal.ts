import { type DeviceError, errorOf, type RequestError } from "../../errors/index.ts";
import { type CommandName, type DeviceErrorCode, errorReply } from "../../protocol/index.ts";
import { printable } from "./printable.ts";

type RefusalCode = DeviceError["code"] | "QKD_REQUEST_REJECTED";

const CODES: Readonly<Record<DeviceErrorCode, RefusalCode>> = {
  unknownOpcode: "QKD_DEVICE_UNKNOWN_OPCODE",
  notSupported: "QKD_DEVICE_UNKNOWN_OPCODE",
  badPayload: "QKD_REQUEST_REJECTED",
  internal: "QKD_REQUEST_REJECTED",
  badParameter: "QKD_DEVICE_BAD_PARAMETER",
  readOnly: "QKD_DEVICE_BAD_PARAMETER",
  outOfRange: "QKD_DEVICE_BAD_PARAMETER",
  busy: "QKD_DEVICE_BUSY",
  wrongState: "QKD_DEVICE_STATE",
};

/** What the code's own remedy would say wrongly. */
const REMEDIES: Partial<Record<DeviceErrorCode, string>> = {
  notSupported: "do without it: the unit cannot do this",
  readOnly: "leave it as it is: the unit does not let it be set",
};

/** Turns the payload of an error reply into the error the caller gets. Throws CodecError for a damaged one. */
export function deviceRefusal(command: CommandName, payload: Uint8Array): DeviceError | RequestError {
  const { code, text: sent } = errorReply.decode(payload);
  const text = printable(sent);
  return errorOf(CODES[code], `The device refused ${command}: ${text === "" ? code : text}`, {
    retryable: code === "busy",
    context: { command, reason: code, text },
    ...(REMEDIES[code] === undefined ? {} : { remedy: REMEDIES[code] }),
  });
}
