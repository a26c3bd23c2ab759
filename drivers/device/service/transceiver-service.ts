import { type Observable, Subscription } from "rxjs";
import { checkArgument, checkOptions, maybe, rule } from "../../../options/index.ts";
import {
  HISTOGRAM_KINDS,
  LEASE_ENDINGS,
  MAX_DWELL_MS,
  MAX_LEASE_S,
  MAX_MEASUREMENT_POINTS,
  MEASUREMENT_KINDS,
  type ReplyOf,
  type RequestOf,
  TUNE_TARGETS,
} from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import { describeUnit, type UnitDescription } from "./unit-description.ts";
import { type LeaseEnding, type LeaseHolder, leaseHolder, takeLease, type UnitLease } from "./unit-lease.ts";
import {
  type MeasurementLine,
  type MeasurementPoint,
  type MeasurementRequest,
  measureWith,
} from "./unit-measurement.ts";
import {
  namedParameter,
  readParameters,
  type UnitParameter,
  type UnitParameterValue,
  writeParameter,
} from "./unit-parameters.ts";
import { type TuneResult, type TuneTarget, tuneOnce, tunings } from "./unit-tuning.ts";

/** A histogram of the clicks of one detector; `below` and `beyond` lie outside of its bins. */
export type UnitHistogram = ReplyOf<"readHistogram">;

/**
 * What a person at a unit needs beside key: who keeps it, settings by name, measurements, adjustments. A unit that lacks
 * one of these refuses with QKD_DEVICE_UNKNOWN_OPCODE; `describe` tells beforehand. Everything rejects with a QkdError.
 */
export interface TransceiverService {
  /** What the unit is and can do. One without extensions is described, too: as such. */
  describe(): Promise<UnitDescription>;
  /** Keeps the unit for this connection, until it is released or lost; for `seconds` (60) where renewals stop. */
  lease(
    holder: string,
    options?: { readonly seconds?: number; readonly ending?: LeaseEnding },
  ): Promise<UnitLease>;
  /** Who has the unit, or null. */
  leaseHolder(): Promise<LeaseHolder | null>;
  parameters(): Promise<readonly UnitParameter[]>;
  parameter(name: string): Promise<UnitParameter>;
  /** Gives the value that the unit took, which may be rounded to its resolution. */
  setParameter(name: string, value: UnitParameterValue): Promise<UnitParameterValue>;
  /** Clears latched alarms whose cause is gone. */
  resetAlarmLatch(): Promise<void>;
  /** Measures on subscription; unsubscribing stops it. See `measureWith`. */
  measure(request: MeasurementRequest): Observable<MeasurementPoint>;
  /** Clicks of one detector in the last measurement, or in the running one so far. */
  histogram(kind: UnitHistogram["kind"], detector: 0 | 1): Promise<UnitHistogram>;
  /** Has the unit adjust one setting now, and tells what came of it. */
  tune(what: TuneTarget): Promise<TuneResult>;
  /** Has the unit adjust one setting now and every `intervalS` seconds (600), or with 0 not any more. */
  tuneByItself(what: TuneTarget, intervalS?: number): Promise<void>;
  /** Every adjustment that the unit tells of. */
  readonly tuned$: Observable<TuneResult>;
}

const HOLDER = rule.text("the name of who takes the lease");
const NAME = rule.text("the name of a parameter");
const TARGET = rule.choice(...Object.keys(TUNE_TARGETS));
const ANY_NUMBER = rule.number(-Number.MAX_VALUE, Number.MAX_VALUE);
const MEASUREMENT = {
  kind: rule.choice(...Object.keys(MEASUREMENT_KINDS)),
  from: ANY_NUMBER,
  to: ANY_NUMBER,
  points: rule.whole(1, MAX_MEASUREMENT_POINTS),
  dwellMs: rule.whole(1, MAX_DWELL_MS),
};

/** The service of a unit over the connection to it. */
export function transceiverService(line: MeasurementLine): TransceiverService {
  const { call, events$, lost$ } = line;
  const onceLost = (told: Parameters<Parameters<typeof takeLease>[0]["onceLost"]>[0]): (() => void) => {
    const listening = new Subscription();
    listening.add(lost$.subscribe({ next: told, complete: () => told(undefined) }));
    return () => listening.unsubscribe();
  };
  return {
    tuned$: tunings(events$),
    describe: () => describeUnit(call),
    async lease(holder, options = {}) {
      checkArgument("holder", holder, HOLDER);
      checkOptions<NonNullable<typeof options>>("the options of lease", options, {
        seconds: maybe(rule.whole(1, MAX_LEASE_S)),
        ending: maybe(rule.choice(...Object.keys(LEASE_ENDINGS))),
      });
      return takeLease({ call, onceLost }, holder, options.seconds ?? 60, options.ending ?? "restore");
    },
    leaseHolder: () => leaseHolder(call),
    parameters: () => readParameters(call),
    async parameter(name) {
      checkArgument("name", name, NAME);
      return namedParameter(await readParameters(call), name);
    },
    async setParameter(name, value) {
      checkArgument("name", name, NAME);
      return writeParameter(call, namedParameter(await readParameters(call), name), value);
    },
    async resetAlarmLatch() {
      await call("resetAlarmLatch", {});
    },
    measure(request) {
      checkOptions<RequestOf<"startMeasurement">>("the request of measure", request, MEASUREMENT);
      return measureWith(line, request);
    },
    async histogram(kind, detector) {
      checkArgument("kind", kind, rule.choice(...Object.keys(HISTOGRAM_KINDS)));
      checkArgument("detector", detector, rule.whole(0, 1));
      const reply = await call("readHistogram", { kind, detector });
      return { ...reply, unit: printable(reply.unit) };
    },
    async tune(what) {
      checkArgument("what", what, TARGET);
      return tuneOnce(line, what);
    },
    async tuneByItself(what, intervalS = 600) {
      checkArgument("what", what, TARGET);
      checkArgument("intervalS", intervalS, rule.either(rule.whole(0, 0), rule.whole(10, 65_535)));
      await call("tune", { what, mode: intervalS === 0 ? "off" : "auto", intervalS });
    },
  };
}
