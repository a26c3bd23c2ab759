const SECONDS = { ms: 0.001, s: 1, min: 60, h: 3600 } as const;

/** How a duration is written; also in the JSON Schema. */
export const DURATION_PATTERN = "^\\d+(\\.\\d+)?\\s*(ms|s|min|h)$";

const READ = new RegExp(DURATION_PATTERN);

/** Seconds of a duration such as `250 ms`, `90 s`, `5 min`, `2 h`; undefined where the text is none. */
export function secondsOf(text: string): number | undefined {
  const match = READ.exec(text);
  if (match === null) return undefined;
  return Number.parseFloat(text) * SECONDS[match[2] as keyof typeof SECONDS];
}

/** The same for a text that was checked before; 0 where there is none. */
export function checkedSeconds(text: string | undefined): number {
  return text === undefined ? 0 : (secondsOf(text) ?? Number.NaN);
}
