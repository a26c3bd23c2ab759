import { filter, map, Observable, takeWhile, throwError, timeout } from "rxjs";
import { DeviceError, type QkdError, RequestError, TransportError } from "../../errors/index.ts";
import type { EventOf, RequestOf } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import type { SessionEvent } from "../session/session.ts";
import type { Call } from "./commands.ts";

/** A calibration step moves on or ends. */
export type CalibrationEvent =
  | ({ readonly type: "progress" } & EventOf<"calibrationProgress">)
  | ({ readonly type: "result" } & EventOf<"calibrationResult">);

/** A step may take minutes; a device that tells nothing of its run for so long has forgotten it. */
const SILENCE_MS = 15 * 60_000;

/**
 * Starts a calibration on subscription and tells its progress. Completes when the run ended well; errors with the
 * device's refusal, with QKD_DEVICE_STATE when a step failed, with QKD_REQUEST_TIMEOUT when nothing was told of the run for a
 * quarter of an hour, or with the error that ended the connection.
 * Unsubscribing stops the telling, not the run.
 */
export function calibrate(
  call: Call,
  events$: Observable<SessionEvent>,
  lost$: Observable<QkdError | undefined>,
  request: RequestOf<"startCalibration">,
): Observable<CalibrationEvent> {
  return new Observable((subscriber) => {
    let run: number | undefined;
    let ended = false;
    // Until the reply has named the run, nothing of it can have been sent.
    const telling = events$
      .pipe(
        map(asCalibration),
        filter((event) => event !== undefined && event.run === run),
        map((event) => event as CalibrationEvent),
        timeout({ each: SILENCE_MS, with: () => throwError(forgottenRun) }),
        takeWhile((event) => !endsRun(event, request.step), true),
      )
      .subscribe({
        next(event) {
          ended = endsRun(event, request.step);
          subscriber.next(event);
          if (event.type === "result" && event.outcome !== "passed") subscriber.error(failedStep(event));
        },
        error: (error) => subscriber.error(error),
        // The transceiver may end first, which is no good end of a calibration.
        complete: () => (ended ? subscriber.complete() : subscriber.error(closedMeanwhile())),
      });
    telling.add(lost$.subscribe((reason) => subscriber.error(reason ?? closedMeanwhile())));
    call("startCalibration", request, {
      apply: (reply) => {
        run = reply.run;
      },
    }).catch((error) => subscriber.error(error));
    return telling;
  });
}

function asCalibration(event: SessionEvent): CalibrationEvent | undefined {
  if (event.name === "calibrationProgress")
    return { type: "progress", ...event.message, text: printable(event.message.text) };
  if (event.name === "calibrationResult")
    return { type: "result", ...event.message, text: printable(event.message.text) };
  return undefined;
}

/** A failed step ends the run; otherwise the result of `all`, or of the one step that was asked for. */
function endsRun(event: CalibrationEvent, asked: string): boolean {
  return event.type === "result" && (event.outcome !== "passed" || event.step === asked);
}

function closedMeanwhile(): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "The transceiver was closed during calibration");
}

function forgottenRun(): RequestError {
  return new RequestError("QKD_REQUEST_TIMEOUT", "The device tells nothing of the calibration that it runs", {
    context: { silenceMs: SILENCE_MS },
  });
}

function failedStep(event: EventOf<"calibrationResult">): DeviceError {
  return new DeviceError(
    "QKD_DEVICE_STATE",
    `Calibration step ${event.step} ${event.outcome}: ${event.text}`,
    {
      context: { step: event.step, outcome: event.outcome, value: event.value, unit: event.unit },
      remedy: "repair what the step names, then calibrate again",
    },
  );
}
