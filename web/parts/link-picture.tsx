import type { BuiltElement, SiteView } from "../../controller/outlets/api/index.ts";
import { fixed, THIN } from "../words/format.ts";
import { Mark, type Shape } from "./status.tsx";

/** One classical channel of the same fibre as this unit receives it. */
export interface LitChannel {
  readonly name: string;
  readonly dbm: number | null;
}

/** One end of the picture. */
export interface LinkPictureEnd {
  readonly title: string;
  readonly lines: readonly string[];
  readonly shape: Shape;
  readonly word: string;
}

interface Props {
  readonly width: number;
  /** Height of a letter, CSS pixels. */
  readonly em: number;
  readonly site: SiteView;
  readonly ends: readonly [LinkPictureEnd, LinkPictureEnd];
  readonly channels: readonly LitChannel[];
  readonly dark: boolean;
}

/** Alice, the fibre by its elements, Bob; bars of one scale tell the loss of each as it was built. */
export function LinkPicture({ width, em, site, ends, channels, dark }: Props) {
  const { elements } = site.built;
  const lit = channels.filter(({ dbm }) => dbm !== null);
  const top = em * (lit.length > 0 ? 1 + 1.3 * lit.length : 0.6);
  const y = top + em * 3.2;
  const height = y + em * 7.4;
  const box = Math.min(em * 13, width / 4);
  const [from, to] = [box + em * 1.2, width - box - em * 1.2];
  const weights = elements.map(({ kind }) => (kind === "span" ? 2.1 : 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  const largest = Math.max(...elements.map(({ lossDb }, index) => lossDb / (weights[index] ?? 1)), 0.01);
  let x = from;
  const places = weights.map((weight) => {
    const w = ((to - from) * weight) / sum;
    x += w;
    return { left: x - w, w, centre: x - w / 2 };
  });
  const label = `${ends[0].title}, ${elements.map(({ name, lossDb }) => `${name} ${fixed(lossDb)} decibel`).join(", ")}, ${ends[1].title}`;
  return (
    <svg
      class="pic"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {lit.map(({ name, dbm }, index) => {
        const arc = y - em * (2.2 + 1.3 * index);
        return (
          <g key={name}>
            <path
              d={`M${from} ${y}L${from + em * 2} ${arc}H${to - em * 2}L${to} ${y}`}
              fill="none"
              stroke="var(--line2)"
              stroke-width="1.4"
            />
            <text
              x={(from + to) / 2}
              y={arc + em * 0.32}
              class="halo"
              text-anchor="middle"
              font-size={em * 0.93}
              fill="var(--ink2)"
            >
              {`${name}, received ${fixed(dbm ?? 0, 1)}${THIN}dBm`}
            </text>
          </g>
        );
      })}
      <path
        d={`M${box} ${y}H${width - box}`}
        stroke={dark ? "var(--bad)" : "var(--s1)"}
        stroke-width="3"
        {...(dark ? { "stroke-dasharray": "3 6" } : {})}
      />
      {elements.map((element, index) => {
        const place = places[index];
        if (place === undefined) return null;
        const { left, w, centre } = place;
        const bar = w - em * 0.8;
        const weight = weights[index] ?? 1;
        return (
          <g key={element.name}>
            <ElementSign element={element} x={centre} y={y} em={em} mirrored={index > elements.length / 2} />
            <text
              x={centre}
              y={y + em * 2}
              text-anchor="middle"
              font-size={em}
              font-weight="600"
              fill="var(--ink)"
            >
              {element.name}
            </text>
            {element.detail === null || w < em * 6 ? null : (
              <text x={centre} y={y + em * 3.15} text-anchor="middle" font-size={em * 0.9} fill="var(--ink2)">
                {element.detail}
              </text>
            )}
            <rect x={left + em * 0.4} y={y + em * 4.1} width={bar} height={em * 0.7} fill="var(--sunk)" />
            <rect
              x={left + em * 0.4}
              y={y + em * 4.1}
              width={Math.min(bar, (bar * element.lossDb) / weight / (largest * 1.15))}
              height={em * 0.7}
              fill={dark ? "var(--line2)" : "var(--s1)"}
              opacity={dark ? 0.5 : 1}
            />
            <text
              x={centre}
              y={y + em * 5.95}
              text-anchor="middle"
              font-size={em}
              font-weight="600"
              fill="var(--ink)"
            >
              {fixed(element.lossDb)}
              <tspan font-weight="400" fill="var(--ink2)">{`${THIN}dB`}</tspan>
            </text>
          </g>
        );
      })}
      <text
        class="nowall"
        x={(from + to) / 2}
        y={y + em * 7.2}
        text-anchor="middle"
        font-size={em * 0.93}
        fill="var(--ink2)"
      >
        loss by element as built; the live reading is end to end only
      </text>
      <End end={ends[0]} x={1} y={y} w={box} em={em} />
      <End end={ends[1]} x={width - box - 1} y={y} w={box} em={em} />
      {dark ? <NoLight x={(from + to) / 2} y={y} em={em} /> : null}
    </svg>
  );
}

function NoLight({ x, y, em }: { readonly x: number; readonly y: number; readonly em: number }) {
  return (
    <g>
      <rect
        x={x - em * 7.5}
        y={y - em * 0.85}
        width={em * 15}
        height={em * 1.7}
        fill="var(--badbg)"
        stroke="var(--bad)"
      />
      <text x={x} y={y + em * 0.36} text-anchor="middle" font-size={em} font-weight="650" fill="var(--bad)">
        no light; place unknown
      </text>
    </g>
  );
}

interface EndProps {
  readonly end: LinkPictureEnd;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly em: number;
}

function End({ end, x, y, w, em }: EndProps) {
  const at = x + em * 0.6;
  return (
    <g>
      <rect x={x} y={y - em * 3} width={w} height={em * 6.2} fill="var(--sunk)" stroke="var(--line2)" />
      <text x={at} y={y - em * 1.6} font-size={em * 1.04} font-weight="650" fill="var(--ink)">
        {end.title}
      </text>
      {end.lines.map((line, index) => (
        <text key={line} x={at} y={y - em * 0.3 + em * 1.2 * index} font-size={em * 0.95} fill="var(--ink2)">
          {line}
        </text>
      ))}
      <svg
        x={at}
        y={y + em * 1.7}
        width={em * 0.85}
        height={em * 0.85}
        style={{ color: `var(--${end.shape})` }}
      >
        <title>{end.word}</title>
        <Mark shape={end.shape} />
      </svg>
      <text x={at + em * 1.2} y={y + em * 2.45} font-size={em} font-weight="600" fill={`var(--${end.shape})`}>
        {end.word}
      </text>
    </g>
  );
}

interface ElementSignProps {
  readonly element: BuiltElement;
  readonly x: number;
  readonly y: number;
  readonly em: number;
  readonly mirrored: boolean;
}

function ElementSign({ element: { kind }, x, y, em, mirrored }: ElementSignProps) {
  const line = { fill: "var(--card)", stroke: "var(--ink)", "stroke-width": 1.3 };
  switch (kind) {
    case "connector":
      return (
        <path
          d={`M${x - em * 0.55} ${y - em * 0.45}h${em * 0.42}v${em * 0.9}h-${em * 0.42}zM${x + em * 0.13} ${y - em * 0.45}h${em * 0.42}v${em * 0.9}h-${em * 0.42}z`}
          {...line}
        />
      );
    case "mux": {
      const m = mirrored ? -1 : 1;
      return (
        <path
          d={`M${x - m * em * 0.5} ${y - em * 0.95}L${x + m * em * 0.5} ${y - em * 0.45}v${em * 0.9}L${x - m * em * 0.5} ${y + em * 0.95}Z`}
          {...line}
        />
      );
    }
    case "splice":
      return <circle cx={x} cy={y} r={em * 0.36} {...line} />;
    case "span":
      return (
        <path
          d={`M${x - em * 0.9} ${y}a${em * 0.45} ${em * 0.45} 0 1 1 ${em * 0.9} 0a${em * 0.45} ${em * 0.45} 0 1 1 ${em * 0.9} 0`}
          {...line}
          fill="none"
        />
      );
  }
}
