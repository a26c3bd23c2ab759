import { html, type Markup } from "./markup.ts";
import { type PageContext, page } from "./page-context.ts";
import { drawPlot } from "./plots/draw-plot.ts";

/** The curves behind the checks. */
export function plotsPage(context: PageContext): Markup {
  const plots = context.report.steps.flatMap((step) => step.plots);
  if (plots.length === 0) return html``;
  return page(context, context.say("plots"), html`<div class="plots">${plots.map(drawPlot)}</div>`);
}
