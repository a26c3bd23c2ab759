import { expect } from "vitest";

/** The part of a SPEC, whose tables' columns are not padded, from a heading to the next one of the same or a higher rank. */
export function sectionsOf(specText: string): (heading: string) => string {
  return (heading) => {
    const rank = heading.split(" ")[0] as string;
    const start = specText.indexOf(`\n${heading}`);
    expect(start, heading).toBeGreaterThan(0);
    const rest = specText.slice(start + 1);
    const end = rest.slice(heading.length).search(new RegExp(`^#{2,${rank.length}} `, "m"));
    return end < 0 ? rest : rest.slice(0, heading.length + end);
  };
}

/** A SPEC with its tables' columns not padded. */
export const unpadded = (formatted: string): string =>
  formatted.replaceAll(/ +\|/g, " |").replaceAll(/\| ---+/g, "| ---");
