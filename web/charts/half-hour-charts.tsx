import { useRef } from "preact/hooks";
import type { EventView, HistoryPoint, LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import { lossStanding } from "../parts/link-card.tsx";
import { type Shape, Status } from "../parts/status.tsx";
import { fixed, measured, percent, scaleOf, THIN, three } from "../words/format.ts";
import { type ChartLine, type ChartMoment, type ChartPlan, roundAbove } from "./chart-plan.ts";
import { TimeChart } from "./time-chart.tsx";

export interface ChartProps {
  readonly site: SiteView;
  readonly live: LiveView;
  readonly points: readonly HistoryPoint[];
  readonly events: readonly EventView[];
  readonly stale: boolean;
  /** The present, server's time. */
  readonly nowMs: number;
  readonly look: string;
  readonly wall: boolean;
}

const WINDOW_S = 30 * 60;
/** The same again within this time is no new moment. */
const REPEATED_S = 60;
/** A page that was opened a moment ago shows less, so that there is something to see. */
const LEAST_S = 5 * 60;

const MOMENTS: Readonly<Record<string, string>> = {
  "emulator.cut": "cut",
  "emulator.neighbour": "ch 44 lit",
  "emulator.eve": "Eve",
  "emulator.repair": "repaired",
  fallbackEngaged: "fallback",
  fallbackCleared: "quantum again",
  linkDegraded: "link worse",
};

/** Error rate of each basis. */
export function QberChart(props: ChartProps) {
  const { site, live, points } = props;
  const { qberOperating, qberAbsolute, qberSite } = site.limits;
  const [z, x] = [
    line("Z", "--s1", points, ({ qberZ }) => by(qberZ, 100)),
    line("X", "--s2", points, ({ qberX }) => by(qberX, 100), true),
  ];
  const high = useGrowing(roundAbove([...z.values, ...x.values], 120 * qberOperating));
  const worst = Math.max(live.health.qberZ ?? -1, live.health.qberX ?? -1);
  const known = worst >= 0 && !props.stale;
  const shape: Shape = !known ? "unk" : worst > qberAbsolute ? "bad" : worst > qberOperating ? "warn" : "ok";
  const hidden = high < 100 * qberAbsolute;
  return (
    <Figure
      {...props}
      title="QBER by basis"
      value={known ? fixed(100 * worst) : null}
      unit="% worst"
      shape={shape}
      word={
        { ok: "operating", warn: "beyond operating", bad: "beyond absolute" }[shape as "ok"] ?? "no reading"
      }
      note={`${hidden ? `absolute limit ${percent(qberAbsolute, 0)} is above; ` : ""}down from ${percent(qberSite, 0)}`}
      plan={planOf(props, {
        unit: "%",
        digits: 2,
        lines: [z, x],
        range: [0, high],
        built: null,
        limits: [
          {
            at: 100 * qberOperating,
            beyond: "above",
            kind: "operating",
            label: `operating limit ${percent(qberOperating, 0)}`,
          },
          {
            at: 100 * qberAbsolute,
            beyond: "above",
            kind: "absolute",
            label: `absolute limit ${percent(qberAbsolute, 0)}`,
          },
        ],
      })}
    />
  );
}

/** Key made and key used. */
export function RateChart(props: ChartProps) {
  const { site, live, points } = props;
  const { secretKeyRateBps } = site.built;
  const { leastRateBps } = site.limits;
  const most = points.reduce(
    (top, { madeBps, usedBps }) => Math.max(top, madeBps ?? 0, usedBps ?? 0),
    secretKeyRateBps,
  );
  const [prefix, size] = scaleOf(most);
  const made = line("made", "--qkd", points, ({ madeBps }) => by(madeBps, 1 / size));
  const used = line("used", "--s3", points, ({ usedBps }) => by(usedBps, 1 / size), true);
  const high = useGrowing(roundAbove([...made.values, ...used.values, secretKeyRateBps / size], 1));
  const { madeBps, usedBps } = live.health;
  const known = madeBps !== null && !props.stale;
  const shape: Shape = !known
    ? "unk"
    : madeBps === 0
      ? "bad"
      : madeBps / 2 < usedBps || madeBps < leastRateBps
        ? "warn"
        : "ok";
  const [value, unit] = measured(madeBps ?? 0, "b/s");
  return (
    <Figure
      {...props}
      title="Secret key rate"
      value={known ? value : null}
      unit={unit}
      shape={shape}
      word={{ ok: "above use", warn: "below use", bad: "none made" }[shape as "ok"] ?? "no reading"}
      note={leastRateBps === 0 ? "no minimum was agreed" : ""}
      plan={planOf(props, {
        unit: `${prefix}b/s`,
        digits: 2,
        lines: [made, used],
        range: [0, high],
        built: { at: secretKeyRateBps / size, label: `built ${three(secretKeyRateBps / size)}` },
        limits:
          leastRateBps === 0
            ? []
            : [
                {
                  at: leastRateBps / size,
                  beyond: "below",
                  kind: "operating",
                  label: `agreed minimum ${three(leastRateBps / size)}${THIN}${prefix}b/s`,
                },
              ],
      })}
    />
  );
}

/** Loss of the fibre against the built one. */
export function LossChart(props: ChartProps) {
  const { site, live, points, stale } = props;
  const { lossDb: built } = site.built;
  const { lossOperatingDb } = site.limits;
  const now = line("now", "--s1", points, ({ lossDb }) => lossDb);
  const high =
    useGrowing(
      roundAbove(
        now.values.map((value) => (value === null ? null : value - built)),
        1.5,
      ),
    ) + built;
  const [shape, word] = lossStanding(site, live, stale);
  const { lossDb } = live.health;
  return (
    <Figure
      {...props}
      title="Loss against built"
      value={lossDb === null || stale ? null : fixed(lossDb)}
      unit="dB"
      shape={shape}
      word={word}
      note=""
      plan={planOf(props, {
        unit: "dB",
        digits: 2,
        lines: [now],
        range: [built - 0.5, high],
        built: { at: built, label: `built ${fixed(built, 1)}` },
        limits: [
          {
            at: lossOperatingDb,
            beyond: "above",
            kind: "operating",
            label: `operating limit ${fixed(lossOperatingDb, 1)}${THIN}dB`,
          },
        ],
      })}
    />
  );
}

/** Clicks of each detector. */
export function CountsChart(props: ChartProps) {
  const { live, points, stale } = props;
  const most = points.reduce((top, { count0, count1 }) => Math.max(top, count0 ?? 0, count1 ?? 0), 1);
  const [prefix, size] = scaleOf(most);
  const d0 = line("D0", "--s1", points, ({ count0 }) => by(count0, 1 / size));
  const d1 = line("D1", "--s2", points, ({ count1 }) => by(count1, 1 / size), true);
  const high = useGrowing(roundAbove([...d0.values, ...d1.values], 1));
  const { counts } = live.health;
  const known = counts !== null && !stale;
  const level = live.health.quantities
    .filter(({ name }) => /^detector\dCountRateHz$/.test(name))
    .map((one) => one.level);
  const shape: Shape = !known
    ? "unk"
    : level.includes("invalid")
      ? "bad"
      : level.includes("degraded")
        ? "warn"
        : "ok";
  const [value, unit] = measured((counts?.[0] ?? 0) + (counts?.[1] ?? 0), "/s");
  const ratio = counts === null || counts[1] === 0 ? null : counts[0] / counts[1];
  return (
    <Figure
      {...props}
      title="Counts per detector"
      value={known ? value : null}
      unit={unit}
      shape={shape}
      word={
        { ok: "operating", warn: "beyond operating", bad: "beyond absolute" }[shape as "ok"] ?? "no reading"
      }
      note={ratio === null || !known ? "" : `D0 / D1 ${fixed(ratio, 3)}`}
      plan={planOf(props, {
        unit: `${prefix}/s`,
        digits: 3,
        lines: [d0, d1],
        range: [0, high],
        built: null,
        limits: [],
      })}
    />
  );
}

/** Stock of quantum keys in each half. */
export function PoolChart(props: ChartProps) {
  const { site, live, points, stale } = props;
  const own = line("own", "--s1", points, ({ ownShare }) => by(ownShare, 100));
  const peer = line("other", "--s2", points, ({ peerShare }) => by(peerShare, 100), true);
  const stock = live.pool.stocks.find(({ origin }) => origin === "qkd");
  const half = stock?.halfBits ?? 0;
  const low = half === 0 ? 0 : (100 * site.limits.poolLowBits) / half;
  const high = useGrowing(roundAbove([...own.values, ...peer.values], 1));
  const known = stock !== undefined && !stale;
  const shape: Shape = !known
    ? "unk"
    : stock.ownBits <= site.limits.fallbackBits
      ? "bad"
      : stock.ownBits < site.limits.poolLowBits
        ? "warn"
        : "ok";
  const [value, unit] = measured(stock?.ownBits ?? 0, "b");
  const [size, sizeUnit] = measured(half, "b");
  const share = half === 0 ? 0 : (100 * (stock?.ownBits ?? 0)) / half;
  return (
    <Figure
      {...props}
      title="Key pool, each half"
      broad={site.site === "alice" && !props.wall}
      value={known ? value : null}
      unit={unit}
      shape={shape}
      word={{ ok: "operating", warn: "low", bad: "empty" }[shape as "ok"] ?? "no reading"}
      note={known ? `own half ${three(share)}${THIN}% of ${size}${THIN}${sizeUnit}` : ""}
      plan={planOf(props, {
        unit: "%",
        digits: 2,
        lines: [own, peer],
        range: [0, high],
        built: null,
        limits:
          low === 0
            ? []
            : [{ at: low, beyond: "below", kind: "operating", label: `low below ${three(low)}${THIN}%` }],
      })}
    />
  );
}

interface FigureProps extends ChartProps {
  readonly title: string;
  readonly value: string | null;
  readonly unit: string;
  readonly shape: Shape;
  readonly word: string;
  readonly note: string;
  readonly plan: ChartPlan;
  /** Takes the place of two. */
  readonly broad?: boolean;
}

function Figure({ title, value, unit, shape, word, note, plan, look, wall, broad }: FigureProps) {
  return (
    <figure class={`card ch ${broad === true ? "c8 wide" : "c4"} o4`} aria-label={title}>
      <div class="h">
        <h2>{title}</h2>
        <span class="sp" />
        <span class="v">
          {value === null ? <span class="mute">no reading</span> : value}
          {value === null ? null : <small>{THIN + unit}</small>}
        </span>
      </div>
      <div class="sub">
        <Status shape={shape}>{word}</Status>
        <span>{note}</span>
      </div>
      <TimeChart title={title} plan={plan} look={look} wall={wall} />
    </figure>
  );
}

function planOf(
  { points, events, nowMs }: ChartProps,
  own: Pick<ChartPlan, "unit" | "digits" | "lines" | "limits" | "built" | "range">,
): ChartPlan {
  const toS = nowMs / 1000;
  const firstS = (points[0]?.atMs ?? nowMs) / 1000;
  const moments: ChartMoment[] = [];
  for (const { type, atMs, level } of events) {
    // What only makes a link poorer is told in the list.
    const word = type === "linkDegraded" && level !== "bad" ? undefined : MOMENTS[type];
    const before = moments.findLast((one) => one.word === word);
    if (word !== undefined && (before === undefined || atMs / 1000 - before.atS > REPEATED_S))
      moments.push({ atS: atMs / 1000, word });
  }
  return {
    ...own,
    timesS: points.map(({ atMs }) => atMs / 1000),
    moments,
    fromS: Math.min(toS - LEAST_S, Math.max(firstS, toS - WINDOW_S)),
    toS,
  };
}

function line(
  name: string,
  colour: string,
  points: readonly HistoryPoint[],
  value: (point: HistoryPoint) => number | null,
  dashed = false,
): ChartLine {
  return { name, colour, dashed, values: points.map(value) };
}

function by(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

/** The largest value so far: an axis that grew stays. */
function useGrowing(value: number): number {
  const largest = useRef(value);
  largest.current = Math.max(largest.current, value);
  return largest.current;
}
