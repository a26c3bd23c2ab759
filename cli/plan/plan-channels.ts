import { readFileSync } from "node:fs";
import { ConfigError, fileReason } from "../../errors/index.ts";
import {
  type ClassicalChannel,
  inQuantumFilter,
  LAUNCH_RANGE_DBM,
  type NoiseReceiver,
  nanometresOfTerahertz,
  terahertzOfNanometres,
} from "../../physics/index.ts";
import { type CsvRow, readCsv } from "./csv-table.ts";

/** Anchor and step of the G.694.1 flexible grid, of which the fixed grids are parts; THz. */
const ANCHOR_THZ = 193.1;
const STEP_THZ = 0.00625;
/** Wavelengths are written with two or three decimals: they may miss the grid by this much. */
const ROUNDING_THZ = 0.0008;
/** Nominal wavelengths of the coarse grid G.694.2, nm. */
const COARSE_FIRST_NM = 1271;
const COARSE_LAST_NM = 1611;
const COARSE_STEP_NM = 20;

/** Names a column may go by, units in brackets or behind; the first one is used in errors. */
const COLUMNS: Readonly<Record<Column, readonly string[]>> = {
  frequency_thz: ["frequency_thz", "thz", "frequency"],
  wavelength_nm: ["wavelength_nm", "nm", "wavelength"],
  launch_dbm: ["launch_dbm", "launch_power_dbm", "power_dbm", "dbm"],
  direction: ["direction"],
};

type Column = "frequency_thz" | "wavelength_nm" | "launch_dbm" | "direction";

const DIRECTIONS: ReadonlyMap<string, ClassicalChannel["direction"]> = new Map([
  // A cell left empty is one left out.
  ["", "forward"],
  ["forward", "forward"],
  ["co", "forward"],
  ["backward", "backward"],
  ["counter", "backward"],
]);

/**
 * Reads the classical channels of a fibre from CSV as spreadsheets write it (see `readCsv`). The first row names the
 * columns: `frequency_thz`, `wavelength_nm` or both, `launch_dbm`, and `direction` (forward, the default, or backward);
 * other columns are left aside. Channels lie on the ITU grids: DWDM G.694.1 (any multiple of 6.25 GHz around 193.1 THz)
 * or CWDM G.694.2.
 *
 * @throws ConfigError QKD_CONFIG_UNREADABLE, QKD_CONFIG_INVALID naming file, line and column, also for a frequency and a
 * wavelength that contradict each other, for a channel that stands twice or lies in the quantum channel's filter.
 */
export function readChannelPlan(path: string, receiver: QuantumFilter): ClassicalChannel[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `the channel plan ${path} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        context: { path },
        remedy: "check that the file exists and is readable",
      },
    );
  }
  return parseChannelPlan(bytes, path, receiver);
}

/** The same from the bytes of a file; `path` only names the source in errors. Without a receiver no channel is in its way. */
export function parseChannelPlan(
  bytes: Uint8Array,
  path: string,
  receiver?: QuantumFilter,
): ClassicalChannel[] {
  const { rows, delimiter } = readCsv(bytes, path);
  const [header, ...lines] = rows;
  const invalid: Refuse = (line, column, problem) =>
    new ConfigError("QKD_CONFIG_INVALID", `${path} line ${line}, ${column}: ${problem}`, {
      context: { path, line, column },
      remedy: "write columns frequency_thz or wavelength_nm, launch_dbm, direction (forward or backward)",
    });
  if (header === undefined) throw invalid(1, "header", "the file is empty");
  const columns = columnsOf(header, invalid);
  const taken = new Map<string, number>();
  return lines.map((row) => {
    // A decimal comma between commas would be taken for the end of the number.
    if (row.cells.slice(header.cells.length).join("") !== "")
      throw invalid(row.line, "row", `has ${row.cells.length} cells, the header ${header.cells.length}`);
    const channel = channelOf(new ChannelRow(row, columns, delimiter !== ",", invalid));
    if (receiver !== undefined && inQuantumFilter(channel.frequencyThz, receiver))
      throw invalid(
        row.line,
        "channel",
        `lies in the quantum channel's filter at ${Number(receiver.quantumWavelengthNm.toFixed(3))} nm`,
      );
    const place = `${channel.frequencyThz} ${channel.direction}`;
    const before = taken.get(place);
    if (before !== undefined)
      throw invalid(
        row.line,
        "channel",
        `stands in line ${before} already, ${channel.direction} at the same frequency`,
      );
    taken.set(place, row.line);
    return channel;
  });
}

/** Where the quantum channel lies, and how much of the spectrum its receiver lets in. */
type QuantumFilter = Pick<NoiseReceiver, "quantumWavelengthNm" | "filterBandwidthNm">;
type Refuse = (line: number, column: string, problem: string) => ConfigError;
type Columns = ReadonlyMap<Column, number>;

function columnsOf({ line, cells }: CsvRow, invalid: Refuse): Columns {
  const names = cells.map((name) =>
    name
      .toLowerCase()
      .replaceAll(/[\s_()[\]-]+/g, "_")
      .replaceAll(/^_|_$/g, ""),
  );
  const columns = new Map<Column, number>();
  for (const [column, known] of Object.entries(COLUMNS) as [Column, readonly string[]][]) {
    const places = names.flatMap((name, place) => (known.includes(name) ? [place] : []));
    if (places.length > 1)
      throw invalid(line, "header", `the column ${column} stands in it ${places.length} times`);
    for (const place of places) columns.set(column, place);
  }
  if (!columns.has("frequency_thz") && !columns.has("wavelength_nm"))
    throw invalid(line, "header", "the column frequency_thz or wavelength_nm is missing");
  if (!columns.has("launch_dbm")) throw invalid(line, "header", "the column launch_dbm is missing");
  return columns;
}

/** One row, read by the names of its columns. */
class ChannelRow {
  readonly #row: CsvRow;
  readonly #columns: Columns;
  readonly #decimalComma: boolean;
  readonly #invalid: Refuse;

  constructor(row: CsvRow, columns: Columns, decimalComma: boolean, invalid: Refuse) {
    this.#row = row;
    this.#columns = columns;
    this.#decimalComma = decimalComma;
    this.#invalid = invalid;
  }

  text(column: Column): string {
    return this.#row.cells[this.#columns.get(column) ?? Number.NaN] ?? "";
  }

  number(column: Column): number {
    const cell = this.text(column);
    // Spreadsheets of some countries write the sign U+2212 for minus.
    const signed = cell.replace("\u2212", "-");
    const plain = this.#decimalComma ? signed.replace(",", ".") : signed;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain))
      throw this.refuse(column, `"${cell.slice(0, 40)}" is not a number`);
    const value = Number(plain);
    if (!Number.isFinite(value)) throw this.refuse(column, `"${cell.slice(0, 40)}" is beyond all numbers`);
    return value;
  }

  refuse(column: string, problem: string): ConfigError {
    return this.#invalid(this.#row.line, column, problem);
  }
}

function channelOf(row: ChannelRow): ClassicalChannel {
  const direction = DIRECTIONS.get(row.text("direction").toLowerCase());
  if (direction === undefined)
    throw row.refuse("direction", `"${row.text("direction").slice(0, 40)}" is neither forward nor backward`);
  const launchDbm = row.number("launch_dbm");
  const { min, max } = LAUNCH_RANGE_DBM;
  if (launchDbm < min || launchDbm > max)
    throw row.refuse("launch_dbm", `${launchDbm} is beyond ${min} to ${max} dBm`);
  return { frequencyThz: frequencyOf(row), launchDbm, direction };
}

/** By frequency or wavelength; where both are given, they must mean the same slot. */
function frequencyOf(row: ChannelRow): number {
  const given = (["frequency_thz", "wavelength_nm"] as const).filter((column) => row.text(column) !== "");
  const [first] = given;
  if (first === undefined) throw row.refuse("frequency_thz", "neither frequency nor wavelength is given");
  const [one, other] = given.map((column) => {
    const value = row.number(column);
    const thz = column === "frequency_thz" ? onGrid(value, 1e-6) : fromWavelength(value);
    if (thz === undefined) throw row.refuse(column, `${value} lies on neither the DWDM nor the CWDM grid`);
    return thz;
  });
  if (other !== undefined && other !== one)
    throw row.refuse(
      "wavelength_nm",
      `${row.text("wavelength_nm")} nm is not ${row.text("frequency_thz")} THz: that is ${nanometresOfTerahertz(one ?? 0).toFixed(3)} nm`,
    );
  return one ?? Number.NaN;
}

function fromWavelength(nm: number): number | undefined {
  const coarse = (nm - COARSE_FIRST_NM) / COARSE_STEP_NM;
  if (Number.isInteger(coarse) && nm >= COARSE_FIRST_NM && nm <= COARSE_LAST_NM)
    return terahertzOfNanometres(nm);
  return nm > 0 ? onGrid(terahertzOfNanometres(nm), ROUNDING_THZ) : undefined;
}

/** The grid frequency within `toleranceThz`, if there is one. */
function onGrid(thz: number, toleranceThz: number): number | undefined {
  const nearest = ANCHOR_THZ + Math.round((thz - ANCHOR_THZ) / STEP_THZ) * STEP_THZ;
  return Math.abs(nearest - thz) <= toleranceThz ? Number(nearest.toFixed(5)) : undefined;
}
