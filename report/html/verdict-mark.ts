import type { CheckVerdict } from "../report.ts";
import { html, type Markup } from "./markup.ts";

const SHAPES: Readonly<Record<CheckVerdict, Markup>> = {
  pass: html`<circle cx="8" cy="8" r="6.4"/>`,
  marginal: html`<path d="M8 1 15.5 14.5H.5Z"/>`,
  fail: html`<path d="M1.5 1.5h13v13h-13Z"/>`,
  unknown: html`<path d="M3 3l10 10M13 3 3 13" stroke="currentColor" stroke-width="2.6" fill="none"/>`,
  notApplicable: html`<path d="M3 8h10" stroke="currentColor" stroke-width="2" fill="none"/>`,
};

/** The shape of a verdict: a page in grey tells them apart. */
export function verdictShape(verdict: CheckVerdict): Markup {
  return html`<svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">${SHAPES[verdict]}</svg>`;
}

/** A verdict as shape, word and colour. */
export function verdictMark(verdict: CheckVerdict, word: Markup | string): Markup {
  return html`<span class="v ${verdict}">${verdictShape(verdict)}${word}</span>`;
}
