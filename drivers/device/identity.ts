import { DeviceError, FrameError } from "../../errors/index.ts";
import { PROTOCOL_VERSION, type ReplyOf } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import type { TransceiverIdentity } from "./transceiver.ts";

/** Everything a device says of itself. */
export interface DeviceIdentity extends TransceiverIdentity {
  readonly hardwareRevision: string;
  readonly capabilities: ReplyOf<"identify">["capabilities"];
  readonly limits: ReplyOf<"identify">["limits"];
}

/** Reads the reply to identify. Throws FrameError QKD_FRAME_VERSION for another protocol version. */
export function readIdentity(reply: ReplyOf<"identify">): DeviceIdentity {
  const { protocolVersion, linkId, role, clockHz, capabilities, limits } = reply;
  if (protocolVersion !== PROTOCOL_VERSION)
    throw new FrameError("QKD_FRAME_VERSION", `The device speaks protocol version ${protocolVersion}`, {
      context: { expected: PROTOCOL_VERSION, found: protocolVersion },
    });
  return Object.freeze({
    role,
    vendor: printable(reply.vendor),
    model: printable(reply.model),
    serial: printable(reply.serial),
    firmware: printable(reply.firmware),
    hardwareRevision: printable(reply.hardwareRevision),
    clockHz,
    linkId: Buffer.from(linkId).toString("hex"),
    capabilities,
    limits,
  });
}

/** Refuses a device of the wrong role (QKD_DEVICE_ROLE) and, on a reconnection, a stranger (QKD_DEVICE_IDENTITY). */
export function checkIdentity(
  found: TransceiverIdentity,
  expected: {
    readonly role?: TransceiverIdentity["role"] | undefined;
    readonly known?: TransceiverIdentity | undefined;
  },
): void {
  if (expected.role !== undefined && found.role !== expected.role)
    throw new DeviceError(
      "QKD_DEVICE_ROLE",
      `A ${expected.role} is expected here, but the device is a ${found.role}`,
      {
        context: { expected: expected.role, found: found.role, serial: found.serial },
      },
    );
  const { known } = expected;
  if (known === undefined) return;
  for (const field of ["vendor", "model", "serial", "role", "linkId"] as const)
    if (found[field] !== known[field])
      throw new DeviceError("QKD_DEVICE_IDENTITY", "Another device answers behind the address of this one", {
        context: { field, expected: known[field], found: found[field] },
      });
}
