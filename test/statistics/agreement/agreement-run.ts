import { createOptics } from "../../../emulator/index.ts";
import { predictLink } from "../../../physics/index.ts";
import { OpticsTally } from "../optics-tally.ts";
import type { AgreementPoint } from "./agreement-grid.ts";

/** One figure of a setting: emulator over closed form, less one. */
export interface AgreementFigure {
  readonly name: string;
  readonly difference: number;
  /** Standard error of the emulator's figure, relative. */
  readonly error: number;
}

/** How exactly to know every figure, as a relative standard error, and how many gates to spend on it at most. */
export interface AgreementEffort {
  readonly error: number;
  readonly maxGates: number;
}

const FRAME = 2 ** 18;

/** Emulates a setting and compares gains and error rates of every intensity and basis with `predictLink`. */
export async function agreementRun(
  point: AgreementPoint,
  effort: AgreementEffort,
  seed: bigint,
): Promise<AgreementFigure[]> {
  const { link } = point;
  const closed = predictLink(link);
  const optics = await createOptics({ link, seed });
  const tally = new OpticsTally();
  // What a setting needs for its rarest figure is known beforehand: stopping by what was seen would bias it.
  const rarest = Math.min(
    ...[0, 1, 2].flatMap((k) => [
      closed.gains[k]! / 6,
      (closed.gains[k]! * closed.qberPerIntensity.z[k]!) / 12,
      (closed.gains[k]! * closed.qberPerIntensity.x[k]!) / 12,
    ]),
  );
  const gates = BigInt(Math.ceil(Math.min(effort.maxGates, 1 / (rarest * effort.error ** 2))));
  while (optics.gate < gates)
    tally.add(optics.nextFrame({ maxDetections: FRAME, maxGates: gates - optics.gate }));
  return figures(tally, closed, Math.sqrt(1 + 2 * link.afterpulseProbability));
}

function figures(
  tally: OpticsTally,
  closed: ReturnType<typeof predictLink>,
  inflation: number,
): AgreementFigure[] {
  const rows: AgreementFigure[] = [];
  const compare = (name: string, count: number, of: number, expected: number) =>
    rows.push({
      name,
      difference: count / of / expected - 1,
      error: inflation / Math.sqrt(of * expected),
    });
  for (const k of [0, 1, 2] as const) {
    const intensity = "uvw"[k]!;
    const clicks = [0, 3].reduce(
      (sum, basis) => sum + tally.matched[basis + k]! + tally.crossed[basis + k]!,
      0,
    );
    compare(`gain ${intensity}`, clicks, tally.sent[k]! + tally.sent[3 + k]!, closed.gains[k]);
    for (const [basis, rates] of [closed.qberPerIntensity.z, closed.qberPerIntensity.x].entries()) {
      const at = 3 * basis + k;
      compare(`QBER ${"ZX"[basis]} ${intensity}`, tally.errors[at]!, tally.matched[at]!, rates[k]);
    }
  }
  return rows;
}
