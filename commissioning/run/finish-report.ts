import {
  MANIFEST_FILE,
  manifestText,
  nearestToLimit,
  RENDERER,
  type Report,
  renderReport,
  reportText,
  SIGNATURE_FILE,
  type Signature,
  type Signer,
  type StepResult,
  sayIn,
  signatureText,
  signManifest,
  type UnitIdentity,
  type Verdict,
  worstVerdict,
} from "../../report/index.ts";
import type { ReportFolder } from "../evidence/report-folder.ts";
import { fibreElements, plannedLoss } from "../plan/fibre-elements.ts";
import { channelPlace } from "../plan/planned-channel.ts";
import { untestedAlarms } from "../steps/alarm-codes.ts";
import type { CommissionOptions } from "./commission-options.ts";
import { sha256Of } from "./facts.ts";
import { type Progress, removeProgress } from "./progress-file.ts";

/** Everything that a run came to. */
export interface FinishedRun extends Progress {
  readonly identities: readonly UnitIdentity[];
  readonly linkId: string;
  readonly clockHz: number;
}

/** Files that are made from the others, and so are not evidence. */
const MADE: readonly string[] = [
  "report.json",
  "report.html",
  MANIFEST_FILE,
  SIGNATURE_FILE,
  "progress.json",
  "journal.jsonl",
];

/** Writes report.json, report.html, manifest and signatures, in this order; the run is over with the last of them. */
export function finishReport(options: CommissionOptions, folder: ReportFolder, run: FinishedRun): Report {
  const report = reportOf(options, folder, run);
  const text = reportText(report);
  folder.write("report.json", text);
  folder.write("report.html", renderReport(report, sha256Of(text)));
  const manifest = manifestText(
    folder
      .files()
      .filter(({ file }) => !MADE.slice(2).includes(file))
      .map(({ file, sha256 }) => ({ path: file, sha256 })),
  );
  folder.write(MANIFEST_FILE, manifest);
  const { operator, witness } = options.signing;
  const signatures: Signature[] = [
    ...(operator === undefined ? [] : [signManifest("operator", operator, manifest)]),
    ...(witness?.key === undefined ? [] : [signManifest("witness", witness.key, manifest)]),
  ];
  folder.write(SIGNATURE_FILE, signatureText(signatures));
  removeProgress(folder);
  return report;
}

function reportOf(options: CommissionOptions, folder: ReportFolder, run: FinishedRun): Report {
  const { plan, language } = options;
  const { steps, known } = run;
  const loss = plannedLoss(plan);
  const nearest = nearestToLimit(steps)[0];
  const raised = known.raisedAlarms ?? [];
  const person = (role: "operator" | "witness") => {
    const planned = plan[role];
    return planned === undefined ? null : { name: planned.name, site: planned.site ?? "" };
  };
  return {
    schema: "qkdlink-report/1",
    id: run.id,
    language,
    startedUtc: run.startedUtc,
    endedUtc: new Date().toISOString(),
    verdict: overallVerdict(steps),
    worstMargin: nearest === undefined ? null : { step: nearest.step.number, check: nearest.check.id },
    operator: person("operator"),
    witness: person("witness"),
    signers: signersOf(options),
    sites: { alice: plan.sites?.alice ?? "Alice", bob: plan.sites?.bob ?? "Bob" },
    link: {
      linkId: run.linkId,
      name: plan.name ?? run.linkId.slice(0, 8),
      preset: plan.preset ?? "yuan2018",
      clockHz: run.clockHz,
      lengthKm:
        plan.fibre === undefined ? null : plan.fibre.spans.reduce((sum, { lengthKm }) => sum + lengthKm, 0),
      plan: folder.has("plan.yaml") ? { file: "plan.yaml", sha256: run.planSha256 } : null,
      elements: fibreElements(plan),
      lossLimitDb: loss?.limitDb ?? null,
      channels: (plan.channels ?? []).map(
        (channel) =>
          `${channel.name}: ${channelPlace(channel)}, ${channel.direction}, ${channel.launchDbm} dBm`,
      ),
    },
    units: run.identities,
    instruments: (plan.instruments ?? []).map((one) => ({
      kind: one.kind,
      serial: one.serial,
      usedIn: one.usedIn ?? [],
      calibratedOn: one.calibratedOn ?? null,
      dueOn: one.dueOn ?? null,
    })),
    tool: { name: "qkdlink", version: options.version, renderer: RENDERER, model: "physics 1" },
    conditions: conditionsOf(options, run),
    steps,
    kpi: known.soak ?? null,
    raw: folder.files().filter(({ file }) => !MADE.includes(file)),
    skipped: steps
      .filter(({ number }) => options.skip.includes(number))
      .map(({ number, reason }) => ({ number, reason: reason ?? "" })),
    raisedAlarms: raised,
    untestedAlarms: untestedAlarms(raised),
    baseline: null,
  };
}

/** Steps that do not apply do not count. */
function overallVerdict(steps: readonly StepResult[]): Verdict {
  return worstVerdict(steps.flatMap(({ verdict }) => (verdict === "notApplicable" ? [] : [verdict])));
}

function signersOf({ signing, plan }: CommissionOptions): readonly Signer[] {
  const { operator, witness } = signing;
  return [
    ...(operator === undefined
      ? []
      : [{ role: "operator" as const, name: plan.operator?.name ?? "", publicKey: operator.publicKey }]),
    ...(witness === undefined
      ? []
      : [{ role: "witness" as const, name: plan.witness?.name ?? "", publicKey: witness.publicKey }]),
  ];
}

function conditionsOf({ language }: CommissionOptions, { known }: FinishedRun): Report["conditions"] {
  const say = sayIn(language);
  const { clocks, housing } = known;
  const room = (["alice", "bob"] as const).flatMap((site) => {
    const span = housing?.[site];
    if (span === undefined || !span.every(Number.isFinite)) return [];
    return [
      {
        name: say("cond_room", { unit: site === "alice" ? "Alice" : "Bob" }),
        text: say("cond_roomText", { from: span[0].toFixed(1), to: span[1].toFixed(1) }),
      },
    ];
  });
  return [
    ...(clocks === undefined
      ? []
      : [
          {
            name: say("cond_clocks"),
            text: say("cond_clocksText", {
              alice: (clocks.aliceNs / 1e6).toFixed(1),
              bob: (clocks.bobNs / 1e6).toFixed(1),
            }),
          },
        ]),
    ...room,
  ];
}
