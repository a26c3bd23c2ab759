import { unwatchFile, watchFile } from "node:fs";

/** What a reload does. */
export interface ReloadPorts {
  /** Files whose change asks for a reload; asked after each one. */
  readonly files: () => readonly string[];
  /** Reads anew and takes over; a rejection leaves everything as it was. */
  readonly reload: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

const LOOK_EVERY_MS = 2000;

/** Reloads at SIGHUP and when a file changes, one reload at a time; what is asked for meanwhile follows. */
export class SiteReload {
  readonly #ports: ReloadPorts;
  readonly #lookEveryMs: number;
  readonly #ask = (): void => void this.#run();
  #watched: readonly string[] = [];
  #running = false;
  #again = false;
  #closed = false;

  constructor(ports: ReloadPorts, lookEveryMs: number = LOOK_EVERY_MS) {
    this.#ports = ports;
    this.#lookEveryMs = lookEveryMs;
    process.on("SIGHUP", this.#ask);
    this.#watch();
  }

  close(): void {
    this.#closed = true;
    process.off("SIGHUP", this.#ask);
    for (const file of this.#watched) unwatchFile(file, this.#ask);
  }

  async #run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#ports.reload().catch(this.#ports.failed);
    }
    this.#running = false;
    if (!this.#closed) this.#watch();
  }

  /** By looking, not by notification: files are replaced by renaming, through links and on network drives. */
  #watch(): void {
    const files = this.#ports.files();
    for (const file of this.#watched) if (!files.includes(file)) unwatchFile(file, this.#ask);
    for (const file of files)
      if (!this.#watched.includes(file))
        watchFile(file, { interval: this.#lookEveryMs, persistent: false }, this.#ask);
    this.#watched = files;
  }
}
