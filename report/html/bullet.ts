import type { Check } from "../report.ts";
import { html, type Markup } from "./markup.ts";

const WIDTH = 150;

/** A reading between its limits: grey inside, hatched outside, a diamond for the reading, a line for U. */
export function bullet(check: Check): Markup {
  const { measured, limit, U, verdict } = check;
  if (measured === null || limit === null || check.shown !== null || check.margin === null) return html``;
  const { low, high } = limit;
  const ends = axisOf(low, high, limit.reference, measured.value);
  if (ends === null) return html``;
  const x = (value: number) =>
    Math.min(WIDTH, Math.max(0, ((value - ends.from) / (ends.to - ends.from)) * WIDTH));
  const inside = [low === null ? 0 : x(low), high === null ? WIDTH : x(high)] as const;
  const outside = [
    ...(low === null
      ? []
      : [
          html`<rect x="0" y="3" width="${inside[0]}" height="8" fill="url(#out)"/><path d="M${inside[0]} 0V14" class="lim"/>`,
        ]),
    ...(high === null
      ? []
      : [
          html`<rect x="${inside[1]}" y="3" width="${WIDTH - inside[1]}" height="8" fill="url(#out)"/><path d="M${inside[1]} 0V14" class="lim"/>`,
        ]),
  ];
  const at = Math.min(WIDTH - 4, Math.max(4, x(measured.value)));
  const spread = U ?? 0;
  return html`<svg class="bul" viewBox="0 0 ${WIDTH} 14" aria-hidden="true"><rect x="${inside[0]}" y="3" width="${inside[1] - inside[0]}" height="8" fill="#e6eaee"/>${outside}<path d="M${x(measured.value - spread)} 7H${x(measured.value + spread)}" stroke="#1b2128" stroke-width="1.6"/><path d="M${at} 1.6l4 5.4-4 5.4-4-5.4Z" class="mk ${verdict}"/></svg>`;
}

/** Between two limits with a fifth beside them; with one limit, from the expected value's side to a fifth behind it. */
function axisOf(
  low: number | null,
  high: number | null,
  reference: number | null,
  value: number,
): { readonly from: number; readonly to: number } | null {
  if (low !== null && high !== null && high > low) {
    const beside = (high - low) / 5;
    return { from: low - beside, to: high + beside };
  }
  const end = high ?? low;
  if (end === null) return null;
  const way = Math.max(Math.abs(end - (reference ?? value)), Math.abs(end) / 100);
  if (way === 0) return null;
  const [inside, outside] = [end + (high === null ? 2 : -2) * way, end + (high === null ? -0.5 : 0.5) * way];
  return { from: Math.min(inside, outside), to: Math.max(inside, outside) };
}
