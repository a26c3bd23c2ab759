import type { HealthQuantity, TransceiverHealth, TransceiverState } from "../../drivers/index.ts";

/** A status always has a shape and a word, and a colour where the terminal has colours. */
export interface Mark {
  readonly shape: string;
  readonly word: string;
  readonly colour: "green" | "yellow" | "red" | "none";
}

const LEVELS: Readonly<Record<HealthQuantity["level"], Mark>> = {
  ok: { shape: "●", word: "operating", colour: "green" },
  degraded: { shape: "▲", word: "beyond operating", colour: "yellow" },
  invalid: { shape: "■", word: "beyond absolute", colour: "red" },
};

/** Of a reading that is too old to say anything about now. */
const NO_READING: Mark = { shape: "✕", word: "no reading", colour: "red" };

/** Mark of a reading. */
export const levelMark = (quantity: HealthQuantity, staleMs: number): Mark =>
  quantity.ageMs > staleMs ? NO_READING : LEVELS[quantity.level];

const STATES: Readonly<Record<TransceiverHealth["state"], Mark>> = {
  online: { shape: "●", word: "key exchange", colour: "green" },
  idle: { shape: "●", word: "idle", colour: "green" },
  calibrating: { shape: "▲", word: "calibrating", colour: "yellow" },
  error: { shape: "■", word: "fault", colour: "red" },
  offline: { shape: "✕", word: "no connection", colour: "red" },
};

/** Mark of a whole unit: its own state, or that of the connection to it. */
export function unitMark(connection: TransceiverState, state: TransceiverHealth["state"] | null): Mark {
  if (connection !== "online") return { ...STATES.offline, word: connection };
  return state === null ? { shape: "▲", word: "connected, no reading yet", colour: "yellow" } : STATES[state];
}

const CODES = { green: 32, yellow: 33, red: 31, none: 0 } as const;

/** A text in a status's colour, where the terminal has colours. */
export function painted(text: string, colour: Mark["colour"], colours: boolean): string {
  return colours && colour !== "none" ? `\x1b[${CODES[colour]}m${text}\x1b[39m` : text;
}

/** The shape and word, in colour where `colours` says so. */
export const marked = ({ shape, word, colour }: Mark, colours: boolean): string =>
  painted(`${shape} ${word}`, colour, colours);
