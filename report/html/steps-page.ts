import type { Check, StepResult } from "../report.ts";
import { bullet } from "./bullet.ts";
import { limitShown, marginShown, measuredShown } from "./limits-shown.ts";
import { html, type Markup } from "./markup.ts";
import { type PageContext, page } from "./page-context.ts";
import { verdictMark } from "./verdict-mark.ts";

/** Every check of every step: measured, limit, where the limit is from, margin, U, verdict. */
export function stepsPage(context: PageContext): Markup {
  const { report, say } = context;
  const head = html`<thead><tr><th>${say("step")}</th><th>${say("check")}</th><th class="num">${say("measured")}</th><th class="num">${say("limit")}</th><th>${say("from")}</th><th class="bc">${say("limitsAndReading")}</th><th class="num">${say("margin")}</th><th class="num">U</th><th>${say("verdict")}</th></tr></thead>`;
  const rows = report.steps.map((step) => rowsOf(context, step));
  const key = html`<svg class="bul" viewBox="0 0 150 14" aria-hidden="true"><rect y="3" width="110" height="8" fill="#e6eaee"/><rect x="110" y="3" width="40" height="8" fill="url(#out)"/><path d="M110 0V14" class="lim"/><path d="M54 7H78" stroke="#1b2128" stroke-width="1.6"/><path d="M66 1.6l4 5.4-4 5.4-4-5.4Z" class="mk"/></svg>`;
  return page(
    context,
    say("steps"),
    html`<table class="steps">${head}<tbody>${rows}</tbody></table><p class="cap key">${key} ${say("bulletKey")}</p>`,
  );
}

function rowsOf(context: PageContext, step: StepResult): Markup {
  const { say } = context;
  if (step.checks.length === 0)
    return html`<tr class="r-${step.verdict}"><td class="n">${step.number}</td><td colspan="7">${step.name}<br><span class="why">${step.reason ?? ""}</span></td><td>${verdictMark(step.verdict, say(`verdict_${step.verdict}`))}</td></tr>`;
  return html`${step.checks.map((check) => rowOf(context, step, check))}`;
}

function rowOf({ say }: PageContext, step: StepResult, check: Check): Markup {
  const { value, unit } = measuredShown(check);
  const why = check.reason === null ? html`` : html`<br><span class="why">${check.reason}</span>`;
  return html`<tr class="r-${check.verdict}"><td class="n">${step.number}</td><td>${check.name}${why}</td><td class="num"><b>${value}</b>${unit === "" ? "" : `\u202f${unit}`}</td><td class="num">${limitShown(check)}</td><td class="o">${check.limit?.origin ?? ""}</td><td class="bc">${bullet(check)}</td><td class="num">${marginShown(check, check.margin)}</td><td class="num">${marginShown(check, check.U)}</td><td>${verdictMark(check.verdict, say(`verdict_${check.verdict}`))}</td></tr>`;
}
