import type { BlockReport } from "../../controller/index.ts";
import type { Quantity } from "../../report/index.ts";
import { type LightSeen, lossChange, type Reading } from "../measuring/loss-change.ts";
import { mean, standardError } from "../measuring/statistics.ts";
import { waitUntil } from "../measuring/wait-until.ts";
import type { Sites } from "../sites/open-sites.ts";
import type { Unit } from "../units/unit.ts";
import type { StepContext } from "./step.ts";

/** Light before or after the cut, and up to which block of the sites it was seen. */
export interface SeenLink extends LightSeen {
  readonly lastBlock: number;
}

/** Blocks right before the cut that are looked at: one alone has counts enough, but sways with its link. */
const BLOCKS_BEFORE = 3;
const READS = 10;
/** The map's digits and the meters' noise. */
const ARRIVAL_U_PS = 1;
const LASER_U_DB = 0.01;
/** A block whose darkest frame has less than this share of its brightest one's detections was not lit all the time. */
const EVENLY_LIT = 0.25;

/** What both ends see right now, before the fibre is taken out; undefined where no block comes. */
export async function seenBefore(
  context: StepContext,
  sites: Sites,
  patienceMs: number,
): Promise<SeenLink | undefined> {
  const lit = () => sites.blocks.filter(isLit);
  if ((await waitUntil(() => lit()[0], patienceMs, context.signal)) === undefined) return undefined;
  return seen(context, sites, lit().slice(-BLOCKS_BEFORE));
}

/** A time of `performance.now` on the steady clock that blocks are dated by. */
export const ofBlocks = (ms: number): number => performance.timeOrigin + ms;

/** The same by the first block that was begun after the repair and lit throughout. */
export async function seenAfter(
  context: StepContext,
  sites: Sites,
  repairedMs: number,
  patienceMs: number,
): Promise<SeenLink | undefined> {
  const block = await waitUntil(
    () => sites.blocks.find((one) => one.openedAtMs > ofBlocks(repairedMs) && isLit(one)),
    patienceMs,
    context.signal,
  );
  return block && seen(context, sites, [block]);
}

/** How much more the fibre loses after the cut than before it, dB. */
export function lossOverCut(
  { alice }: StepContext,
  { blocks }: Sites,
  before: SeenLink | undefined,
  after: SeenLink | undefined,
): Quantity | undefined {
  if (before === undefined || after === undefined) return undefined;
  const between = blocks.slice(before.lastBlock, after.lastBlock + 1);
  const gates = between.reduce((sum, block) => sum + Number(block.gates), 0);
  return lossChange(before, after, gates / alice.device.identity.clockHz);
}

export function isLit({ aborted, load }: Pick<BlockReport, "aborted" | "load">): boolean {
  const rates = load.map(({ detections, gates }) => detections / gates);
  return aborted === null && Math.min(...rates) >= EVENLY_LIT * Math.max(...rates);
}

async function seen(
  { alice, bob }: StepContext,
  sites: Sites,
  blocks: readonly BlockReport[],
): Promise<SeenLink> {
  const sum = (of: (block: BlockReport) => number) => blocks.reduce((total, one) => total + of(one), 0);
  return {
    sent: sum(({ counts }) => counts.sent[0] ?? 0),
    detected: sum(({ counts }) => counts.sifted[0] ?? 0),
    arrivalPs: await reading(bob, "arrivalOffsetPs", ARRIVAL_U_PS),
    laserDbm: await reading(alice, "laserPowerDbm", LASER_U_DB),
    lastBlock: Math.max(...blocks.map((block) => sites.blocks.indexOf(block))),
  };
}

/** Mean of some readings of a register; null where the unit has it not. */
async function reading(unit: Unit, register: string, leastU: number): Promise<Reading | null> {
  const { telemetry } = unit;
  if (telemetry === undefined) return null;
  const found: number[] = [];
  for (let read = 0; read < READS; read++) {
    // Units of the first register map do not tell when pulses arrive.
    const values: Readonly<Record<string, number | null | undefined>> = (
      await unit.command("readTelemetry", {}, () => telemetry.read())
    ).values;
    const value = values[register];
    if (typeof value !== "number") return null;
    found.push(value);
  }
  return { value: mean(found), u: Math.max(standardError(found), leastU) };
}
