import type { Plot, PlotAxis, PlotLine, PlotSeries } from "../../plot.ts";
import { figure, powerOfTen } from "../figures.ts";
import { html, type Markup } from "../markup.ts";
import { ticksOf } from "./ticks.ts";

interface Box {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const NARROW: Box = { width: 330, left: 38, right: 316, top: 14, bottom: 140 };
const WIDE: Box = { width: 690, left: 38, right: 640, top: 14, bottom: 140 };
const COLOURS = ["a", "b"] as const;

/** A plot as inline SVG, with its caption. */
export function drawPlot(plot: Plot): Markup {
  const box = plot.wide ? WIDE : NARROW;
  const x = scaleOf(plot.x, box.left, box.right);
  const y = scaleOf(plot.y, box.bottom, box.top);
  const parts = [
    ...xAxis(plot.x, box, x),
    ...yAxis(plot.y, box, y),
    ...plot.lines.map((line) => lineOf(line, box, x, y)),
    ...plot.series.map((series, index) => drawSeries(series, index, plot, box, x, y)),
  ];
  return html`<figure class="${plot.wide ? "wide" : ""}"><figcaption><b>${plot.title}</b> ${plot.note}</figcaption><svg viewBox="0 0 ${box.width} 172" role="img" aria-label="${plot.title}">${parts}</svg></figure>`;
}

type Scale = (value: number) => number;

function scaleOf({ from, to, log }: PlotAxis, start: number, end: number): Scale {
  const of = (value: number) =>
    log ? Math.log10(Math.max(value, from > 0 ? from : Number.MIN_VALUE)) : value;
  const [first, last] = [of(from), of(to)];
  const span = last === first ? 1 : last - first;
  return (value) => {
    const share = Math.min(1.02, Math.max(-0.02, (of(value) - first) / span));
    return start + share * (end - start);
  };
}

function xAxis(axis: PlotAxis, box: Box, x: Scale): Markup[] {
  const marks =
    axis.places.length > 0
      ? axis.places.map((text, index) => ({ at: x(index), text }))
      : ticksOf(axis).map((value) => ({ at: x(value), text: tickText(axis, value) }));
  return [
    ...marks.map(
      ({ at, text }) =>
        html`<path d="M${at} ${box.bottom}v3" class="ax"/><text x="${at}" y="${box.bottom + 12}" text-anchor="middle">${text}</text>`,
    ),
    html`<path d="M${box.left} ${box.bottom}H${box.right}" class="ax"/><text x="${(box.left + box.right) / 2}" y="${box.bottom + 26}" text-anchor="middle">${axis.label}</text>`,
  ];
}

function yAxis(axis: PlotAxis, box: Box, y: Scale): Markup[] {
  return [
    ...ticksOf(axis).map(
      (value) =>
        html`<path d="M${box.left} ${y(value)}H${box.right}" class="gr"/><text x="${box.left - 5}" y="${y(value) + 3}" text-anchor="end">${tickText(axis, value)}</text>`,
    ),
    html`<text x="2" y="7">${axis.label}</text>`,
  ];
}

const tickText = ({ log }: PlotAxis, value: number): string =>
  log ? powerOfTen(value) : figure(value, String(value).split(".")[1]?.length ?? 0);

const LINE_CLASSES = { limit: "lim", expected: "exp", result: "res" } as const;
const LABEL_CLASSES = { limit: "lr", expected: "", result: "lm" } as const;

function lineOf({ across, at, label, meaning, from, to }: PlotLine, box: Box, x: Scale, y: Scale): Markup {
  if (across === "x") {
    const place = x(at);
    const nearEnd = place > (box.left + box.right) / 2 + 60;
    return html`<path d="M${place} ${box.top}V${box.bottom}" class="${LINE_CLASSES[meaning]}"/><text x="${place + (nearEnd ? -3 : 3)}" y="${box.top + 8}" text-anchor="${nearEnd ? "end" : "start"}" class="${LABEL_CLASSES[meaning]}">${label}</text>`;
  }
  const place = y(at);
  const [left, right] = [from === null ? box.left : x(from), to === null ? box.right : x(to)];
  return html`<path d="M${left} ${place}H${right}" class="${LINE_CLASSES[meaning]}"/><text x="${right}" y="${place - 3}" text-anchor="end" class="${LABEL_CLASSES[meaning]}">${label}</text>`;
}

function drawSeries(series: PlotSeries, index: number, plot: Plot, box: Box, x: Scale, y: Scale): Markup {
  const colour = COLOURS[index % COLOURS.length] ?? "a";
  const points = series.x.map((value, at) => ({
    x: x(value),
    y: y(series.y[at] ?? Number.NaN),
    low: y((series.y[at] ?? 0) - 2 * (series.u[at] ?? 0)),
    high: y((series.y[at] ?? 0) + 2 * (series.u[at] ?? 0)),
    value: series.y[at] ?? Number.NaN,
  }));
  if (series.drawn === "line" || series.drawn === "dashed")
    return html`${pathOf(points, series.drawn === "dashed" ? "d" : colour)}${endLabel(series, points, colour, plot.wide)}`;
  if (series.drawn === "bars")
    return html`${points.map((point) => barOf(point, series.name, index, plot, box, colour, y))}`;
  return html`${points.map(
    (point) =>
      html`<path d="M${point.x} ${point.low}V${point.high}" class="eb ${colour}"/><circle cx="${point.x}" cy="${point.y}" r="2.2" class="pt ${colour}"/>`,
  )}${endLabel(series, points, colour, plot.wide)}`;
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly value: number;
}

/** A gap in the data stays a gap: what was not measured is never joined. */
function pathOf(points: readonly Placed[], colour: string): Markup {
  let joined = false;
  let path = "";
  for (const { x, y } of points) {
    if (Number.isFinite(y)) path += `${joined ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    joined = Number.isFinite(y);
  }
  return html`<path d="${path}" class="ln ${colour}"/>`;
}

/** Curves are named at their end, or on two sides where they lie on each other. */
function endLabel({ name }: PlotSeries, points: readonly Placed[], colour: string, wide: boolean): Markup {
  if (name === "") return html``;
  const first = colour === COLOURS[0];
  const last = points.at(wide ? -1 : Math.floor(points.length * (first ? 0.38 : 0.62)));
  if (last === undefined || !Number.isFinite(last.y)) return html``;
  if (wide)
    return html`<text x="${last.x + 5}" y="${last.y + (first ? -2 : 8)}" class="${colour} lb">${name}</text>`;
  return html`<text x="${last.x + (first ? -7 : 7)}" y="${last.y - 2}" text-anchor="${first ? "end" : "start"}" class="${colour} lb">${name}</text>`;
}

function barOf(
  point: Placed,
  name: string,
  index: number,
  plot: Plot,
  box: Box,
  colour: string,
  y: Scale,
): Markup {
  const beside = plot.series.filter(({ drawn }) => drawn === "bars").length;
  const places = Math.max(1, plot.x.places.length);
  const width = Math.min(38, ((box.right - box.left) / places / beside) * 0.6);
  const left = point.x + (index - beside / 2) * (width + 3);
  const top = Math.min(point.y, y(Math.max(plot.y.from, 0)));
  return html`<rect x="${left}" y="${top}" width="${width}" height="${Math.max(0, box.bottom - top)}" class="f${colour}"/><text x="${left + width / 2}" y="${top - 4}" text-anchor="middle" class="lb">${name === "" ? "" : `${name} `}${figure(point.value)}</text>`;
}
