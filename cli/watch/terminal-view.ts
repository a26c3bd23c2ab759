/** What a view of the whole terminal needs of it; `process.stdout` and `process.stdin` are such. */
export interface TerminalStreams {
  readonly out: {
    readonly columns?: number;
    readonly rows?: number;
    write(text: string): boolean;
    on(event: "resize", listener: () => void): unknown;
    off(event: "resize", listener: () => void): unknown;
  };
  readonly keys: {
    readonly isTTY?: boolean;
    setRawMode?(raw: boolean): unknown;
    resume(): unknown;
    pause(): unknown;
    on(event: "data", listener: (data: Buffer | string) => void): unknown;
    off(event: "data", listener: (data: Buffer | string) => void): unknown;
  };
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
/** To the end of the line; below the last line. */
const REST = "\x1b[K";
const BELOW = "\x1b[J";
/** Of a terminal that does not say how large it is. */
const USUAL = { columns: 80, rows: 24 };

/**
 * The whole terminal for one picture that is drawn over and over, on a screen of its own: what stood there before is there
 * again afterwards. `q` and Ctrl-C, which raw keys swallow, ask to stop; a change of size draws anew.
 */
export class TerminalView {
  readonly #streams: TerminalStreams;
  readonly #draw: () => void;
  readonly #key: (data: Buffer | string) => void;
  #open = true;

  constructor(
    streams: TerminalStreams,
    draw: (columns: number, rows: number) => readonly string[],
    stop: () => void,
  ) {
    this.#streams = streams;
    const { out, keys } = streams;
    this.#draw = () => {
      const { columns, rows } = this.size;
      const lines = draw(columns, rows).slice(0, rows);
      out.write(`${HOME}${lines.map((line) => `${line}${REST}`).join("\r\n")}${BELOW}`);
    };
    this.#key = (data) => {
      const text = data.toString();
      if (text.includes("q") || text.includes("\x03")) stop();
    };
    out.write(ENTER);
    out.on("resize", this.#draw);
    if (keys.isTTY === true) {
      keys.setRawMode?.(true);
      keys.on("data", this.#key);
      keys.resume();
    }
    this.#draw();
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 0, rows = 0 } = this.#streams.out;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  draw(): void {
    if (this.#open) this.#draw();
  }

  /** Gives the terminal back as it was. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const { out, keys } = this.#streams;
    out.off("resize", this.#draw);
    if (keys.isTTY === true) {
      keys.off("data", this.#key);
      keys.setRawMode?.(false);
      keys.pause();
    }
    out.write(LEAVE);
  }
}
