import type { EmulatedLink, HappeningNews } from "../emulator/index.ts";
import { BoundedLog, type LogOutput } from "./bounded-log.ts";
import { happeningJson, happeningSentence } from "./happening-line.ts";

const COUNT_EVERY_MS = 1000;

/** Prints what an emulated link is and what happens to it; on a terminal a line of counts below. */
export class EmulationLog {
  readonly #out: LogOutput;
  readonly #events: BoundedLog;
  readonly #json: boolean;
  /** What happened before the addresses were printed; null from then on. */
  #early: HappeningNews[] | null = [];
  #counting: NodeJS.Timeout | null = null;

  constructor(out: LogOutput, json: boolean) {
    this.#out = out;
    this.#events = new BoundedLog(out, json);
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
    const overCounts = this.#counting === null ? "" : "\r\u001b[K";
    this.#events.write(this.#json ? happeningJson(news) : `${overCounts}${happeningSentence(news)}`);
  }

  close(): void {
    this.#events.tellUnprinted();
    if (this.#counting === null) return;
    clearInterval(this.#counting);
    this.#out.write("\n");
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
