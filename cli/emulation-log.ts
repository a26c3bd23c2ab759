import type { EmulatedLink, HappeningNews } from "../emulator/index.ts";
import { happeningJson, happeningSentence } from "./happening-line.ts";

const COUNT_EVERY_MS = 1000;
/** A reader that takes nothing keeps lines waiting in memory: of what exceeds this only a count is kept. */
const MOST_WAITING_BYTES = 1 << 20;

/** Where lines go: standard output. */
export interface LogOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly writableLength: number;
}

/** Prints what an emulated link is and what happens to it; on a terminal a line of counts below. */
export class EmulationLog {
  readonly #out: LogOutput;
  readonly #json: boolean;
  /** What happened before the addresses were printed; null from then on. */
  #early: HappeningNews[] | null = [];
  #unprinted = 0;
  #counting: NodeJS.Timeout | null = null;

  constructor(out: LogOutput, json: boolean) {
    this.#out = out;
    this.#json = json;
  }

  ready(link: EmulatedLink): void {
    this.#out.write(this.#json ? readyJson(link) : readyLines(link));
    const early = this.#early ?? [];
    this.#early = null;
    for (const news of early) this.happened(news);
    if (this.#out.isTTY === true && !this.#json) this.#count(link);
  }

  /** Something happens to the link, or is over. */
  happened(news: HappeningNews): void {
    if (this.#early !== null) {
      this.#early.push(news);
      return;
    }
    if (this.#out.writableLength > MOST_WAITING_BYTES) {
      this.#unprinted += 1;
      return;
    }
    this.#tellUnprinted();
    const overCounts = this.#counting === null ? "" : "\r\u001b[K";
    this.#out.write(this.#json ? happeningJson(news) : `${overCounts}${happeningSentence(news)}`);
  }

  close(): void {
    this.#tellUnprinted();
    if (this.#counting === null) return;
    clearInterval(this.#counting);
    this.#out.write("\n");
  }

  #tellUnprinted(): void {
    if (this.#unprinted === 0) return;
    const line = { type: "unprinted", events: this.#unprinted };
    const sentence = `${this.#unprinted} events were not printed: standard output took nothing`;
    this.#unprinted = 0;
    this.#out.write(`${this.#json ? JSON.stringify(line) : sentence}\n`);
  }

  #count(link: EmulatedLink): void {
    let detections = 0;
    this.#counting = setInterval(() => {
      const stats = link.stats();
      const rate = ((stats.detections - detections) / 1e6).toFixed(2);
      detections = stats.detections;
      const dropped = stats.droppedFrames.alice + stats.droppedFrames.bob;
      const state = stats.running ? `${rate} M detections/s` : "waiting for a key exchange";
      const atS = link.scenario === undefined ? stats.linkSeconds : stats.scenarioSeconds;
      this.#out.write(`\r\u001b[K${atS.toFixed(0)} s  ${state}  ${stats.frames} frames, ${dropped} dropped`);
    }, COUNT_EVERY_MS);
  }
}

function readyJson({ addresses }: EmulatedLink): string {
  return `${JSON.stringify({ ready: true, addresses })}\n`;
}

function readyLines({ addresses, scenario, link }: EmulatedLink): string {
  const { alice, bob, control } = addresses;
  const lines = [
    ...(scenario === undefined ? [] : [`scenario ${scenario.name}: ${scenario.title}`]),
    `link     ${link.channelLossDb} dB at ${link.clockHz / 1e6} MHz`,
    ...alice.all.map((address) => `alice    ${address}`),
    ...bob.all.map((address) => `bob      ${address}`),
    ...(control === undefined ? [] : [`control  ${control}`]),
    "ready",
  ];
  return `${lines.join("\n")}\n`;
}
