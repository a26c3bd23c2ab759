import type { EventName, EventOf } from "../../../protocol/index.ts";
import type { PortConnection } from "../../ports/port.ts";
import { DeviceSession, type SessionHost } from "./device-session.ts";

/** More clients than this at once are turned away. */
const MAX_SESSIONS = 16;

/** Everybody who is connected to one device. */
export class DeviceSessions {
  readonly #sessions = new Set<DeviceSession>();
  readonly #host: SessionHost;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** Serves one connection. */
  accept(connection: PortConnection): DeviceSession {
    const session = new DeviceSession(connection, this.#host);
    this.#sessions.add(session);
    if (this.#sessions.size > MAX_SESSIONS) session.hangUp();
    return session;
  }

  ended(session: DeviceSession): void {
    this.#sessions.delete(session);
  }

  /** Regular housekeeping. */
  tick(): void {
    for (const session of [...this.#sessions]) session.tick();
  }

  /** Tells everybody. */
  tell<N extends EventName>(name: N, event: EventOf<N>): void {
    for (const session of this.#sessions) session.event(name, event);
  }

  /** Hangs up on every client but one, as when the power goes. */
  hangUp(except?: DeviceSession): void {
    for (const session of [...this.#sessions]) if (session !== except) session.hangUp();
  }
}
