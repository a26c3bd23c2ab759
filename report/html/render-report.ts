import type { Report } from "../report.ts";
import { coverPage } from "./cover-page.ts";
import { draftReasons } from "./draft.ts";
import { evidencePage } from "./evidence-page.ts";
import { identityPage } from "./identity-page.ts";
import { html } from "./markup.ts";
import { pageContext } from "./page-context.ts";
import { plotsPage } from "./plots-page.ts";
import { stepsPage } from "./steps-page.ts";
import { printedFoot, STYLE } from "./style.ts";

/** Number of the page's form; it rises with every change of what is drawn, so that older reports are known as such. */
export const RENDERER = 1;

const HATCHES = html`<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="out" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="#fdeaea"/><path d="M0 0V4" stroke="#cf222e" stroke-width="1" opacity=".55"/></pattern><pattern id="amb" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="#fff1cc"/><path d="M0 0V4" stroke="#9a6700" stroke-width=".8" opacity=".6"/></pattern></defs></svg>`;

/**
 * report.html: a pure function of report.json, of which `sha256` is the hash. It holds no script, loads nothing from
 * elsewhere, and says so to the browser.
 */
export function renderReport(report: Report, sha256: string): string {
  const context = pageContext(report, sha256, draftReasons(report));
  const title = `${context.say("acceptanceReport")} ${report.id}, ${report.link.name}`;
  const foot = printedFoot(`${report.id}, report.json ${sha256.slice(0, 16)}`);
  const style = { markup: `<style>${STYLE}${foot}</style>` };
  return html`<!doctype html>
<html lang="${report.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title>${style}</head><body>
${HATCHES}
<main>
${coverPage(context)}${identityPage(context)}${stepsPage(context)}${plotsPage(context)}${evidencePage(context)}</main></body></html>
`.markup;
}
