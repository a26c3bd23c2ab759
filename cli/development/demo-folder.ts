import { chmodSync, existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { DEMO_FILES, SITES } from "./demo-files.ts";
import { makeFolder } from "./make-folder.ts";

const MARKER = ".qkdlink-demo";
const HOLDER = ".qkdlink-demo-running";

/**
 * The folder that a demo makes its state in, held by one demo at a time. What an earlier demo made there is removed,
 * and nothing else. ConfigError for a folder of somebody else's files, one in use, and one that cannot be made.
 */
export class DemoFolder {
  readonly path: string;

  constructor(folder: string) {
    this.path = resolve(folder);
    try {
      makeFolder(this.path);
      if (readdirSync(this.path).length > 0 && !existsSync(join(this.path, MARKER)))
        throw new ConfigError("QKD_CONFIG_INVALID", `${this.path} holds files that are not the demo's`, {
          remedy: "name an empty folder with --state",
        });
      chmodSync(this.path, 0o700);
      writeFileSync(
        join(this.path, MARKER),
        "state of a qkdlink demo; its files are made anew at each start\n",
        {
          mode: 0o600,
        },
      );
      this.#hold();
      this.#clear();
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError(
        "QKD_CONFIG_UNREADABLE",
        `cannot make the state folder ${this.path}: ${fileReason(cause)}`,
        {
          cause,
          remedy: "name a writable folder with --state",
        },
      );
    }
  }

  /** Lets another demo have the folder. Idempotent. */
  release(): void {
    const holder = join(this.path, HOLDER);
    if (holderOf(holder)?.startsWith(`${process.pid} `)) rmSync(holder, { force: true });
  }

  #hold(): void {
    const holder = join(this.path, HOLDER);
    const running = holderOf(holder);
    if (running !== null && running === lifeOf(Number.parseInt(running, 10)))
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        `${this.path} is in use by another demo (process ${Number.parseInt(running, 10)})`,
        { remedy: "stop that demo, or name another folder with --state" },
      );
    rmSync(holder, { force: true });
    // Of two that start at once, the second finds it made.
    writeFileSync(holder, lifeOf(process.pid) ?? `${process.pid} `, { mode: 0o600, flag: "wx" });
  }

  #clear(): void {
    for (const file of DEMO_FILES) rmSync(join(this.path, file), { force: true });
    for (const site of SITES)
      try {
        rmdirSync(join(this.path, site));
      } catch {
        // It is not there, or holds something that the demo did not make.
      }
  }
}

function holderOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** A process by its number and the time it was started, as far as the system tells; null for one that does not run. */
function lifeOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EPERM") return null;
  }
  try {
    // Field 22; the second, the command's name, may hold spaces and ends with the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return `${pid} ${fields[19]}`;
  } catch {
    return `${pid} `;
  }
}
