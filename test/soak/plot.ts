import type { Series } from "./judgement.ts";

const WIDTH = 960;
const PANEL = { height: 190, left: 70, right: 190, top: 30, gap: 50 } as const;
const COLOURS = ["#1f5fa8", "#c2513c", "#2f8f6b", "#7a5ea8", "#b08d3c", "#8a8f98"] as const;
const PANELS = ["rss", "heap", "external", "handles", "timers", "fds"] as const;

/** One panel a quantity over the time of the run, one line a process. */
export function soakSvg(series: readonly Series[]): string {
  const processes = series.filter(({ name }) => !name.includes("thread"));
  const panels = PANELS.map((quantity, index) =>
    panel(
      quantity,
      processes.filter(({ name }) => name.endsWith(` ${quantity}`)),
      PANEL.top + index * (PANEL.height + PANEL.gap),
    ),
  );
  const height = PANEL.top + PANELS.length * (PANEL.height + PANEL.gap);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function panel(quantity: string, series: readonly Series[], top: number): string {
  const points = series.flatMap((each) => each.points);
  const end = Math.max(1, ...points.map(({ atS }) => atS));
  const most = 1.1 * Math.max(1, ...points.map(({ value }) => value));
  const right = WIDTH - PANEL.right;
  const bottom = top + PANEL.height;
  const x = (atS: number) => (PANEL.left + ((right - PANEL.left) * atS) / end).toFixed(1);
  const y = (value: number) => (bottom - (PANEL.height * value) / most).toFixed(1);
  const unit = series[0]?.unit === "MiB" ? ", MiB" : "";
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = part * most;
    return (
      `<line x1="${PANEL.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}" stroke="#e3e5e8"/>` +
      `<text x="${PANEL.left - 8}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${value.toFixed(most < 10 ? 1 : 0)}</text>`
    );
  });
  const lines = series.map(({ name, points: own }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = own.map(({ atS, value }) => `${x(atS)},${y(value)}`).join(" ");
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
      `<text x="${right + 10}" y="${top + 14 + 18 * index}" fill="${colour}">${name}</text>`
    );
  });
  const middle = x(end / 2);
  return [
    `<text x="${PANEL.left}" y="${top - 8}" font-weight="bold">${quantity}${unit}</text>`,
    ...grid,
    `<line x1="${middle}" x2="${middle}" y1="${top}" y2="${bottom}" stroke="#8a8f98" stroke-dasharray="3 3"/>`,
    ...lines,
    `<text x="${right}" y="${bottom + 18}" text-anchor="end">${(end / 60).toFixed(1)} min</text>`,
  ].join("\n");
}
