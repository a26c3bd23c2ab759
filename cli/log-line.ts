/** Characters that end a line, or that a terminal obeys. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * A line of a log for people: the time of day where the program runs, then the event. One line, whatever a stranger's
 * text in it holds.
 */
export function logLine(event: string, at: Date = new Date()): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${time.join(":")} ${plainText(event)}\n`;
}

/** A text as one line that no terminal obeys. */
export function plainText(text: string): string {
  return text.replaceAll(CONTROL, " ");
}
