import { type Axis, axesOf, type PlotArea } from "./axis.ts";
import { escapeText } from "./escape-text.ts";
import type { Figure, Series } from "./figure.ts";
import { tickText } from "./ticks.ts";

const WIDTH = 520;
const HEIGHT = 330;
const AREA: PlotArea = { left: 74, right: 508, top: 14, bottom: 270 };
/** Colours that the colour-blind tell apart (Okabe, Ito 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];

/** A figure as a self-contained SVG element. */
export function svgFigure(figure: Figure): string {
  const { x, y } = axesOf(figure, AREA);
  const drawn = coloured(figure.series);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(figure.title)}">`,
    ...x.ticks.map((tick) => verticalTick(x, tick)),
    ...y.ticks.map((tick) => horizontalTick(y, tick)),
    `<rect class="frame" x="${AREA.left}" y="${AREA.top}" width="${AREA.right - AREA.left}" height="${AREA.bottom - AREA.top}"/>`,
    ...drawn.map(({ series, colour }) => shapeOf(series, colour, x, y)),
    `<text class="label" x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 26}" text-anchor="middle">${escapeText(figure.xLabel)}</text>`,
    `<text class="label" transform="translate(14 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeText(figure.yLabel)}</text>`,
    "</svg>",
    `<p class="legend">${drawn.map(({ series, colour }) => `<span><i class="${series.shape}" style="--c:${colour}"></i>${escapeText(series.name)}</span>`).join(" ")}</p>`,
  ].join("\n");
}

/** The first line, points and bars share a colour, then the second ones: theory beside its samples. */
function coloured(all: readonly Series[]) {
  const count = { line: 0, points: 0, bars: 0 };
  return all.map((series) => ({ series, colour: COLOURS[count[series.shape]++ % COLOURS.length]! }));
}

function verticalTick(x: Axis, tick: number): string {
  const at = round(x.at(tick));
  return `<line class="grid" x1="${at}" x2="${at}" y1="${AREA.top}" y2="${AREA.bottom}"/><text x="${at}" y="${AREA.bottom + 16}" text-anchor="middle">${tickText(tick)}</text>`;
}

function horizontalTick(y: Axis, tick: number): string {
  const at = round(y.at(tick));
  return `<line class="grid" x1="${AREA.left}" x2="${AREA.right}" y1="${at}" y2="${at}"/><text x="${AREA.left - 6}" y="${at + 4}" text-anchor="end">${tickText(tick)}</text>`;
}

function shapeOf({ shape, points }: Series, colour: string, x: Axis, y: Axis): string {
  if (shape === "line") {
    const path = points.map((point) => `${round(x.at(point.x))},${round(y.at(point.y))}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  }
  const errors = points.map((point) => errorBar(point, x, y)).join("");
  if (shape === "bars") {
    const width = Math.min(42, 0.7 * (x.at(1) - x.at(0)));
    const bars = points.map((point) => {
      const top = round(y.at(point.y));
      return `<rect x="${round(x.at(point.x) - width / 2)}" y="${top}" width="${round(width)}" height="${round(AREA.bottom - top)}" fill="${colour}" fill-opacity="0.35"/>`;
    });
    return `${bars.join("")}<g stroke="${colour}">${errors}</g>`;
  }
  const circles = points.map(
    (point) =>
      `<circle cx="${round(x.at(point.x))}" cy="${round(y.at(point.y))}" r="3.4" class="mark" stroke="${colour}"/>`,
  );
  return `<g stroke="${colour}">${errors}</g>${circles.join("")}`;
}

function errorBar(point: Series["points"][number], x: Axis, y: Axis): string {
  if (point.error === undefined) return "";
  const at = round(x.at(point.x));
  return `<line x1="${at}" x2="${at}" y1="${round(y.at(point.y - point.error))}" y2="${round(y.at(point.y + point.error))}"/>`;
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;
