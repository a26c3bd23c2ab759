import type { AlarmGroup, KpiBin } from "../../controller/outlets/api/index.ts";
import { clockMinutes, duration } from "../words/format.ts";
import { KeyKind, Mark, Status } from "./status.tsx";
import { remPx, useWidth } from "./use-width.ts";

const QUARTER_MS = 15 * 60_000;
const CELLS = 96;
/** In narrower cells no shape can be told from another. */
const LEAST_SHAPE_EM = 0.7;
const ROWS: readonly (readonly [AlarmGroup, string])[] = [
  ["qber", "QBER"],
  ["light", "Light"],
  ["unit", "Unit"],
  ["delivery", "Delivery"],
];

interface DayProps {
  readonly bins: readonly KpiBin[];
  readonly nowMs: number;
  /** Where it lies on the wall, as CSS's `grid-column`; null elsewhere. */
  readonly columns: string | null;
}

/** What was served, and which alarms there were, in each quarter of an hour of the last day. */
export function DayCard({ bins, nowMs, columns }: DayProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const em = remPx() * 0.86;
  const left = em * 4.8;
  const row = em * 1.35;
  const height = row * 5 + em * 1.9;
  const endMs = (Math.floor(nowMs / QUARTER_MS) + 1) * QUARTER_MS;
  const cell = Math.max(0, width - left) / CELLS;
  const columnOf = ({ startMs }: KpiBin) => CELLS - (endMs - startMs) / QUARTER_MS;
  const shown = bins.filter((bin) => columnOf(bin) >= 0 && bin.watchedS > 0);
  const alarmed = shown.filter(({ alarms }) => Object.keys(alarms).length > 0).length;
  const label = `Last 24 hours: ${shown.length} of 96 quarters of an hour watched, ${alarmed} with alarms, ${duration(1000 * shown.reduce((sum, { fallbackS }) => sum + fallbackS, 0))} of post-quantum keys`;
  const hours = width < em * 45 ? 6 : 3;
  return (
    <section
      class="card c8 wide o5 wband"
      aria-label="Last 24 hours"
      style={columns === null ? {} : { gridColumn: columns }}
    >
      <div class="h">
        <h2>Last 24 hours</h2>
        <span class="sp" />
        <span class="s legend">
          <KeyKind kind="quantum" />
          <KeyKind kind="post-quantum" />
          <KeyKind kind="none" />
          <Status shape="warn">beyond operating</Status>
          <Status shape="bad">absolute</Status>
        </span>
      </div>
      <div ref={ref}>
        {width === 0 ? null : (
          <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
            {["Keys", ...ROWS.map(([, name]) => name)].map((name, index) => (
              <g key={name}>
                <text x="0" y={index * row + row * 0.72} font-size={em} fill="var(--ink2)">
                  {name}
                </text>
                <rect x={left} y={index * row + 2} width={CELLS * cell} height={row - 4} fill="url(#hg)" />
              </g>
            ))}
            {shown.map((bin) => (
              <Quarter
                key={bin.startMs}
                bin={bin}
                x={left + columnOf(bin) * cell}
                cell={cell}
                row={row}
                em={em}
              />
            ))}
            {Array.from({ length: 24 / hours + 1 }, (_, index) => index * hours).map((hour) => {
              const x = left + hour * 4 * cell;
              const atMs = endMs - (24 - hour) * 4 * QUARTER_MS;
              return (
                <text
                  key={hour}
                  x={hour === 24 ? width : x}
                  y={height - 3}
                  font-size={em * 0.93}
                  fill="var(--ink2)"
                  text-anchor={hour === 24 ? "end" : hour === 0 ? "start" : "middle"}
                >
                  {hour === 24 ? "now" : clockMinutes(atMs)}
                </text>
              );
            })}
          </svg>
        )}
      </div>
    </section>
  );
}

interface QuarterProps {
  readonly bin: KpiBin;
  readonly x: number;
  readonly cell: number;
  readonly row: number;
  readonly em: number;
}

function Quarter({ bin, x, cell, row, em }: QuarterProps) {
  const { watchedS, fallbackS, noKeyS, alarms } = bin;
  const h = row - 4;
  const post = fallbackS / watchedS;
  // Without new key the stock serves: none means that nothing was made and nothing took its place.
  const none = Math.min(1 - post, Math.max(0, noKeyS - fallbackS) / watchedS);
  const part = (from: number, share: number, fill: string) =>
    share <= 0 ? null : (
      <rect x={x + from * cell} y={2} width={Math.max(1, share * cell)} height={h} fill={fill} />
    );
  return (
    <g>
      {part(0, 1 - post - none, "var(--qkd)")}
      {part(1 - post - none, none, "url(#hn)")}
      {part(1 - post, post, "url(#hp)")}
      {ROWS.map(([group], index) => {
        const alarm = alarms[group];
        const y = (index + 1) * row + 2;
        if (alarm === undefined)
          return <rect key={group} x={x} y={y} width={cell + 0.5} height={h} fill="var(--sunk)" />;
        const size = Math.min(em * 0.7, cell + 3);
        return (
          <g key={group}>
            <rect x={x} y={y} width={Math.max(4, cell)} height={h} fill={`var(--${alarm.level})`} />
            {cell < LEAST_SHAPE_EM * em ? null : (
              <svg
                x={x + cell / 2 - size / 2}
                y={y + h / 2 - size / 2}
                width={size}
                height={size}
                style={{ color: "var(--card)" }}
              >
                <title>{alarm.level === "bad" ? "absolute" : "beyond operating"}</title>
                <Mark shape={alarm.level} />
              </svg>
            )}
          </g>
        );
      })}
    </g>
  );
}
