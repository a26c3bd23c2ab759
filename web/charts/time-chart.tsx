import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { remPx, useWidth } from "../parts/use-width.ts";
import { clock, clockMinutes, fixed, THIN } from "../words/format.ts";
import { ChartMarks } from "./chart-marks.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { ChartTable } from "./chart-table.tsx";

interface Props {
  readonly title: string;
  readonly plan: ChartPlan;
  /** Changes when colours do. */
  readonly look: string;
  readonly wall: boolean;
}

/** A chart of the last half hour; arrow keys move its reading line, and a table lies behind it. */
export function TimeChart({ title, plan, look, wall }: Props) {
  const [box, width] = useWidth<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const marks = useRef(new ChartMarks(plan));
  const [reading, setReading] = useState<number | null>(null);
  marks.current.plan = plan;
  const [low, high] = plan.range;
  // A chart is made anew for another size or look; its data follow below.
  useEffect(() => {
    if (host.current === null || width === 0) return undefined;
    const made = new uPlot(optionsOf(plan, marks.current, width, wall), dataOf(plan), host.current);
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [width, look, wall, low, high, plan.lines.length]);
  useEffect(() => {
    const { current } = chart;
    if (current === null) return;
    current.batch(() => {
      current.setData(dataOf(plan), false);
      current.setScale("x", { min: plan.fromS, max: plan.toS });
    });
    current.redraw(false);
  }, [plan]);
  useEffect(() => {
    const { current } = chart;
    if (current === null) return;
    const atS = reading === null ? null : plan.timesS[reading];
    current.setCursor(atS == null ? { left: -10, top: -10 } : { left: current.valToPos(atS, "x"), top: 0 });
  }, [reading, plan]);
  const last = plan.timesS.length - 1;
  const move = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.round(last / 10));
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: page,
      PageDown: -page,
      Home: -last,
      End: last,
    };
    const by = steps[event.key];
    if (by === undefined || last < 0) return;
    event.preventDefault();
    setReading(Math.max(0, Math.min(last, (reading ?? last) + by)));
  };
  const point = (event: PointerEvent) => {
    const { current } = chart;
    if (current === null || last < 0) return;
    const { left } = current.over.getBoundingClientRect();
    setReading(Math.max(0, Math.min(last, current.posToIdx(event.clientX - left))));
  };
  const told = reading === null ? "now" : readingText(plan, Math.min(reading, last));
  return (
    <div ref={box} class="chartbox">
      <div
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`${title}, last 30 minutes; arrow keys move the reading line`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={reading ?? Math.max(0, last)}
        aria-valuetext={told}
        onKeyDown={move}
        onPointerMove={point}
        onPointerLeave={() => setReading(null)}
        onBlur={() => setReading(null)}
        ref={host}
      />
      {reading === null ? null : <p class="reading">{told}</p>}
      <ChartTable title={title} plan={plan} />
    </div>
  );
}

function readingText({ timesS, lines, unit, digits }: ChartPlan, index: number): string {
  const values = lines.map(({ name, values }) => {
    const value = values[index];
    return `${name} ${value == null ? "no reading" : `${fixed(value, digits)}${THIN}${unit}`}`;
  });
  return `${clock(1000 * (timesS[index] ?? 0))}, ${values.join(", ")}`;
}

function dataOf({ timesS, lines }: ChartPlan): uPlot.AlignedData {
  return [[...timesS], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function optionsOf(plan: ChartPlan, marks: ChartMarks, width: number, wall: boolean): uPlot.Options {
  const em = remPx() * 0.82;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `${em}px ${colour("--f")}`;
  const names = [...plan.lines.map(({ name }) => name), plan.built?.label ?? ""];
  const right = em * (0.9 + 0.58 * Math.max(...names.map((name) => name.length)));
  const axis = {
    stroke: colour("--ink2"),
    font,
    ticks: { show: true, size: 4, stroke: colour("--line2"), width: 1 },
  };
  return {
    width,
    height: wall ? Math.max(110, Math.round(innerHeight * 0.155)) : Math.round(em * 12.4),
    padding: [em * 0.8, right, 0, 0],
    legend: { show: false },
    cursor: {
      x: true,
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      bind: { mousemove: () => null, mouseleave: () => null, dblclick: () => null },
    },
    scales: {
      x: { time: false, range: () => [marks.plan.fromS, marks.plan.toS] },
      y: { range: () => [...marks.plan.range] as [number, number] },
    },
    axes: [
      {
        ...axis,
        size: em * 1.9,
        space: em * 4.4,
        gap: 2,
        grid: { show: false },
        incrs: [60, 300, 600, 1200],
        values: (_u, ticks) => ticks.map((atS) => clockMinutes(1000 * atS)),
      },
      {
        ...axis,
        size: em * 3,
        space: em * 2.1,
        gap: 3,
        ticks: { show: false },
        grid: { stroke: colour("--line"), width: 1 },
      },
    ],
    series: [
      {},
      ...plan.lines.map(({ name, colour: of, dashed }) => ({
        label: name,
        stroke: colour(of),
        width: wall ? 2.2 : 1.7,
        spanGaps: false,
        points: { show: false },
        ...(dashed === true ? { dash: [5, 3] } : {}),
      })),
    ],
    hooks: { drawAxes: [marks.under], draw: [marks.over] },
  };
}
