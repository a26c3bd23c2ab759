import type { Instrument, Report } from "../report.ts";
import { figure, moment, withUnit } from "./figures.ts";
import { html, type Markup } from "./markup.ts";
import { type PageContext, page } from "./page-context.ts";
import { verdictMark } from "./verdict-mark.ts";

/** Whose parts these are, which instruments measured, how the fibre was planned, what was set and put back. */
export function identityPage(context: PageContext): Markup {
  const { say } = context;
  const body = html`${units(context)}${instruments(context)}${fibre(context)}${conditions(context)}${settings(context)}`;
  return page(context, say("identities"), body);
}

function units({ report, say }: PageContext): Markup {
  const rows = report.units.map(
    (unit) =>
      html`<tr><td><b>${unit.role === "alice" ? "Alice" : "Bob"}</b></td><td>${unit.vendor} ${unit.model}</td><td><b>${unit.serial}</b></td><td>${unit.hardware}</td><td>${unit.firmware}</td><td>${unit.calibratedOn ?? say("notTold")}</td><td>${unit.calibrationDueOn ?? say("notTold")}</td></tr>`,
  );
  const parts = report.units
    .filter((unit) => unit.parts.length > 0)
    .map(
      (unit) =>
        html`<div><dt>${say("partsOf", { unit: unit.role === "alice" ? "Alice" : "Bob" })}</dt><dd>${unit.parts.map(({ name, model, serial }) => `${name} ${model} ${serial}`).join("; ")}</dd></div>`,
    );
  const parameters = report.units.map(
    (unit) =>
      html`<div><dt>${say("settingsOf", { unit: unit.role === "alice" ? "Alice" : "Bob" })}</dt><dd>${unit.parameters.map(({ name, value, unit: of }) => `${name} ${withUnit(signed(value), of)}`).join("; ")}</dd></div>`,
  );
  return html`<h2>${say("units")}</h2><table><tr><th>${say("role")}</th><th>${say("model")}</th><th>${say("serial")}</th><th>${say("hardware")}</th><th>${say("firmware")}</th><th>${say("calibrated")}</th><th>${say("due")}</th></tr>${rows}</table><dl class="kv">${parts}${parameters}</dl>`;
}

/** A setting as it is told, with a true minus; an empty text is shown as such. */
const signed = (value: string): string => (value === "" ? "–" : value.replace(/^-(?=\d)/, "−"));

/** Overdue on the day the report ends. */
export const isOverdue = ({ dueOn }: Instrument, report: Pick<Report, "endedUtc">): boolean =>
  isPast(dueOn, report);

/** Whether a day was over when the report ended. */
export const isPast = (day: string | null, { endedUtc }: Pick<Report, "endedUtc">): boolean =>
  day !== null && day < endedUtc.slice(0, 10);

function instruments({ report, say }: PageContext): Markup {
  if (report.instruments.length === 0)
    return html`<h2>${say("instruments")}</h2><p class="cap">${say("noInstruments")}</p>`;
  const rows = report.instruments.map((one) => {
    const status =
      one.dueOn === null
        ? html`${say("noCalibrationNeeded")}`
        : isOverdue(one, report)
          ? verdictMark("fail", say("overdue"))
          : verdictMark("pass", say("inDate"));
    return html`<tr><td>${one.kind}</td><td>${one.serial}</td><td>${one.usedIn.join(", ")}</td><td>${one.calibratedOn ?? "–"}</td><td>${one.dueOn ?? "–"}</td><td>${status}</td></tr>`;
  });
  return html`<h2>${say("instruments")}</h2><table><tr><th>${say("instrument")}</th><th>${say("serial")}</th><th>${say("usedIn")}</th><th>${say("calibrated")}</th><th>${say("due")}</th><th>${say("status")}</th></tr>${rows}</table>`;
}

function fibre({ report, say }: PageContext): Markup {
  const { link } = report;
  const rows: readonly (readonly [string, string])[] = [
    [say("linkId"), link.linkId],
    [
      say("elements"),
      link.elements.map(({ name, detail }) => `${name} ${detail}`.trim()).join("; ") || say("noFibrePlan"),
    ],
    [say("lossLimit"), link.lossLimitDb === null ? "–" : withUnit(figure(link.lossLimitDb, 2), "dB")],
    [say("classicalChannels"), link.channels.join("; ") || say("none")],
    [say("planFile"), link.plan === null ? say("none") : `${link.plan.file}, sha256 ${link.plan.sha256}`],
  ];
  return html`<h2>${say("fibrePlan")}</h2><dl class="kv">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function conditions({ report, say }: PageContext): Markup {
  const rows: readonly (readonly [string, string])[] = [
    [say("beganEnded"), `${moment(report.startedUtc)}, ${moment(report.endedUtc)}`],
    ...report.conditions.map(({ name, text }) => [name, text] as const),
    [say("software"), `${report.tool.name} ${report.tool.version}, ${report.tool.model}`],
  ];
  return html`<h2>${say("conditions")}</h2><dl class="kv">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function settings({ report, say }: PageContext): Markup {
  const rows = report.steps.flatMap((step) =>
    step.settings.map((one) => {
      const during =
        one.during.length > 2 ? `${one.during[0]} … ${one.during.at(-1)}` : one.during.join(", ");
      const left = one.restored
        ? html`${say("restored")}`
        : html`<span class="unsig">${say("notRestored")}</span>`;
      return html`<tr><td><b>${one.unit === "alice" ? "Alice" : "Bob"}</b></td><td>${one.name}</td><td class="num">${withUnit(signed(one.found), one.unitOfValue)}</td><td class="num">${withUnit(during, one.unitOfValue)}</td><td class="num">${withUnit(signed(one.left), one.unitOfValue)}</td><td>${step.number}, ${left}</td></tr>`;
    }),
  );
  if (rows.length === 0)
    return html`<h2>${say("settingsFoundLeft")}</h2><p class="cap">${say("nothingSet")}</p>`;
  return html`<h2>${say("settingsFoundLeft")}</h2><table><tr><th>${say("unit")}</th><th>${say("setting")}</th><th class="num">${say("found")}</th><th class="num">${say("during")}</th><th class="num">${say("left")}</th><th>${say("step")}</th></tr>${rows}</table>`;
}
