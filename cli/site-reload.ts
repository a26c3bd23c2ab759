import { statSync, unwatchFile, watchFile } from "node:fs";

/** What a reload does. */
export interface ReloadPorts {
  /** Files whose change asks for a reload; asked after each one. */
  readonly files: () => readonly string[];
  /** Reads anew and takes over; a rejection leaves everything as it was. */
  readonly reload: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

const LOOK_EVERY_MS = 2000;

/**
 * Reloads at SIGHUP and when a file changes, one reload at a time; what is asked for meanwhile follows. A change that a
 * reload has read already asks for no other.
 */
export class SiteReload {
  readonly #ports: ReloadPorts;
  readonly #lookEveryMs: number;
  readonly #ask = (): void => void this.#run();
  readonly #changed = (): void => {
    if (this.#watched.some((file) => stampOf(file) !== this.#read.get(file))) void this.#run();
  };
  /** Stamp of each file before it was read last. */
  #read: ReadonlyMap<string, string> = new Map();
  #watched: readonly string[] = [];
  #running = false;
  #again = false;
  #closed = false;

  constructor(ports: ReloadPorts, lookEveryMs: number = LOOK_EVERY_MS) {
    this.#ports = ports;
    this.#lookEveryMs = lookEveryMs;
    process.on("SIGHUP", this.#ask);
    this.#watch();
    this.#read = this.#stamps();
  }

  close(): void {
    this.#closed = true;
    process.off("SIGHUP", this.#ask);
    for (const file of this.#watched) unwatchFile(file, this.#changed);
  }

  async #run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#read = this.#stamps();
      await this.#ports.reload().catch(this.#ports.failed);
    }
    this.#running = false;
    if (!this.#closed) this.#watch();
  }

  /** By looking, not by notification: files are replaced by renaming, through links and on network drives. */
  #watch(): void {
    const files = this.#ports.files();
    for (const file of this.#watched) if (!files.includes(file)) unwatchFile(file, this.#changed);
    for (const file of files)
      if (!this.#watched.includes(file))
        watchFile(file, { interval: this.#lookEveryMs, persistent: false }, this.#changed);
    this.#watched = files;
  }

  #stamps(): ReadonlyMap<string, string> {
    return new Map(this.#watched.map((file) => [file, stampOf(file)]));
  }
}

/** Differs after every change of a file's content, place or existence. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (cause) {
    return String((cause as NodeJS.ErrnoException).code);
  }
}
