import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { LinkPlan } from "../../commissioning/index.ts";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { optimiseSource } from "../../physics/index.ts";
import { type Finding, findingLine } from "../config/finding.ts";
import { EXIT } from "../report-error.ts";
import { plannedFibre } from "./fibre-link.ts";
import { type FibrePlanReading, planOf, readFibrePlan } from "./fibre-plan-file.ts";
import { planContradictions } from "./plan-contradictions.ts";
import { declarePlanOptions, type PlanFlags, plannedLink } from "./plan-options.ts";
import { type PlannedLink, planReport } from "./plan-report.ts";
import { planSvg } from "./plan-svg.ts";
import { parseSweep, sweepReports } from "./plan-sweep.ts";
import { planTable, sweepTable } from "./plan-table.ts";
import { plannedChanges } from "./planned-changes.ts";
import { possibleChanges } from "./possible-changes.ts";
import { plannedService } from "./service-options.ts";
import { agedLink, serviceReport } from "./service-report.ts";
import { serviceSvg } from "./service-svg.ts";
import { serviceTable } from "./service-table.ts";

/** `qkdlink plan`: predicts a link from closed forms; `write` takes what is printed. */
export function planCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  const command = new Command("plan").description(
    "predict a link: gains, error rates, secret key rate, and what the keys suffice for",
  );
  return declarePlanOptions(command).action((flags: PlanFlags) => runPlan(flags, write));
}

function runPlan(flags: PlanFlags, write: (text: string) => void): void {
  const reading = flags.fibre === undefined ? null : readFibrePlan(flags.fibre);
  if (reading !== null && reading.plan === null) {
    tellMistakes(reading.findings, flags.json === true, write);
    return;
  }
  const plan = reading === null ? null : fibrePlanOf(reading, flags.preset);
  const asked = plannedLink(flags, plan);
  const planned = flags.optimise === true ? optimised(asked) : asked;
  const sweep =
    flags.sweep ?? (flags.svg === undefined || plan !== null ? undefined : parseSweep("loss=0:30:1"));
  if (sweep === undefined) {
    writePlan(planned, plan, flags, write);
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

function writePlan(
  planned: PlannedLink,
  plan: LinkPlan | null,
  flags: PlanFlags,
  write: (text: string) => void,
): void {
  const asked = plannedService(flags, plan);
  const report = planReport(planned);
  const changes = plannedChanges(agedLink(planned, asked), possibleChanges(planned, plan));
  const service = serviceReport(planned, asked, changes);
  const fibre = plan === null ? null : plannedFibre(plan, planned.preset);
  const parts = fibre?.parts ?? [];
  if (flags.svg !== undefined)
    writeDrawing(flags.svg, serviceSvg(planned, service, parts, plan?.name ?? null));
  if (flags.json !== true) {
    write(`${planTable(report)}\n${serviceTable(service, parts)}\n`);
    return;
  }
  const shown =
    fibre === null ? null : { name: plan?.name ?? null, lossDb: fibre.lossDb, fibreKm: fibre.fibreKm, parts };
  write(`${JSON.stringify({ ...report, fibre: shown, service })}\n`);
}

/** The plan for a preset that may be another than the file's. */
function fibrePlanOf(reading: FibrePlanReading, preset: string | undefined): LinkPlan {
  const plan = planOf(reading);
  const { file } = reading;
  if (plannedFibre(plan, preset).parts.length === 0)
    throw new ConfigError("QKD_CONFIG_INVALID", `${file}: fibre.spans is missing`, {
      context: { field: "fibre.spans" },
      remedy: "describe the fibre, as docs/COMMISSIONING.md shows",
    });
  const [first] = preset === undefined ? [] : planContradictions({ ...plan, preset });
  if (first !== undefined)
    throw new ConfigError("QKD_CONFIG_INVALID", `${file}: ${first.message}`, {
      context: { field: first.field.join(".") },
      remedy: first.remedy,
    });
  return plan;
}

function tellMistakes(mistakes: readonly Finding[], json: boolean, write: (text: string) => void): void {
  if (json) write(`${JSON.stringify({ ok: false, mistakes })}\n`);
  else for (const finding of mistakes) write(`${findingLine(finding)}\n`);
  process.exitCode = EXIT.usage;
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
    throw new ConfigError("QKD_OUTPUT_WRITE", `the drawing ${path} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { path },
    });
  }
}
