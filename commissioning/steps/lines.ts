import { knownError } from "../../errors/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import type { Unit } from "../units/unit.ts";
import { atSite, type Step, type StepContext, type StepOutcome } from "./step.ts";

/** Step 2: whether the lines to both units lose or damage anything. */
export const lines: Step = { id: "lines", number: 2, name: "step_lines", needs: [1], run };

const PINGS = 200;
const TELEMETRY_READS = 20;
/** A device answers within 500 ms whatever it is doing (SPEC 4.1). */
const SLOWEST_MS = 500;
/** A line on which so many pings went wrong has failed; after so long nobody needs to wait for the rest of them. */
const ENOUGH_WRONG = 5;
const PATIENCE_MS = 20_000;

async function run(context: StepContext): Promise<StepOutcome> {
  const found = await Promise.all(context.units.map((unit) => tryLine(unit, context.signal)));
  context.table(
    "02-lines",
    ["unit", "pings", "lost", "slowestMs", "damagedFrames", "telemetryReads", "telemetryFailed"],
    found.map((one) => [
      one.unit.site,
      one.sent,
      one.lost,
      one.slowestMs,
      one.damaged,
      one.telemetry === undefined ? null : TELEMETRY_READS,
      one.telemetry ?? null,
    ]),
  );
  return { judgements: found.flatMap((one) => judge(context, one)) };
}

interface LineFound {
  readonly unit: Unit;
  readonly sent: number;
  readonly lost: number;
  readonly slowestMs: number;
  /** Frames that arrived damaged at either end, and requests that had to be repeated. */
  readonly damaged: number;
  /** Telemetry reads that failed; undefined without a telemetry line. */
  readonly telemetry: number | undefined;
}

async function tryLine(unit: Unit, signal: AbortSignal): Promise<LineFound> {
  const before = await damagedFrames(unit);
  let [sent, lost, late, slowestMs] = [0, 0, 0, 0];
  const begun = performance.now();
  await unit.command("ping", { times: PINGS }, async () => {
    while (sent < PINGS && !signal.aborted) {
      if (lost + late >= ENOUGH_WRONG && performance.now() - begun > PATIENCE_MS) break;
      sent += 1;
      try {
        const tookMs = await unit.device.ping();
        slowestMs = Math.max(slowestMs, tookMs);
        if (tookMs > SLOWEST_MS) late += 1;
      } catch (error) {
        lost += 1;
        // A line that is down loses all of them: it need not be waited for two hundred times.
        if (lost > 5 && knownError(error).code === "QKD_TRANSPORT_CLOSED") {
          lost += PINGS - sent;
          sent = PINGS;
        }
      }
    }
  });
  const telemetry = unit.telemetry === undefined ? undefined : await telemetryFailures(unit);
  return { unit, sent, lost, slowestMs, damaged: Math.abs((await damagedFrames(unit)) - before), telemetry };
}

async function telemetryFailures(unit: Unit): Promise<number> {
  let failed = 0;
  for (let read = 0; read < TELEMETRY_READS; read++)
    await unit
      .command("readTelemetry", {}, async () => unit.telemetry?.read())
      .catch(() => {
        failed += 1;
      });
  return failed;
}

/**
 * What went wrong on a line, counted at both ends: frames that the unit could not read, requests sent again, replies that
 * made no sense, events lost, bytes that were no frame, connections made anew.
 */
async function damagedFrames(unit: Unit): Promise<number> {
  const { sessions, session, link } = unit.device.diagnostics();
  const garbage = Object.values(link?.garbageBytes ?? {}).reduce((sum, bytes) => sum + bytes, 0);
  const { frameErrors } = await unit
    .command("getStatus", {}, () => unit.device.status())
    .catch(() => ({ frameErrors: 0 }));
  return (
    frameErrors +
    (session?.repeats ?? 0) +
    (session?.undecodableMessages ?? 0) +
    (session?.lostEvents ?? 0) +
    (garbage > 0 ? 1 : 0) +
    1000 * sessions
  );
}

function judge({ judging }: StepContext, found: LineFound): Judgement[] {
  const at = atSite(found.unit.site);
  const source = { origin: "O", text: "from_operator" } as const;
  const problem = {
    find: "find_line",
    fix: "fix_line",
    values: {
      unit: at,
      lost: found.lost,
      sent: found.sent,
      damaged: found.damaged,
      slowestMs: Math.round(found.slowestMs),
    },
  } as const;
  return [
    judging.none(
      { id: `pingsLost${at}`, text: `check_pingsLost${at}` },
      found.lost,
      found.sent,
      source,
      problem,
    ),
    judging.none(
      { id: `frameErrors${at}`, text: `check_frameErrors${at}` },
      found.damaged,
      found.sent,
      source,
      problem,
    ),
    judging.measured(
      { id: `roundTrip${at}`, text: `check_roundTrip${at}` },
      { value: found.slowestMs, unit: "ms", u: 1, n: found.sent },
      { high: SLOWEST_MS, reference: 0 },
      { origin: "D", text: "from_device" },
      problem,
    ),
    found.telemetry === undefined
      ? judging.notApplicable({ id: `modbus${at}`, text: `check_modbus${at}` }, "why_needsTelemetry")
      : judging.none(
          { id: `modbus${at}`, text: `check_modbus${at}` },
          found.telemetry,
          TELEMETRY_READS,
          source,
          {
            find: "find_telemetry",
            fix: "fix_telemetry",
            values: { unit: at, failed: found.telemetry, reads: TELEMETRY_READS },
          },
        ),
  ];
}
