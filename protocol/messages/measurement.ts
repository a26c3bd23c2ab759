import { choice, count64, f64, fixedList, messageCodec, text8, u16, u32 } from "../codec/kit.ts";
import { command, event } from "./declaration.ts";

/** What a measurement moves from point to point: nothing, the parameters gateDelayPs, phaseOffsetRad or attenuationDb. */
export const MEASUREMENT_KINDS = { counts: 0, gateDelay: 1, phase: 2, attenuation: 3 } as const;
/** How a measurement ended. */
export const MEASUREMENT_OUTCOMES = { completed: 0, stopped: 1, aborted: 2 } as const;
/** Most points of a measurement. */
export const MAX_MEASUREMENT_POINTS = 1000;
/** Longest time at one point, milliseconds. */
export const MAX_DWELL_MS = 60_000;
/** Cells of a point: Alice's basis x intensity x bit x Bob's basis x bit. */
export const MEASUREMENT_CELLS = 48;

const runOf = () => u32("number of the run, from the reply");

/** Starts a measurement; its points come as events. Not idempotent: each start is a run of its own. */
export const startMeasurement = command({
  opcode: 0x0041,
  meaning: "count the pair's light at rest or while one setting is moved; only when idle",
  idempotent: false,
  writes: true,
  request: messageCodec({
    kind: choice(MEASUREMENT_KINDS, "what is moved"),
    from: f64("setting at the first point, in the parameter's unit; 0 for counts"),
    to: f64("setting at the last point; 0 for counts"),
    points: u16("points, from 1 to 1000, equally far apart"),
    dwellMs: u32("link time at each point in ms, from 1 to 60000"),
  }),
  reply: messageCodec({ run: u32("number of this run, rising") }),
});

/** Ends a measurement. Stopping one that has ended succeeds. */
export const stopMeasurement = command({
  opcode: 0x0042,
  meaning: "end a measurement; the setting that it moved goes back",
  idempotent: true,
  writes: true,
  request: messageCodec({ run: u32("the run to end; 0 for whichever runs") }),
  reply: messageCodec({ run: u32("the run that ended; 0 if none ran") }),
});

/** One point is through. Gates of a measurement never become key: therefore both ends may tell their settings. */
export const measurementPoint = event({
  opcode: 0x8042,
  meaning: "a point of a measurement is through",
  event: messageCodec({
    run: runOf(),
    index: u16("number of the point, from 0"),
    x: f64("the setting at this point, in the parameter's unit; 0 for counts"),
    gates: count64("gates of the point"),
    blindGates: count64("gates in which the receiver was blind after a click"),
    clicks: fixedList(count64("clicks"), 2, "clicks of the detectors of bit 0 and 1, double clicks included"),
    doubles: count64("gates in which both detectors clicked; their bit is random"),
    sent: fixedList(
      count64("pulses"),
      6,
      "pulses sent, index = basis * 3 + intensity (basis 0 Z, 1 X; intensity 0 u, 1 v, 2 w)",
    ),
    cells: fixedList(
      count64("detections"),
      MEASUREMENT_CELLS,
      "detections, index = (((aliceBasis * 3 + intensity) * 2 + aliceBit) * 2 + bobBasis) * 2 + bobBit",
    ),
  }),
});

/** The last event of every run. */
export const measurementEnded = event({
  opcode: 0x8043,
  meaning: "a measurement ended; the setting that it moved is back",
  event: messageCodec({
    run: runOf(),
    outcome: choice(MEASUREMENT_OUTCOMES, "how it ended"),
    text: text8("sentence for a person"),
  }),
});
