import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Command } from "commander";
import { filter, type Observable, type Subscription, take } from "rxjs";
import {
  isNotSupported,
  type OpenedTransceiver,
  openTransceiver,
  type UnitLease,
} from "../../drivers/index.ts";
import { ConfigError, fileReason, type QkdError, TransportError } from "../../errors/index.ts";
import { EXIT } from "../report-error.ts";
import { endOverdue, StopRequest } from "../stop-request.ts";
import { wholeNumber } from "../whole-number.ts";

/** Where the words of a command go. */
export interface DeviceOutput {
  /** What was asked for. */
  readonly write: (text: string) => void;
  /** Progress, questions, remarks. */
  readonly hint: (text: string) => void;
}

/** Options that every action has. */
export interface UnitFlags {
  readonly timeout: number;
  readonly json?: true;
  readonly authority?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

/** Adds the options that every action has. */
export function withUnitOptions(command: Command): Command {
  return command
    .option("--timeout <ms>", "longest wait for the connection", wholeNumber, 5000)
    .option("--authority <file>", "PEM, for tls: who may have signed the unit's certificate")
    .option("--certificate <file>", "PEM, for tls: our certificate, where the unit asks for one")
    .option("--private-key <file>", "PEM, for tls: its key")
    .option("--json", "one JSON line");
}

/** A unit while one command works at it. */
export interface UnitSession {
  readonly transceiver: OpenedTransceiver;
  /** Aborted with a QkdError when the unit is gone, and when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Whether the user wants to stop. */
  readonly stopped: boolean;
  /** The same promise, but rejected as soon as there is nothing to wait for any more. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Each value of a stream, until it ends. Unsubscribes when there is nothing to wait for any more. */
  each<T>(stream: Observable<T>, told: (value: T) => void): Promise<void>;
  /** Works under a lease, where the unit has such; what is done with volatile settings at its end is `ending`. */
  leased(purpose: string, ending: "restore" | "keep", work: () => Promise<void>): Promise<void>;
  /** From here on the unit may hang up: it was told to. */
  mayHangUp(): void;
}

/** Opens a unit, works at it, closes it. A unit that goes away ends the work with one error; so does Ctrl-C, in order. */
export async function atUnit(
  address: string,
  flags: UnitFlags,
  output: DeviceOutput,
  work: (unit: UnitSession) => Promise<void>,
): Promise<void> {
  const stop = new StopRequest(endOverdue);
  const ended = new AbortController();
  let transceiver: OpenedTransceiver | undefined;
  const watching: Subscription[] = [];
  try {
    transceiver = await openTransceiver(address, {
      openTimeoutMs: flags.timeout,
      connectTimeoutMs: flags.timeout,
      signal: stop.signal,
      tls: credentialsOf(flags),
    });
    stop.signal.addEventListener("abort", () => ended.abort(stoppedByUser()));
    if (stop.signal.aborted) ended.abort(stoppedByUser());
    watching.push(
      transceiver.connection$
        .pipe(
          filter(({ state }) => state !== "online"),
          take(1),
        )
        .subscribe(({ error }) => ended.abort(error ?? gone())),
    );
    await work(sessionOf(transceiver, ended, stop, () => watching.splice(0).map((one) => one.unsubscribe())));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.hint("stopped\n");
    process.exitCode = EXIT.failed;
  } finally {
    for (const one of watching) one.unsubscribe();
    await transceiver?.close();
    stop.close();
  }
}

function sessionOf(
  transceiver: OpenedTransceiver,
  ended: AbortController,
  stop: StopRequest,
  mayHangUp: () => void,
): UnitSession {
  const { signal } = ended;
  const until = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason);
      if (signal.aborted) giveUp();
      signal.addEventListener("abort", giveUp, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
    });
  return {
    transceiver,
    signal,
    get stopped() {
      return stop.signal.aborted;
    },
    until,
    async each(stream, told) {
      let subscription: Subscription | undefined;
      try {
        await until(
          new Promise<void>((resolve, reject) => {
            subscription = stream.subscribe({ next: told, error: reject, complete: resolve });
          }),
        );
      } finally {
        subscription?.unsubscribe();
      }
    },
    async leased(purpose, ending, work) {
      const lease = await takeLease(transceiver, purpose);
      const lost = () => ended.abort(lease?.lost.reason);
      lease?.lost.addEventListener("abort", lost, { once: true });
      try {
        await work();
      } catch (error) {
        lease?.lost.removeEventListener("abort", lost);
        // What went wrong first is what is told.
        await lease?.release().catch(() => {});
        throw error;
      }
      lease?.lost.removeEventListener("abort", lost);
      await lease?.release({ keep: ending === "keep" });
    },
    mayHangUp,
  };
}

/** Undefined where the unit knows no leases: it is then set as ever. */
async function takeLease({ service }: OpenedTransceiver, purpose: string): Promise<UnitLease | undefined> {
  try {
    // What is not finished goes back, also where this program is killed: that settings are kept is said at the end.
    return await service.lease(leaseName(purpose), { seconds: 30 });
  } catch (error) {
    if (isNotSupported(error)) return undefined;
    throw error;
  }
}

/** Who this is, for others who want the unit: user, machine, purpose; at most 255 bytes on the wire. */
function leaseName(purpose: string): string {
  let user = "somebody";
  try {
    user = userInfo().username;
  } catch {}
  return `${user}@${hostname()}, ${purpose}`.slice(0, 120);
}

function credentialsOf({ authority, certificate, privateKey }: UnitFlags) {
  return {
    ...(authority === undefined ? {} : { ca: pem("--authority", authority) }),
    ...(certificate === undefined ? {} : { cert: pem("--certificate", certificate) }),
    ...(privateKey === undefined ? {} : { key: pem("--private-key", privateKey) }),
  };
}

function pem(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${option} ${file} cannot be read: ${fileReason(cause)}`, {
      cause,
      context: { field: option },
      remedy: "check that the file exists and is readable",
    });
  }
}

function gone(): QkdError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "The unit ended the connection");
}

function stoppedByUser(): QkdError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "Stopped at the user's wish", { remedy: "none needed" });
}
