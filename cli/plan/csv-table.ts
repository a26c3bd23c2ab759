import { type CsvError, parse } from "csv-parse/sync";
import { ConfigError } from "../../errors/index.ts";

/** A row of a CSV file: its line, counted from one, and its cells, trimmed. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table as spreadsheets write it. */
export interface CsvTable {
  /** What separates cells. Where it is no comma, a comma in a number is a decimal one. */
  readonly delimiter: Delimiter;
  readonly rows: readonly CsvRow[];
}

const DELIMITERS = [",", ";", "\t"] as const;
type Delimiter = (typeof DELIMITERS)[number];

/**
 * Reads CSV with quoted cells (RFC 4180), commas, semicolons or tabs between cells, UTF-8 or UTF-16 with or without a
 * byte order mark, and any line ends. Empty rows and comments (`#` and text behind it) are left out. Which delimiter it
 * is, the first row tells that has one.
 * @throws ConfigError QKD_CONFIG_INVALID naming `path` and the line of a broken quotation.
 */
export function readCsv(bytes: Uint8Array, path: string): CsvTable {
  // Blanked, not taken out: the numbers of the lines behind stay.
  const text = decoded(bytes).replaceAll(/^[ \t]*#(?!\s*[,;\t]).*$/gm, "");
  const delimiter = delimiterOf(text);
  return { delimiter, rows: rowsOf(text, delimiter, path).filter(({ cells }) => cells.join("") !== "") };
}

function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

function delimiterOf(text: string): Delimiter {
  for (const line of text.split(/\r\n|\n|\r/)) {
    // What stands in quotation marks separates nothing.
    const bare = line.replaceAll(/"[^"]*"/g, "");
    const counts = DELIMITERS.map((one) => bare.split(one).length);
    const most = Math.max(...counts);
    if (most > 1) return DELIMITERS[counts.indexOf(most)] ?? ",";
  }
  return ",";
}

function rowsOf(text: string, delimiter: Delimiter, path: string): CsvRow[] {
  try {
    const parsed = parse(text, {
      delimiter,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n", "\r"],
    });
    // With `info` each record comes beside where the parser stood behind it; the types of the package do not say so.
    const records = parsed as unknown as readonly { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    const { lines } = cause as CsvError & { readonly lines?: number };
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `${path} line ${lines ?? 1}: its quotation marks do not match`,
      {
        cause,
        context: { path, line: lines ?? 1 },
        remedy: "close each quotation mark, and double those within a cell",
      },
    );
  }
}
