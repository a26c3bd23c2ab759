import type { LiveView, SiteView, TemperatureRange } from "../../controller/outlets/api/index.ts";
import { fixed, THIN } from "../words/format.ts";
import { Status } from "./status.tsx";

const FRESH_MS = 10_000;

/** Temperatures of the unit, each on the scale of its absolute range. */
export function TemperaturesCard({
  site,
  live,
  stale,
}: {
  readonly site: SiteView;
  readonly live: LiveView;
  readonly stale: boolean;
}) {
  const rows = site.temperatures.map((range) => {
    const read = live.health.quantities.find(({ name }) => name === range.name);
    const value = read === undefined || read.ageMs > FRESH_MS || stale ? null : read.value;
    return {
      range,
      value,
      inside: value !== null && value >= range.operating[0] && value <= range.operating[1],
    };
  });
  const known = rows.filter(({ value }) => value !== null);
  const inside = known.filter((row) => row.inside).length;
  const shape = known.length === 0 ? "unk" : inside === known.length ? "ok" : "warn";
  return (
    <section class="card c4 o4 t-tmp" aria-label="Temperatures">
      <div class="h">
        <h2>Temperatures</h2>
        <span class="sp" />
        <span class="v">
          {known.length === 0 ? <span class="mute">no reading</span> : `${inside} of ${known.length}`}
        </span>
      </div>
      <div class="sub">
        <Status shape={shape}>
          {shape === "ok" ? "operating" : shape === "warn" ? "beyond operating" : "no reading"}
        </Status>
        <span>grey: operating, amber: to absolute</span>
      </div>
      <div class="tmp">
        {rows.map(({ range, value, inside: fits }) => (
          <Row key={range.name} range={range} value={value} fits={fits} />
        ))}
      </div>
    </section>
  );
}

function Row({
  range,
  value,
  fits,
}: {
  readonly range: TemperatureRange;
  readonly value: number | null;
  readonly fits: boolean;
}) {
  const [low, high] = range.absolute;
  const x = (celsius: number) => (100 * (celsius - low)) / (high - low);
  const [from, to] = range.operating;
  const name = nameOf(range.name);
  return (
    <>
      <span>{name}</span>
      <svg
        preserveAspectRatio="none"
        viewBox="0 0 100 16"
        role="img"
        aria-label={
          value === null ? `${name}: no reading` : `${fixed(value, 1)} of operating ${from} to ${to} degrees`
        }
      >
        <rect y="5" width="100" height="6" fill="var(--warnbg)" />
        <rect
          x=".2"
          y="5"
          width="99.6"
          height="6"
          fill="none"
          stroke="var(--warn)"
          stroke-width=".7"
          vector-effect="non-scaling-stroke"
        />
        <rect
          x={x(from)}
          y="4"
          width={x(to) - x(from)}
          height="8"
          fill="var(--sunk)"
          stroke="var(--line2)"
          vector-effect="non-scaling-stroke"
        />
        {value === null ? null : (
          <rect
            x={Math.max(0, Math.min(99, x(value) - 0.7))}
            y="1"
            width="1.4"
            height="14"
            fill="var(--ink)"
          />
        )}
      </svg>
      <span class={`num ${value !== null && !fits ? "warn" : ""}`}>
        {value === null ? "–" : `${fixed(value, 1)}${THIN}°C`}
      </span>
      <span class="mute num nw">{`${fixed(from, 0)}…${fixed(to, 0)}`}</span>
    </>
  );
}

/** `detector0TemperatureC` is `Detector 0`. */
function nameOf(register: string): string {
  const plain = register.replace(/TemperatureC$/, "").replace(/(\d)$/, " $1");
  const words = plain === "internal" ? "housing" : plain;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
