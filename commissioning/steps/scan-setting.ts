import { fromEvent, lastValueFrom, takeUntil, toArray } from "rxjs";
import type { MeasurementPoint, MeasurementRequest } from "../../drivers/index.ts";
import type { ParameterName } from "../../protocol/index.ts";
import { NO_COUNTS, type PairCounts } from "../measuring/pair-counts.ts";
import { readPair } from "../measuring/read-pair.ts";
import type { Unit } from "../units/unit.ts";
import type { StepContext } from "./step.ts";

/** A setting that is moved from point to point while both units' light is counted. */
export interface Scan {
  readonly unit: Unit;
  readonly name: ParameterName;
  /** How the unit itself calls such a measurement. */
  readonly kind: Exclude<MeasurementRequest["kind"], "counts">;
  readonly from: number;
  readonly to: number;
  readonly points: number;
  /** Enough clicks at a point, where frames are counted, and the link time that is enough in any case. */
  readonly clicks: number;
  readonly dwellMs: number;
}

/** Counts at one setting, as the unit took it. */
export interface ScannedPoint {
  readonly setting: number;
  readonly counts: PairCounts;
}

/**
 * Moves a setting and counts at each place. A unit that can do so measures by itself, and puts the setting back by itself;
 * at any other one the setting is moved from here, and frames of both ends are paired and burnt.
 */
export function scanSetting(context: StepContext, scan: Scan): Promise<readonly ScannedPoint[]> {
  return scan.unit.description.measurements.includes(scan.kind)
    ? measured(context, scan)
    : counted(context, scan);
}

async function measured({ signal }: StepContext, scan: Scan): Promise<readonly ScannedPoint[]> {
  const { unit, kind, from, to, points, dwellMs } = scan;
  const request = { kind, from, to, points, dwellMs: Math.round(dwellMs) };
  const found = await unit.command("measure", request, () =>
    lastValueFrom(
      unit.device.service.measure(request).pipe(takeUntil(fromEvent(signal, "abort")), toArray()),
    ),
  );
  signal.throwIfAborted();
  return found.map((point) => ({ setting: point.x, counts: countsOf(point) }));
}

/** A point as readings are kept. A measurement tells no currents. */
export function countsOf({ gates, blindGates, clicks, doubles, sent, cells }: MeasurementPoint): PairCounts {
  return {
    ...NO_COUNTS,
    gates,
    deadGates: blindGates,
    clicks: [clicks[0] ?? 0, clicks[1] ?? 0],
    doubleClicks: doubles,
    sent,
    cells,
  };
}

async function counted(context: StepContext, scan: Scan): Promise<readonly ScannedPoint[]> {
  const { alice, bob, signal, set } = context;
  const { unit, name, from, to, points, clicks, dwellMs } = scan;
  const gates = (Math.max(dwellMs, 500) / 1000) * alice.device.identity.clockHz;
  const found: ScannedPoint[] = [];
  for (let index = 0; index < points; index++) {
    const asked = points === 1 ? from : from + ((to - from) * index) / (points - 1);
    const setting = Number(await set(unit, name, asked));
    const counts = await readPair(alice, bob, { clicks, gates, detectionsPerFrame: 1 << 12 }, signal);
    found.push({ setting, counts });
  }
  return found;
}
