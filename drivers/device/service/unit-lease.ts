import { type QkdError, RequestError, TransportError } from "../../../errors/index.ts";
import type { RequestOf } from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import type { Call } from "../commands.ts";

/** What becomes of volatile settings at the end of a lease: back to what was found, or left. */
export type LeaseEnding = RequestOf<"lease">["ending"];

/** Who has a unit. */
export interface LeaseHolder {
  readonly holder: string;
  /** Seconds that the lease still lasts. */
  readonly seconds: number;
  /** Whether it is this connection. */
  readonly yours: boolean;
}

/** A unit kept for this connection. Renewed by itself until it is released or lost. */
export interface UnitLease {
  readonly holder: string;
  /** Aborted with a QkdError as reason when the lease is lost: the connection broke, or the unit ended it. */
  readonly lost: AbortSignal;
  /**
   * Gives the unit back; the unit puts its volatile settings back to what they were before the lease, unless they are
   * to be kept. Resolves also where the connection is gone: the unit then ends the lease, and restores, by itself.
   */
  release(options?: { readonly keep?: boolean }): Promise<void>;
}

/** A lease is renewed so many times in its time, so that two lost renewals do no harm. */
const RENEWALS = 3;

/** What a lease needs from the connection to its unit. */
export interface LeaseLine {
  readonly call: Call;
  /** Calls back once with the reason when the connection is lost. Returns what ends the listening. */
  onceLost(told: (reason: QkdError | undefined) => void): () => void;
}

/** Takes a lease, and keeps it. Rejects with QKD_DEVICE_BUSY naming the holder, QKD_DEVICE_UNKNOWN_OPCODE without leases. */
export async function takeLease(
  { call, onceLost }: LeaseLine,
  holder: string,
  seconds: number,
  ending: LeaseEnding,
): Promise<UnitLease> {
  const request: RequestOf<"lease"> = { holder, seconds, ending };
  const lost = new AbortController();
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;
  const end = (): void => {
    over = true;
    clearInterval(timer);
    unlisten?.();
  };
  const lose = (reason: QkdError): void => {
    if (over) return;
    end();
    lost.abort(reason);
  };
  // Without a connection the loss is told at once.
  unlisten = onceLost((reason) =>
    lose(
      reason ??
        new TransportError(
          "QKD_TRANSPORT_CLOSED",
          "The transceiver was closed, and its lease ended with that",
        ),
    ),
  );
  if (over) unlisten();
  const until = { ms: performance.now() + 1000 * seconds };
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    try {
      await call("lease", request);
      until.ms = asked + 1000 * seconds;
    } catch (error) {
      // A renewal that is lost on the line is tried again until the lease's own time is over.
      if ((error as QkdError).code !== "QKD_REQUEST_TIMEOUT" || performance.now() >= until.ms)
        lose(error as QkdError);
    }
  };
  try {
    const taken = await call("lease", request);
    if (!taken.yours || taken.seconds === 0)
      throw new RequestError("QKD_REQUEST_REJECTED", "The device granted a lease that it does not hold", {
        context: { command: "lease", holder: printable(taken.holder) },
      });
  } catch (error) {
    end();
    throw error;
  }
  if (!over) timer = setInterval(() => void renew(), (1000 * seconds) / RENEWALS);
  return {
    holder,
    lost: lost.signal,
    async release({ keep = false } = {}) {
      if (keep && lost.signal.aborted) throw lost.signal.reason;
      if (over) return;
      end();
      await giveBack(call, { holder, seconds: 0, ending: keep ? "keep" : "restore" });
    },
  };
}

async function giveBack(call: Call, request: RequestOf<"lease">): Promise<void> {
  try {
    await call("lease", request);
  } catch (error) {
    const { code } = error as QkdError;
    const gone = code.startsWith("QKD_TRANSPORT_");
    // With `keep`, a connection that is gone means that the settings went back: the caller has to know.
    if (!gone || request.ending === "keep") throw error;
  }
}

/** Who has the unit, or null for nobody. */
export async function leaseHolder(call: Call): Promise<LeaseHolder | null> {
  const { holder, seconds, yours } = await call("lease", { holder: "", seconds: 0, ending: "restore" });
  return holder === "" ? null : { holder: printable(holder), seconds, yours };
}
