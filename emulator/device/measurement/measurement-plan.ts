import {
  MAX_DWELL_MS,
  MAX_MEASUREMENT_POINTS,
  type MEASUREMENT_KINDS,
  type ParameterName,
  type RequestOf,
} from "../../../protocol/index.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import { Refusal } from "../refusal.ts";

/** Kinds of measurement. */
export type MeasurementKind = keyof typeof MEASUREMENT_KINDS;

const MOVED: Readonly<Record<MeasurementKind, ParameterName | undefined>> = {
  counts: undefined,
  gateDelay: "gateDelayPs",
  phase: "phaseOffsetRad",
  attenuation: "attenuationDb",
};

/** Kinds that a device with these parameters takes. */
export function measurementKinds(parameters: ParameterStore): MeasurementKind[] {
  const kinds = Object.keys(MOVED) as MeasurementKind[];
  return kinds.filter((kind) => MOVED[kind] === undefined || parameters.has(MOVED[kind]));
}

/** A measurement that can be made: which parameter takes which values, for how long each. */
export interface MeasurementPlan {
  readonly moved: ParameterName | undefined;
  readonly settings: readonly number[];
  readonly dwellMs: number;
}

/** The plan of a request (SPEC 5.4). Throws Refusal notSupported, outOfRange. */
export function measurementPlan(
  { kind, from, to, points, dwellMs }: RequestOf<"startMeasurement">,
  parameters: ParameterStore,
): MeasurementPlan {
  const moved = MOVED[kind];
  if (!measurementKinds(parameters).includes(kind))
    throw new Refusal("notSupported", `this device has no ${moved} to move`);
  if (points < 1 || points > MAX_MEASUREMENT_POINTS)
    throw new Refusal("outOfRange", `a measurement has from 1 to ${MAX_MEASUREMENT_POINTS} points`);
  if (dwellMs < 1 || dwellMs > MAX_DWELL_MS)
    throw new Refusal("outOfRange", `a point lasts from 1 to ${MAX_DWELL_MS} ms`);
  if (moved === undefined && (from !== 0 || to !== 0))
    throw new Refusal("outOfRange", "counts move nothing: from and to are 0");
  for (const end of moved === undefined ? [] : [from, to]) parameters.check(moved as ParameterName, end);
  const step = points === 1 ? 0 : (to - from) / (points - 1);
  const settings = Array.from({ length: points }, (_, index) =>
    index === points - 1 && points > 1 ? to : from + index * step,
  );
  return { moved, settings, dwellMs };
}
