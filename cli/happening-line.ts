import type { HappeningNews } from "../emulator/index.ts";
import { plainText } from "./log-line.ts";

/** As wide as the names before the addresses. */
const TIME_WIDTH = 9;

/** One line for people: the link's time, the event, its values. */
export function happeningSentence({ atS, phase, by, happening }: HappeningNews): string {
  const { event, ...values } = happening;
  const told = Object.entries(values).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const what =
    phase === "ends" ? `${event} is over` : [event, told.join(", ")].filter((part) => part !== "").join(": ");
  const who = by === "caller" ? " (control port)" : "";
  return `${plainText(`${`${rounded(atS)} s`.padEnd(TIME_WIDTH)}${what}${who}`)}\n`;
}

/** The same for programs. */
export function happeningJson({ atS, phase, by, happening }: HappeningNews): string {
  const { event, ...values } = happening;
  return `${JSON.stringify({ type: "happening", atS: rounded(atS), phase, by, event, values })}\n`;
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
