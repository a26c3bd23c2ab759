import { ConfigError } from "../../errors/index.ts";
import { type PlannedLink, type PlanReport, planReport } from "./plan-report.ts";

/** Values that one quantity of a link takes in turn. */
export interface Sweep {
  readonly quantity: "loss" | "fibre";
  readonly values: readonly number[];
}

const MOST_POINTS = 2000;

/**
 * Parses `loss=FROM:TO:STEP` (dB) or `fibre=FROM:TO:STEP` (km), both ends included.
 * @throws ConfigError QKD_USAGE.
 */
export function parseSweep(text: string): Sweep {
  const [name = "", range = ""] = text.split("=");
  const parts = range.split(":").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [from = Number.NaN, to = Number.NaN, step = Number.NaN] = parts;
  const usable = parts.length === 3 && from >= 0 && to >= from && step > 0 && Number.isFinite(to);
  if ((name !== "loss" && name !== "fibre") || !usable) {
    throw new ConfigError("QKD_USAGE", `--sweep cannot read "${text}"`, {
      remedy: "write for example loss=0:25:1 or fibre=0:100:5",
    });
  }
  const points = Math.floor((to - from) / step + 1e-9) + 1;
  if (points > MOST_POINTS) {
    throw new ConfigError(
      "QKD_USAGE",
      `--sweep asks for ${points} points, at most ${MOST_POINTS} are drawn`,
      {
        remedy: "use a larger step",
      },
    );
  }
  return {
    quantity: name,
    values: Array.from({ length: points }, (_, index) => Number((from + index * step).toPrecision(12))),
  };
}

/** One report for each value of the sweep. */
export function sweepReports(planned: PlannedLink, sweep: Sweep): PlanReport[] {
  // A sweep is over fibres of any length, the planned one is only one of them.
  const { fibreKm: _one, ...any } = planned;
  return sweep.values.map((value) =>
    planReport({
      ...any,
      link: {
        ...planned.link,
        channelLossDb: sweep.quantity === "loss" ? value : value * planned.fibreDbPerKm,
      },
    }),
  );
}
