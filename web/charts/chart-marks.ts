import type uPlot from "uplot";
import { clock } from "../words/format.ts";
import { type ChartPlan, gapsOf } from "./chart-plan.ts";

/** Points come every two seconds: a longer silence is a gap. */
const MOST_S = 8;
/** One point that lacks its value is no gap worth drawing. */
const LEAST_GAP_PX = 4;
/** Gaps shorter than this are hatched without a word. */
const WORTH_A_WORD_PX = 130;

/** Draws on a chart what uPlot knows nothing of: limits, gaps, moments, names at the ends of lines. */
export class ChartMarks {
  plan: ChartPlan;

  constructor(plan: ChartPlan) {
    this.plan = plan;
  }

  /** Below the lines: regions beyond the limits, with their edges. */
  readonly under = (u: uPlot): void => {
    const { ctx, bbox } = u;
    const paint = new Paint(u);
    for (const limit of this.plan.limits) {
      const y = paint.y(limit.at);
      const edge = limit.beyond === "above" ? bbox.top : bbox.top + bbox.height;
      if (limit.beyond === "above" ? y <= bbox.top : y >= bbox.top + bbox.height) continue;
      const [top, height] = [Math.min(y, edge), Math.abs(edge - y)];
      const absolute = limit.kind === "absolute";
      ctx.fillStyle = paint.colour(absolute ? "--badbg" : "--warnbg");
      ctx.fillRect(bbox.left, top, bbox.width, height);
      if (absolute) paint.hatch(bbox.left, top, bbox.width, height, "--bad", 0.35);
      paint.line(
        [bbox.left, y, bbox.left + bbox.width, y],
        absolute ? "--bad" : "--warn",
        absolute ? [] : [5, 3],
      );
    }
    if (this.plan.built !== null)
      paint.line(
        [bbox.left, paint.y(this.plan.built.at), bbox.left + bbox.width, paint.y(this.plan.built.at)],
        "--ink2",
        [2, 4],
      );
  };

  /** Above the lines: gaps, moments, names of limits and lines. */
  readonly over = (u: uPlot): void => {
    const paint = new Paint(u);
    this.#gaps(u, paint);
    this.#moments(u, paint);
    this.#limitNames(u, paint);
    this.#lineNames(u, paint);
  };

  #gaps({ bbox }: uPlot, paint: Paint): void {
    for (const gap of gapsOf(this.plan, MOST_S)) {
      const left = Math.max(bbox.left, paint.x(gap.fromS));
      const right = Math.min(bbox.left + bbox.width, paint.x(gap.toS));
      if (right - left < LEAST_GAP_PX * paint.ratio) continue;
      paint.block(left, bbox.top, right - left, bbox.height);
      if (right - left > WORTH_A_WORD_PX * paint.ratio)
        paint.text(
          `no reading ${gap.open ? "since" : "from"} ${clock(1000 * gap.fromS)}`,
          (left + right) / 2,
          bbox.top + bbox.height * 0.6,
          { align: "center", colour: "--ink", halo: "--card" },
        );
    }
  }

  #moments({ bbox }: uPlot, paint: Paint): void {
    let free = Number.NEGATIVE_INFINITY;
    for (const { atS, word } of this.plan.moments) {
      const x = paint.x(atS);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      paint.line([x, bbox.top, x, bbox.top + bbox.height], "--ink2", [2, 2]);
      const late = x > bbox.left + bbox.width * 0.7;
      if (x < free) continue;
      const width = paint.text(
        word,
        x + (late ? -4 : 4) * paint.ratio,
        bbox.top + bbox.height - 5 * paint.ratio,
        {
          align: late ? "right" : "left",
          colour: "--ink2",
          halo: "--card",
        },
      );
      free = x + width + 8 * paint.ratio;
    }
  }

  #limitNames({ bbox }: uPlot, paint: Paint): void {
    for (const { at, beyond, kind, label } of this.plan.limits) {
      const y = paint.y(at);
      const space = paint.em * 1.2;
      const [low, high] = this.plan.range;
      if (at <= low || at >= high) continue;
      const above = beyond === "above" ? y - bbox.top > space : y + space > bbox.top + bbox.height;
      paint.text(label, bbox.left + 5 * paint.ratio, above ? y - 4 * paint.ratio : y + paint.em, {
        align: "left",
        colour: kind === "absolute" ? "--bad" : "--warn",
        halo: above === (beyond === "above") ? (kind === "absolute" ? "--badbg" : "--warnbg") : "--card",
      });
    }
  }

  #lineNames({ bbox }: uPlot, paint: Paint): void {
    const { lines, built } = this.plan;
    const names = lines.flatMap(({ name, colour, values }) => {
      const last = values.at(-1);
      return last == null ? [] : [{ y: paint.y(last), name, colour, weight: 600 }];
    });
    if (built !== null)
      names.push({ y: paint.y(built.at), name: built.label, colour: "--ink2", weight: 400 });
    names.sort((a, b) => a.y - b.y);
    const step = paint.em * 1.2;
    names.forEach((one, index) => {
      const before = names[index - 1];
      if (before !== undefined && one.y - before.y < step) one.y = before.y + step;
    });
    const lowest = bbox.top + bbox.height - paint.em * 0.2;
    const over = Math.max(0, (names.at(-1)?.y ?? 0) - lowest);
    for (const { y, name, colour, weight } of names)
      paint.text(name, bbox.left + bbox.width + 5 * paint.ratio, y - over + paint.em * 0.35, {
        align: "left",
        colour,
        weight,
      });
  }
}

interface TextStyle {
  readonly align: CanvasTextAlign;
  readonly colour: string;
  readonly halo?: string;
  readonly weight?: number;
}

/** Strokes and letters in the page's colours and size, in device pixels. */
class Paint {
  readonly #u: uPlot;
  readonly #style: CSSStyleDeclaration;
  readonly ratio: number;
  readonly em: number;

  constructor(u: uPlot) {
    this.#u = u;
    this.#style = getComputedStyle(document.documentElement);
    this.ratio = devicePixelRatio;
    this.em = Number.parseFloat(this.#style.fontSize) * 0.82 * this.ratio;
  }

  x(atS: number): number {
    return this.#u.valToPos(atS, "x", true);
  }

  y(value: number): number {
    const { top, height } = this.#u.bbox;
    return Math.min(top + height, Math.max(top, this.#u.valToPos(value, "y", true)));
  }

  colour(name: string): string {
    return this.#style.getPropertyValue(name).trim();
  }

  line(
    [x0, y0, x1, y1]: readonly [number, number, number, number],
    colour: string,
    dash: readonly number[],
  ): void {
    const { ctx } = this.#u;
    ctx.save();
    ctx.strokeStyle = this.colour(colour);
    ctx.lineWidth = this.ratio;
    ctx.setLineDash(dash.map((part) => part * this.ratio));
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
    ctx.restore();
  }

  /** A span without reading. */
  block(x: number, y: number, w: number, h: number): void {
    const { ctx } = this.#u;
    ctx.save();
    ctx.fillStyle = this.colour("--sunk");
    ctx.fillRect(x, y, w, h);
    ctx.restore();
    this.hatch(x, y, w, h, "--line", 1);
  }

  hatch(x: number, y: number, w: number, h: number, colour: string, opacity: number): void {
    const { ctx } = this.#u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    ctx.clip();
    ctx.strokeStyle = this.colour(colour);
    ctx.globalAlpha = opacity;
    ctx.lineWidth = 1.5 * this.ratio;
    ctx.beginPath();
    const step = 7 * this.ratio;
    // Lines keep their place when the edge of the region moves.
    const first = Math.floor((x - h) / step) * step;
    for (let at = first; at < x + w; at += step) {
      ctx.moveTo(at, y + h);
      ctx.lineTo(at + h, y);
    }
    ctx.stroke();
    ctx.restore();
  }

  /** Writes a text, and gives its width. */
  text(text: string, x: number, y: number, { align, colour, halo, weight = 400 }: TextStyle): number {
    const { ctx } = this.#u;
    ctx.save();
    ctx.font = `${weight} ${this.em}px ${this.colour("--f")}`;
    ctx.textAlign = align;
    if (halo !== undefined) {
      ctx.strokeStyle = this.colour(halo);
      ctx.lineWidth = 4 * this.ratio;
      ctx.lineJoin = "round";
      ctx.strokeText(text, x, y);
    }
    ctx.fillStyle = this.colour(colour);
    ctx.fillText(text, x, y);
    const { width } = ctx.measureText(text);
    ctx.restore();
    return width;
  }
}
