import { filter, map, Observable, takeWhile } from "rxjs";
import { DeviceError, type QkdError, TransportError } from "../../errors/index.ts";
import type { EventOf, RequestOf } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import type { SessionEvent } from "../session/session.ts";
import type { Call } from "./commands.ts";

/** A calibration step moves on or ends. */
export type CalibrationEvent =
  | ({ readonly type: "progress" } & EventOf<"calibrationProgress">)
  | ({ readonly type: "result" } & EventOf<"calibrationResult">);

/**
 * Starts a calibration on subscription and tells its progress. Completes when the run ended well; errors with the
 * device's refusal, with QKD_DEVICE_STATE when a step failed, or with the error that ended the connection.
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
    // Until the reply has named the run, nothing of it can have been sent.
    const telling = events$
      .pipe(
        map(asCalibration),
        filter((event) => event !== undefined && event.run === run),
        map((event) => event as CalibrationEvent),
        takeWhile((event) => !endsRun(event, request.step), true),
      )
      .subscribe({
        next(event) {
          subscriber.next(event);
          if (event.type === "result" && event.outcome !== "passed") subscriber.error(failedStep(event));
        },
        complete: () => subscriber.complete(),
      });
    telling.add(
      lost$.subscribe((reason) =>
        subscriber.error(
          reason ??
            new TransportError("QKD_TRANSPORT_CLOSED", "The transceiver was closed during calibration"),
        ),
      ),
    );
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
