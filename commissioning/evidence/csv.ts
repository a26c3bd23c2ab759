/** A cell of a table of evidence. */
export type Cell = string | number | null;

/** A table as RFC 4180 has it: a head, a line for each row; an absent reading is an empty cell. */
export function csvText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  // A spreadsheet takes a text that begins so for a formula: names in the evidence come from the units.
  const harmless = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
