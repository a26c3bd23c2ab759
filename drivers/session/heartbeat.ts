import { QkdError } from "../../errors/index.ts";

/** What a heartbeat needs to know of the session it watches. */
export interface HeartbeatSubject {
  /** Writes a ping and waits for its answer: an unplugged line that is only read looks alive for ever. */
  ping(): Promise<unknown>;
  /** Valid frames received so far. */
  framesReceived(): number;
  /** A ping failed and nothing else was heard meanwhile. */
  dead(reason: QkdError): void;
}

/** Pings every `everyMs`, one ping at a time, until stopped. */
export function startHeartbeat(subject: HeartbeatSubject, everyMs: number): { stop(): void } {
  let pinging = false;
  const beat = async () => {
    if (pinging) return;
    pinging = true;
    const before = subject.framesReceived();
    try {
      await subject.ping();
    } catch (error) {
      // A device that sends frames is alive, however late or odd its answers are; so is one that keeps us busy.
      const silent = subject.framesReceived() === before;
      if (silent && error instanceof QkdError && error.code !== "QKD_REQUEST_WINDOW") subject.dead(error);
    } finally {
      pinging = false;
    }
  };
  const timer = setInterval(beat, everyMs);
  return { stop: () => clearInterval(timer) };
}
