import { INPUT_REGISTERS, modbusCrc16, quoted, type RegisterName } from "../../protocol/index.ts";
import type { Decoded } from "./decoded.ts";
import { MODBUS_FUNCTIONS, replyFields, requestFields } from "./modbus-pdu.ts";
import type { PlainValue } from "./plain-value.ts";

/** Unit, function and two bytes of checksum. */
const LEAST_BYTES = 4;

/** What a frame of the telemetry plane says; a reply with the help of the request before it. */
export function decodeModbus(
  frame: Uint8Array,
  direction: "toDevice" | "fromDevice",
  request: Uint8Array | undefined,
): Decoded {
  if (frame.length < LEAST_BYTES || modbusCrc16(frame, 0, frame.length - 2) !== crcOf(frame)) {
    const reason = frame.length < LEAST_BYTES ? "too short" : "checksum";
    const title = `${frame.length} bytes passed over: ${reason}`;
    return { name: "damaged", kind: "damaged", title, lines: [], fields: { bytes: frame.length, reason } };
  }
  const [unit = 0, code = 0] = frame;
  const name = MODBUS_FUNCTIONS[code & 0x7f] ?? `function ${code & 0x7f}`;
  const pdu = frame.subarray(1, -2);
  const asks = direction === "toDevice";
  const kind = asks ? "request" : code >= 0x80 ? "error" : "reply";
  const fields = asks ? requestFields(pdu) : replyFields(pdu, request?.subarray(1, -2));
  return {
    name,
    kind,
    title: `modbus ${kind} ${name} (${code}), unit ${unit}, ${frame.length} bytes`,
    lines: Object.entries(fields).map(([field, value]) => `${field}: ${text(field, value)}`),
    fields,
    opcode: code,
  };
}

function text(field: string, value: PlainValue): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  if (typeof value === "string") return quoted(value);
  const unit = INPUT_REGISTERS[field as RegisterName]?.unit ?? "";
  return unit === "" ? String(value) : `${value} ${unit}`;
}

const crcOf = (frame: Uint8Array): number =>
  (frame[frame.length - 2] ?? 0) + 256 * (frame[frame.length - 1] ?? 0);
