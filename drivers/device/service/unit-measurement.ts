import { filter, Observable, throwError, timeout } from "rxjs";
import {
  CodecError,
  DeviceError,
  type QkdError,
  RequestError,
  TransportError,
} from "../../../errors/index.ts";
import type { EventOf, RequestOf } from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import type { SessionEvent } from "../../session/session.ts";
import type { Call } from "../commands.ts";

/** A measurement: what is moved, from where to where, in how many points, how long at each. */
export type MeasurementRequest = RequestOf<"startMeasurement">;
/** Counts at one point. */
export type MeasurementPoint = Omit<EventOf<"measurementPoint">, "run">;

/** A unit may live in slower time than we do; beyond this it has forgotten its measurement. */
const DWELLS = 4;
const SILENCE_MS = 30_000;

/** What a measurement needs of the connection to its unit. */
export interface MeasurementLine {
  readonly call: Call;
  readonly events$: Observable<SessionEvent>;
  /** The connection is lost, with the reason where there is one. */
  readonly lost$: Observable<QkdError | undefined>;
}

/**
 * Starts a measurement on subscription, and tells its points in order. Completes after the last one. Errors with the
 * unit's refusal; QKD_DEVICE_STATE when the unit ended it or a point was lost on the line; QKD_CODEC_VALUE for a point
 * that contradicts itself; QKD_REQUEST_TIMEOUT when nothing comes; or what ended the connection. Unsubscribing stops it.
 */
export function measureWith(
  { call, events$, lost$ }: MeasurementLine,
  request: MeasurementRequest,
): Observable<MeasurementPoint> {
  return new Observable((subscriber) => {
    let run: number | undefined;
    let next = 0;
    let over = false;
    const stop = (): void => {
      if (run !== undefined && !over) call("stopMeasurement", { run }).catch(() => {});
    };
    const fail = (error: unknown): void => subscriber.error(error);
    const take = (event: SessionEvent): void => {
      if (event.name === "measurementEnded") {
        over = true;
        const { outcome, text } = event.message;
        if (outcome === "completed" && next === request.points) subscriber.complete();
        else if (outcome === "completed") fail(lostPoint(next, request.points));
        else fail(endedEarly(outcome, printable(text)));
        return;
      }
      if (event.name !== "measurementPoint") return;
      const { run: _run, ...point } = event.message;
      const wrong = contradiction(point);
      if (point.index !== next) fail(lostPoint(next, request.points));
      else if (wrong !== undefined) fail(contradicts(point.index, wrong));
      else {
        next += 1;
        subscriber.next(point);
      }
    };
    const silenceMs = SILENCE_MS + DWELLS * request.dwellMs;
    const telling = events$
      .pipe(
        filter(
          (event) =>
            (event.name === "measurementPoint" || event.name === "measurementEnded") &&
            event.message.run === run,
        ),
        timeout({ each: silenceMs, with: () => throwError(() => silent(silenceMs)) }),
      )
      .subscribe({ next: take, error: fail, complete: () => fail(closedMeanwhile()) });
    telling.add(
      lost$.subscribe((reason) => {
        over = true;
        fail(reason ?? closedMeanwhile());
      }),
    );
    // Until the reply has named the run, nothing of it can have been sent.
    call("startMeasurement", request, {
      apply: (reply) => {
        run = reply.run;
        if (subscriber.closed) stop();
      },
    }).catch((error: QkdError) => {
      // The unit may have begun all the same, and would keep the link from making key.
      if (error.code === "QKD_REQUEST_TIMEOUT") call("stopMeasurement", { run: 0 }).catch(() => {});
      fail(error);
    });
    telling.add(stop);
    return telling;
  });
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** What in a point cannot be, in words. */
function contradiction({
  gates,
  blindGates,
  clicks,
  doubles,
  sent,
  cells,
}: MeasurementPoint): string | undefined {
  if (sum(sent) !== gates) return "pulses sent are not its gates";
  if (blindGates > gates) return "more gates are blind than there are";
  if (clicks.some((count) => count < doubles)) return "more gates are double than a detector clicked in";
  return sum(cells) === sum(clicks) - doubles ? undefined : "detections are not its clicks less the doubles";
}

function contradicts(index: number, what: string): CodecError {
  return new CodecError("QKD_CODEC_VALUE", `Point ${index} of the measurement contradicts itself: ${what}`, {
    context: { index },
  });
}

function lostPoint(index: number, points: number): DeviceError {
  return new DeviceError("QKD_DEVICE_STATE", `Point ${index} of ${points} of the measurement never arrived`, {
    context: { index, points },
    remedy: "check the line for damage (baud rate, cable), then measure again",
  });
}

function endedEarly(outcome: string, text: string): DeviceError {
  return new DeviceError("QKD_DEVICE_STATE", `The measurement was ${outcome}: ${text}`, {
    context: { outcome, text },
    remedy: "see to what the device says, then measure again",
  });
}

function silent(silenceMs: number): RequestError {
  return new RequestError(
    "QKD_REQUEST_TIMEOUT",
    "The device tells nothing of the measurement that it makes",
    {
      context: { silenceMs },
    },
  );
}

function closedMeanwhile(): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "The transceiver was closed during the measurement");
}
