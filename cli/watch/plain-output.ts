import { logLine } from "../log-line.ts";
import type { Notice, UnitView } from "./unit-view.ts";
import { healthJson, noticeJson, noticeLine, summaryLine } from "./watch-lines.ts";

/** Tells changes and readings line by line: in words with the time of day, or as objects. */
export class PlainOutput {
  readonly #write: (text: string) => void;
  readonly #json: boolean;

  constructor(write: (text: string) => void, json: boolean) {
    this.#write = write;
    this.#json = json;
  }

  notice(unit: UnitView, notice: Notice): void {
    const at = new Date();
    this.#write(
      this.#json
        ? `${JSON.stringify(noticeJson(unit, notice, at))}\n`
        : logLine(noticeLine(unit, notice), at),
    );
  }

  readings(unit: UnitView): void {
    const at = new Date();
    this.#write(this.#json ? `${JSON.stringify(healthJson(unit, at))}\n` : logLine(summaryLine(unit), at));
  }
}
