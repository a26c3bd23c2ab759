import type { LinkElement, Report } from "../report.ts";
import { figure, withUnit } from "./figures.ts";
import { html, type Markup } from "./markup.ts";

const WIDTH = 690;
const NARROW = 47;
const GAP = 8;
const FIRST = 96;
const LAST = 594;

/** The fibre from Alice to Bob, part by part, each with what it was built to lose; bars share one scale. */
export function linkDrawing({ link, units, sites }: Report, label: string): Markup {
  const { elements } = link;
  const spans = elements.filter(({ kind }) => kind === "span").length;
  const room = LAST - FIRST - GAP * Math.max(0, elements.length - 1);
  const narrow = Math.min(NARROW, room / Math.max(1, elements.length));
  const wide = spans === 0 ? narrow : Math.min(300, (room - narrow * (elements.length - spans)) / spans);
  const most = Math.max(0.1, ...elements.map(({ lossDb }) => lossDb ?? 0));
  let left = FIRST;
  const drawn = elements.map((element) => {
    const width = element.kind === "span" ? wide : narrow;
    const part = partOf(element, left, width, most, wide);
    left += width + GAP;
    return part;
  });
  const end = (x: number, who: string, role: "alice" | "bob") => {
    const unit = units.find((one) => one.role === role);
    return html`<rect x="${x}" y="8" width="83" height="52" fill="#f0f3f6" stroke="#8a949e"/><text x="${x + 7}" y="24" class="lb">${who}</text><text x="${x + 7}" y="38">${short(unit?.serial ?? "", 14)}</text><text x="${x + 7}" y="51">${short(sites[role], 14)}</text>`;
  };
  return html`<div class="lk" tabindex="0" role="group" aria-label="${label}"><svg viewBox="0 0 ${WIDTH} 102" role="img" aria-label="${label}"><path d="M84 34H606" stroke="#0b5cad" stroke-width="2.4"/>${end(1, "Alice", "alice")}${end(606, "Bob", "bob")}${drawn}</svg></div>`;
}

const SYMBOLS: Readonly<Record<LinkElement["kind"], (x: number) => Markup>> = {
  span: (x) =>
    html`<path d="M${x - 9} 34a4.5 4.5 0 1 1 9 0a4.5 4.5 0 1 1 9 0" fill="none" stroke="#1b2128"/>`,
  connector: (x) => html`<path d="M${x - 6} 29h5v10h-5zM${x + 1} 29h5v10h-5z" class="sy"/>`,
  splice: (x) => html`<circle cx="${x}" cy="34" r="4" class="sy"/>`,
  mux: (x) => html`<path d="M${x - 5} 24L${x + 5} 29v10L${x - 5} 44Z" class="sy"/>`,
  other: (x) => html`<rect x="${x - 5}" y="29" width="10" height="10" class="sy"/>`,
};

function partOf(element: LinkElement, left: number, width: number, most: number, wide: number): Markup {
  const { kind, name, detail, lossDb } = element;
  const middle = left + width / 2;
  const full = kind === "span" ? width * 0.84 : width;
  const share =
    lossDb === null ? 0 : Math.min(1, lossDb / most) * (kind === "span" ? full : Math.min(width, wide));
  const characters = Math.max(4, Math.floor(width / 5));
  return html`${SYMBOLS[kind](middle)}<text x="${middle}" y="57" text-anchor="middle" class="lb">${short(name, characters)}</text><text x="${middle}" y="68" text-anchor="middle">${short(detail, characters)}</text><rect x="${left}" y="75" width="${width}" height="8" fill="#eef1f4"/><rect x="${left}" y="75" width="${Math.min(share, width)}" height="8" fill="#0b5cad"/><text x="${middle}" y="96" text-anchor="middle" class="lb">${lossDb === null ? "–" : withUnit(figure(lossDb, 2), "dB")}</text>`;
}

const short = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
