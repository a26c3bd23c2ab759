/** Characters of what a unit says of an alarm that are passed on at most. */
const MOST_CHARACTERS = 256;

/**
 * A text as it may stand in a line of somebody else's log: without control, format and private-use characters, which
 * would end that line and begin one of the sender's own, and cut where it is long.
 */
export function plainText(text: string): string {
  const points = [...text.toWellFormed().replaceAll(/\p{C}|\u2028|\u2029/gu, " ")];
  return points.length <= MOST_CHARACTERS
    ? points.join("")
    : `${points.slice(0, MOST_CHARACTERS - 1).join("")}…`;
}
