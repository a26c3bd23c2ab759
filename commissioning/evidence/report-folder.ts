import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { syncFolder } from "../files/durable-lines.ts";
import type { CommandEntry, CommandLog } from "./command-log.ts";
import { type Cell, csvText } from "./csv.ts";

const COMMANDS = "commands.log";
/** A chunk in which large files are written. */
const CHUNK = 1 << 20;

/** The folder of one report. Every failure to write is told as QKD_OUTPUT_WRITE with the file's name. */
export class ReportFolder implements CommandLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    this.#told(path, () => mkdirSync(join(path, "raw"), { recursive: true }));
  }

  has(file: string): boolean {
    return existsSync(join(this.path, file));
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /** Replaces a file as a whole, durably: after a crash there is the old one or the new one. */
  write(file: string, text: string): void {
    const target = join(this.path, file);
    const beside = `${target}.new`;
    this.#told(target, () => {
      try {
        const opened = openSync(beside, "w");
        try {
          const bytes = Buffer.from(text, "utf8");
          for (let at = 0; at < bytes.length; )
            at += writeSync(opened, bytes, at, Math.min(CHUNK, bytes.length - at));
          fsyncSync(opened);
        } finally {
          closeSync(opened);
        }
        renameSync(beside, target);
        syncFolder(this.path);
      } catch (error) {
        rmSync(beside, { force: true });
        throw error;
      }
    });
  }

  remove(file: string): void {
    rmSync(join(this.path, file), { force: true });
  }

  /** Writes a table of evidence below `raw/`; gives its name in the report. */
  table(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
    const file = `raw/${name}.csv`;
    this.write(file, csvText(head, rows));
    return file;
  }

  add(entry: CommandEntry): void {
    const path = join(this.path, COMMANDS);
    this.#told(path, () =>
      appendFileSync(path, `${JSON.stringify({ utc: new Date().toISOString(), ...entry })}\n`),
    );
  }

  /** All files below the folder in order of their names, with hash, size and lines of data. */
  files(): readonly {
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly rows: number | null;
  }[] {
    return filesBelow(this.path).map((file) => {
      const bytes = readFileSync(join(this.path, file));
      const lines = bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
      const rows = file.endsWith(".csv") ? Math.max(0, lines - 1) : file.endsWith(".log") ? lines : null;
      return { file, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, rows };
    });
  }

  #told(path: string, write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw new ConfigError("QKD_OUTPUT_WRITE", `${path} cannot be written: ${fileReason(cause)}`, {
        cause,
        context: { path },
      });
    }
  }
}

/** Names of all files below a folder. Throws ConfigError for what is neither file nor folder: a link may lead anywhere. */
export function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const walk = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === "" ? name : `${below}/${name}`;
      const kind = lstatSync(join(folder, path));
      if (kind.isDirectory()) walk(path);
      else if (kind.isFile()) found.push(path);
      else
        throw new ConfigError(
          "QKD_CONFIG_UNREADABLE",
          `${path} in ${folder} is neither a file nor a folder`,
          {
            remedy: "put the file itself there",
          },
        );
    }
  };
  walk("");
  return found.sort();
}
