import type { CheckVerdict, Signer, StepResult } from "../report.ts";
import { VERDICTS } from "../verdict.ts";
import { duration, figure, moment, rate, withUnit } from "./figures.ts";
import { limitShown, type measuredShown, nearestToLimit, sentenceOf } from "./limits-shown.ts";
import { linkDrawing } from "./link-drawing.ts";
import { html, type Markup } from "./markup.ts";
import { type PageContext, page } from "./page-context.ts";
import { verdictMark, verdictShape } from "./verdict-mark.ts";

const NEAREST = 5;
/** Units of U that the bars of the nearest checks show on each side. */
const SHOWN_U = 6;

/** The first page: verdict, worst margin, link by elements, what to do, who signs. */
export function coverPage(context: PageContext): Markup {
  const { report, say } = context;
  const { link, sites } = report;
  const where = say("coverLine", {
    alice: sites.alice,
    bob: sites.bob,
    km: link.lengthKm === null ? say("lengthUnknown") : withUnit(figure(link.lengthKm), "km"),
    clock: clock(link.clockHz),
    preset: link.preset,
  });
  const body = html`<h1>${say("linkNamed", { name: link.name })}</h1><p class="sub">${where}</p>${verdictBox(context)}${totals(context)}${elements(context)}<div class="two"><div>${nearest(context)}</div><div>${soak(context)}</div></div>${whatToDo(context)}${signatures(context)}`;
  return page(context, say("acceptanceReport"), body, true);
}

const clock = (hz: number): string =>
  hz >= 1e9 ? withUnit(figure(hz / 1e9), "GHz") : withUnit(figure(hz / 1e6), "MHz");

function verdictBox({ report, say, draft }: PageContext): Markup {
  const { verdict, steps, worstMargin } = report;
  const worst = steps
    .flatMap((step) => step.checks.map((check) => ({ step, check })))
    .find(({ step, check }) => step.number === worstMargin?.step && check.id === worstMargin.check);
  const failing = steps.find((step) => step.verdict === verdict && verdict !== "pass");
  const sentence = failing?.finding ?? failing?.reason ?? say(`verdictSentence_${verdict}`);
  const small = draft.length === 0 ? html`` : html` <small>${say("draft").toLowerCase()}</small>`;
  const box =
    worst === undefined || worst.check.margin === null
      ? html`<div class="nearest"><span class="lab">${say("worstMargin")}</span><p>${say("noMargin")}</p></div>`
      : html`<div class="nearest"><span class="lab">${say("worstMarginStep", { number: worst.step.number })}</span><p class="mid">${marginWithUnit(worst.check)}</p><p>${worst.check.name}: ${sentenceOf(worst.check, say)}</p></div>`;
  return html`<div class="verdict ${verdict}">${verdictShape(verdict)}<div><p class="big">${say(`verdict_${verdict}`).toUpperCase()}${small}</p><p>${sentence}</p>${draft.length === 0 ? html`` : html`<p class="lab">${say("draftBecause", { reasons: draft.join("; ") })}</p>`}</div>${box}</div>`;
}

function marginWithUnit(check: Parameters<typeof measuredShown>[0]): string {
  return check.margin === null ? "–" : withUnit(figure(check.margin), check.measured?.unit ?? "");
}

function totals({ report, say }: PageContext): Markup {
  // A step that came to no check counts as one: what was not judged is not to be overlooked.
  const checks: readonly { readonly verdict: CheckVerdict }[] = report.steps.flatMap((step) =>
    step.checks.length === 0 ? [{ verdict: step.verdict }] : [...step.checks],
  );
  const count = (verdict: CheckVerdict) => checks.filter((one) => one.verdict === verdict).length;
  const shown = (["pass", "marginal", "fail", "unknown"] as const).map(
    (verdict) =>
      html`<span class="${count(verdict) === 0 ? "z" : ""}">${verdictMark(verdict, html`<b>${count(verdict)}</b> ${say(`verdict_${verdict}`)}`)}</span>`,
  );
  const judged = checks.length - count("notApplicable");
  return html`<div class="tot">${shown}<span>${say("ofChecks", { checks: judged, steps: report.steps.length })}</span></div>`;
}

function elements(context: PageContext): Markup {
  const { report, say } = context;
  if (report.link.elements.length === 0)
    return html`<h2>${say("linkByElements")}</h2><p class="cap">${say("noFibrePlan")}</p>`;
  const built = report.link.elements.reduce((sum, { lossDb }) => sum + (lossDb ?? 0), 0);
  const loss = report.steps.flatMap((step) => step.checks).find(({ id }) => id === "lossEndToEnd");
  const endToEnd =
    loss === undefined || loss.measured === null ? "–" : withUnit(figure(loss.measured.value, 2), "dB");
  return html`<h2>${say("linkByElements")}</h2>${linkDrawing(report, say("linkByElements"))}<p class="cap">${say("elementsCaption", { built: withUnit(figure(built, 2), "dB"), endToEnd, limit: loss === undefined ? "–" : withUnit(limitShown(loss), "dB") })}</p>`;
}

function nearest({ report, say }: PageContext): Markup {
  const rows = nearestToLimit(report.steps)
    .slice(0, NEAREST)
    .map(({ step, check, margin }) => {
      const units = Math.max(-3, Math.min(SHOWN_U, margin));
      const [from, to] = units < 0 ? [60 + units * 20, 60] : [60, 60 + units * 20];
      return html`<div class="nr"><span>${step.number} ${check.name}</span><svg viewBox="0 0 190 10" preserveAspectRatio="none" aria-hidden="true"><rect width="60" height="10" fill="#fdeaea"/><rect x="60" width="130" height="10" fill="#eef1f4"/><rect x="60" width="20" height="10" fill="url(#amb)"/><rect x="${from}" y="2.5" width="${to - from}" height="5" fill="#1b2128"/><path d="M60 0V10" stroke="#1b2128" stroke-width="1.2" vector-effect="non-scaling-stroke"/></svg><span class="num">${withUnit(figure(margin, Math.abs(margin) < 100 ? 1 : 0), "U")}</span>${verdictMark(check.verdict, say(`verdict_${check.verdict}`))}</div>`;
    });
  return html`<h2>${say("nearestToLimit")}</h2><p class="cap">${say("nearestCaption")}</p>${rows}`;
}

function soak({ report, say }: PageContext): Markup {
  const { kpi } = report;
  if (kpi === null) return html`<h2>${say("soak")}</h2><p class="cap">${say("noSoak")}</p>`;
  const rows: readonly (readonly [string, string])[] = [
    [say("meanKeyRate"), rate(kpi.meanRateBps)],
    [say("uptime"), withUnit(figure(100 * kpi.uptimeShare, 2), "%")],
    [say("timeInLimit"), withUnit(figure(100 * kpi.qberInLimitShare, 2), "%")],
    [say("erroredSeconds"), `${kpi.erroredSeconds}, ${kpi.severelyErroredSeconds}`],
    [say("downtime"), duration(kpi.downtimeS)],
  ];
  return html`<h2>${say("soakOf", { duration: duration(kpi.durationS) })}</h2><dl class="kv">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What is not as it should be, worst first. */
function whatToDo({ report, say }: PageContext): Markup {
  const rank = (step: StepResult) => (step.verdict === "notApplicable" ? -1 : VERDICTS.indexOf(step.verdict));
  const open = report.steps
    .filter((step) => rank(step) > 0)
    .sort((a, b) => rank(b) - rank(a) || a.number - b.number);
  if (open.length === 0) return html``;
  const shown = open.slice(0, 6).map((step) => {
    const worst = step.checks.find((check) => check.verdict === step.verdict);
    const title = worst === undefined ? step.name : `${worst.name}, ${sentenceOf(worst, say)}`;
    return html`<div class="rem ${step.verdict}">${verdictMark(step.verdict, say("stepTitle", { number: step.number, title }))}<p>${[step.finding, step.reason, step.remedy].filter((text) => text !== null).join(" ")}</p></div>`;
  });
  const more =
    open.length > 6 ? html`<p class="cap">${say("moreOpen", { count: open.length - 6 })}</p>` : html``;
  return html`<h2>${say("whatToDo")}</h2>${shown}${more}`;
}

function signatures({ report, say, sha256 }: PageContext): Markup {
  const one = (role: Signer["role"]) => {
    const person = report[role];
    const signer = report.signers.find((found) => found.role === role);
    const name =
      person === null ? say("notNamed") : person.site === "" ? person.name : `${person.name}, ${person.site}`;
    const signed =
      signer === undefined
        ? html`<span class="unsig">${say("notSigned")}</span>`
        : html`<span>${moment(report.endedUtc)}</span><code>Ed25519 ${signer.publicKey.slice(0, 16)}</code>`;
    return html`<div class="sig"><span class="lab">${say(role)}</span><b>${name}</b><div class="line"></div>${signed}</div>`;
  };
  const both = report.witness === null ? [one("operator")] : [one("operator"), one("witness")];
  return html`<h2>${say("signatures")}</h2><div class="sigs">${both}</div><p class="cap">${say("signaturesCaption", { sha256: sha256.slice(0, 32) })}</p>`;
}
