import { knownError, type QkdError, TransportError } from "../../errors/index.ts";
import type { EventOf } from "../../protocol/index.ts";
import { type DeviceIdentity, readIdentity } from "../device/identity.ts";
import { openSession } from "../session/session.ts";
import type { Transport } from "../transport/transport.ts";

/** What a device says of itself, and what it was doing when it said so. */
export interface Identified {
  readonly identity: DeviceIdentity;
  /** Undefined where no status event came within the time to listen. */
  readonly state: EventOf<"status">["state"] | undefined;
}

/** How long to wait for the answer, and for a status event behind it; milliseconds. */
export interface IdentifyWaits {
  readonly answerMs: number;
  readonly statusMs: number;
}

/** No heartbeat is due while a device is asked for its identity. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Asks the device at the other end of a transport who it is, and listens for its state. `identify` is all that is ever
 * written. The transport is closed afterwards. Rejects as `Session.call` does.
 */
export async function identifyOnce(
  transport: Transport,
  { answerMs, statusMs }: IdentifyWaits,
): Promise<Identified> {
  const state = Promise.withResolvers<Identified["state"]>();
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  const session = openSession(
    transport,
    {
      event: ({ name, message }) => {
        if (name === "status") state.resolve(message.state);
      },
      closed: (reason) => {
        state.resolve(undefined);
        gone.reject(reason ?? new TransportError("QKD_TRANSPORT_CLOSED", `${transport.name} is closed`));
      },
    },
    { timeoutMs: answerMs, attempts: 1, heartbeatMs: NEVER_MS },
  );
  let listening: NodeJS.Timeout | undefined;
  try {
    const identity = readIdentity(await Promise.race([session.call("identify", {}), gone.promise]));
    listening = setTimeout(() => state.resolve(undefined), statusMs);
    return { identity, state: await state.promise };
  } catch (error) {
    throw knownError(error) satisfies QkdError;
  } finally {
    clearTimeout(listening);
    await session.close();
  }
}
