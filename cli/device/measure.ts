import { Command, InvalidArgumentError } from "commander";
import type { MeasurementPoint } from "../../drivers/index.ts";
import { MAX_DWELL_MS, MAX_MEASUREMENT_POINTS, MEASUREMENT_KINDS } from "../../protocol/index.ts";
import { wholeNumber } from "../whole-number.ts";
import { arrivalLines, readArrivals } from "./arrival-histogram.ts";
import type { DeviceAction } from "./device-action.ts";
import { atUnit, type UnitFlags, withUnitOptions } from "./unit-session.ts";
import { jsonLine } from "./unit-words.ts";

type Kind = keyof typeof MEASUREMENT_KINDS;

interface MeasureFlags extends UnitFlags {
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly dwell: number;
}

/** What is moved where nothing else is said, in the parameter's unit. */
const USUAL: Readonly<Record<Kind, readonly [from: number, to: number]>> = {
  counts: [0, 0],
  gateDelay: [-200, 200],
  phase: [-1.6, 1.6],
  attenuation: [0, 20],
};

/** `device ADDR measure [KIND]`: the pair's light, counted at rest or while one setting is moved. */
export const measureAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("measure")
      .description("count the pair's light at rest, or while one setting is moved; no key is made meanwhile")
      .argument("[kind]", `one of ${Object.keys(MEASUREMENT_KINDS).join(", ")}`, kindOf, "counts")
      .option("--from <value>", "setting at the first point", anyNumber)
      .option("--to <value>", "setting at the last point", anyNumber)
      .option("--points <n>", "points; 1 for counts, else 11", upTo(MAX_MEASUREMENT_POINTS))
      .option("--dwell <ms>", "time at each point", upTo(MAX_DWELL_MS), 500)
      .addHelpText("after", "\nCtrl-C stops the measurement; what it moved goes back in any case."),
  ).action((kind: Kind, flags: Partial<MeasureFlags> & Pick<MeasureFlags, "timeout" | "dwell">) => {
    const [from, to] = USUAL[kind];
    const request = {
      kind,
      from: flags.from ?? from,
      to: flags.to ?? to,
      points: flags.points ?? (kind === "counts" ? 1 : 11),
      dwellMs: flags.dwell,
    };
    return atUnit(address, flags as UnitFlags, output, (unit) =>
      unit.leased("device measure", "restore", async () => {
        if (!flags.json) output.write(HEAD);
        await unit.each(unit.transceiver.service.measure(request), (point) =>
          output.write(flags.json ? jsonLine({ point }) : row(point)),
        );
        const { transceiver, until } = unit;
        const description = await until(transceiver.service.describe());
        const arrivals = await until(readArrivals(transceiver, description));
        if (flags.json) output.write(jsonLine({ ...request, completed: true, arrivals }));
        else for (const words of arrivalLines(arrivals)) output.write(`${words}\n`);
      }),
    );
  });

const WIDTHS = [12, 14, 12, 12, 9, 9, 9] as const;
const line = (entries: readonly string[]) =>
  `${entries.map((entry, index) => entry.padStart(WIDTHS[index] ?? 0)).join(" ")}\n`;
const HEAD = line(["setting", "gates", "clicks 0", "clicks 1", "gain", "QBER Z", "QBER X"]);

function row(point: MeasurementPoint): string {
  const { x, gates, clicks, cells } = point;
  const detections = cells.reduce((sum, count) => sum + count, 0);
  return line([
    `${Number(x.toPrecision(6))}`,
    `${gates}`,
    `${clicks[0]}`,
    `${clicks[1]}`,
    (detections / gates).toExponential(2),
    percent(errorRate(point, 0)),
    percent(errorRate(point, 1)),
  ]);
}

const percent = (rate: number): string => (Number.isNaN(rate) ? "-" : `${(100 * rate).toFixed(2)} %`);

/** Share of wrong bits where both ends had this basis, over all intensities; NaN without any. */
function errorRate({ cells }: MeasurementPoint, basis: 0 | 1): number {
  let [all, wrong] = [0, 0];
  for (const intensity of [0, 1, 2])
    for (const sent of [0, 1])
      for (const got of [0, 1]) {
        const count = cells[(((basis * 3 + intensity) * 2 + sent) * 2 + basis) * 2 + got] ?? 0;
        all += count;
        wrong += sent === got ? 0 : count;
      }
  return wrong / all;
}

function kindOf(text: string): Kind {
  if (!Object.hasOwn(MEASUREMENT_KINDS, text))
    throw new InvalidArgumentError(`Use one of ${Object.keys(MEASUREMENT_KINDS).join(", ")}.`);
  return text as Kind;
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text);
    if (value > most) throw new InvalidArgumentError(`It is at most ${most}.`);
    return value;
  };
}
