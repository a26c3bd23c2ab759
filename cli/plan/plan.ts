import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../../errors/index.ts";
import { optimiseSource } from "../../physics/index.ts";
import { declarePlanOptions, type PlanFlags, plannedLink } from "./plan-options.ts";
import { type PlannedLink, planReport } from "./plan-report.ts";
import { planSvg } from "./plan-svg.ts";
import { parseSweep, sweepReports } from "./plan-sweep.ts";
import { planTable, sweepTable } from "./plan-table.ts";

/** `qkdlink plan`: predicts a link from closed forms; `write` takes what is printed. */
export function planCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  const command = new Command("plan").description(
    "predict a link: gains, error rates, secret key rate, and what the keys suffice for",
  );
  return declarePlanOptions(command).action((flags: PlanFlags) => runPlan(flags, write));
}

function runPlan(flags: PlanFlags, write: (text: string) => void): void {
  const asked = plannedLink(flags);
  const planned = flags.optimise === true ? optimised(asked) : asked;
  const sweep = flags.sweep ?? (flags.svg === undefined ? undefined : parseSweep("loss=0:30:1"));
  if (sweep === undefined) {
    const report = planReport(planned);
    write(flags.json === true ? `${JSON.stringify(report)}\n` : `${planTable(report)}\n`);
    return;
  }
  const reports = sweepReports(planned, sweep);
  if (flags.svg !== undefined) writeDrawing(flags.svg, planSvg(reports));
  const sweepJson = {
    preset: planned.preset,
    bound: planned.plan.bound,
    sweep: sweep.quantity,
    points: reports,
  };
  write(flags.json === true ? `${JSON.stringify(sweepJson)}\n` : `${sweepTable(reports)}\n`);
}

/** The same link with the source settings that suit its loss, noise of the channel plan included. */
function optimised(planned: PlannedLink): PlannedLink {
  const { noiseCountsPerGate } = planReport(planned);
  const noisy = { ...planned.link, noisePerGate: planned.link.noisePerGate + noiseCountsPerGate.total };
  const { link } = optimiseSource(noisy, planned.plan);
  return { ...planned, link: { ...link, noisePerGate: planned.link.noisePerGate } };
}

function writeDrawing(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `the drawing ${path} cannot be written`, {
      cause,
      context: { path },
    });
  }
}
