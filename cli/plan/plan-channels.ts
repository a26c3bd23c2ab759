import { readFileSync } from "node:fs";
import { ConfigError } from "../../errors/index.ts";
import { type ClassicalChannel, terahertzOfNanometres } from "../../physics/index.ts";

/** Anchor and step of the G.694.1 flexible grid, of which the fixed grids are parts; THz. */
const ANCHOR_THZ = 193.1;
const STEP_THZ = 0.00625;
/** Wavelengths are written with two or three decimals: they may miss the grid by this much. */
const ROUNDING_THZ = 0.0008;
/** Nominal wavelengths of the coarse grid G.694.2, nm. */
const COARSE_FIRST_NM = 1271;
const COARSE_LAST_NM = 1611;
const COARSE_STEP_NM = 20;

/** Names a column may go by; the first one is used in errors. */
const COLUMNS: Readonly<Record<Column, readonly string[]>> = {
  frequency_thz: ["frequency_thz", "thz", "frequency"],
  wavelength_nm: ["wavelength_nm", "nm", "wavelength"],
  launch_dbm: ["launch_dbm", "launch_power_dbm", "power_dbm", "dbm"],
  direction: ["direction"],
};

type Column = "frequency_thz" | "wavelength_nm" | "launch_dbm" | "direction";

const DIRECTIONS: ReadonlyMap<string, ClassicalChannel["direction"]> = new Map([
  ["forward", "forward"],
  ["co", "forward"],
  ["backward", "backward"],
  ["counter", "backward"],
]);

/**
 * Reads the classical channels of a fibre from CSV. The first line names the columns: `frequency_thz` or `wavelength_nm`,
 * `launch_dbm`, and `direction` (forward, the default, or backward). Empty lines and lines that begin with # are skipped. Channels lie on the
 * ITU grids: DWDM G.694.1 (any multiple of 6.25 GHz around 193.1 THz) or CWDM G.694.2.
 *
 * @throws ConfigError QKD_CONFIG_UNREADABLE, QKD_CONFIG_INVALID naming file, line and column.
 */
export function readChannelPlan(path: string): ClassicalChannel[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `the channel plan ${path} cannot be read`, {
      cause,
      context: { path },
      remedy: "check that the file exists and is readable",
    });
  }
  return parseChannelPlan(text, path);
}

/** The same from text; `path` only names the source in errors. */
export function parseChannelPlan(text: string, path: string): ClassicalChannel[] {
  const rows = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, cells: line.split(",").map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.join("") !== "" && !cells[0]?.startsWith("#"));
  const [header, ...lines] = rows;
  const invalid = (line: number, column: string, problem: string) =>
    new ConfigError("QKD_CONFIG_INVALID", `${path} line ${line}, ${column}: ${problem}`, {
      context: { path, line, column },
      remedy: "write columns frequency_thz or wavelength_nm, launch_dbm, direction (forward or backward)",
    });
  if (header === undefined) throw invalid(1, "header", "the file is empty");
  const names = header.cells.map((name) => name.toLowerCase().replaceAll(/[\s_-]+/g, "_"));
  const place = (column: Column) => names.findIndex((name) => COLUMNS[column].includes(name));
  const byFrequency = place("frequency_thz") >= 0;
  for (const name of [byFrequency ? "frequency_thz" : "wavelength_nm", "launch_dbm"] as const) {
    if (place(name) < 0) throw invalid(header.number, "header", `the column ${name} is missing`);
  }

  return lines.map(({ number, cells }) => {
    const numeric = (name: Column) => {
      const cell = cells[place(name)] ?? "";
      const value = Number(cell);
      if (cell === "" || !Number.isFinite(value)) throw invalid(number, name, `"${cell}" is not a number`);
      return value;
    };
    const written = place("direction") < 0 ? "forward" : (cells[place("direction")] ?? "").toLowerCase();
    const direction = DIRECTIONS.get(written);
    if (direction === undefined) {
      throw invalid(number, "direction", `"${written}" is neither forward nor backward`);
    }
    const column = byFrequency ? "frequency_thz" : "wavelength_nm";
    const frequencyThz = byFrequency ? onGrid(numeric(column), 1e-6) : fromWavelength(numeric(column));
    if (frequencyThz === undefined) {
      throw invalid(number, column, `${numeric(column)} lies on neither the DWDM nor the CWDM grid`);
    }
    return { frequencyThz, launchDbm: numeric("launch_dbm"), direction };
  });
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
