import { filter, firstValueFrom, map, merge, mergeMap, type Observable, throwError, timeout } from "rxjs";
import { RequestError, TransportError } from "../../../errors/index.ts";
import type { EventOf, RequestOf } from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import type { SessionEvent } from "../../session/session.ts";
import type { MeasurementLine } from "./unit-measurement.ts";

/** What can be adjusted. */
export type TuneTarget = RequestOf<"tune">["what"];
/** What came of an adjustment. */
export type TuneResult = EventOf<"tuned">;

/** An adjustment takes seconds; a unit that tells nothing for so long has forgotten it. */
const SILENCE_MS = 5 * 60_000;

/** Every adjustment that a unit tells of. */
export function tunings(events$: Observable<SessionEvent>): Observable<TuneResult> {
  return events$.pipe(
    filter((event) => event.name === "tuned"),
    map(({ message }) => ({ ...message, unit: printable(message.unit), text: printable(message.text) })),
  );
}

/**
 * Has a unit adjust itself once, and tells what came of it. Rejects with the unit's refusal, QKD_REQUEST_TIMEOUT when it
 * tells nothing, or what ended the connection.
 */
export async function tuneOnce(line: MeasurementLine, what: TuneTarget): Promise<TuneResult> {
  let run: number | undefined;
  const ended = line.lost$.pipe(mergeMap((reason) => throwError(() => reason ?? closedMeanwhile())));
  const result = firstValueFrom(
    merge(tunings(line.events$).pipe(filter((event) => event.run === run)), ended).pipe(
      timeout({ first: SILENCE_MS, with: () => throwError(silent) }),
    ),
  );
  // Whichever fails first is told; the other one fails unheard.
  result.catch(() => {});
  await line.call(
    "tune",
    { what, mode: "once", intervalS: 0 },
    {
      apply: (reply) => {
        run = reply.run;
      },
    },
  );
  return result;
}

function silent(): RequestError {
  return new RequestError("QKD_REQUEST_TIMEOUT", "The device tells nothing of the adjustment that it makes", {
    context: { silenceMs: SILENCE_MS },
  });
}

function closedMeanwhile(): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "The transceiver was closed during an adjustment");
}
