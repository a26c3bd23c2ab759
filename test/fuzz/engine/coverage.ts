import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { createInstrumenter } from "istanbul-lib-instrument";

const ROOT = new URL("../../../", import.meta.url).href;
/** The rooms whose branches guide the fuzzer. */
const ROOMS = /^(protocol|drivers|controller|emulator|cli|trust|errors)\//;

interface FileCounters {
  s: Uint32Array | Record<string, number>;
  f: Uint32Array | Record<string, number>;
  b: Record<string, Uint32Array | number[]>;
}

/** Counters of every statement, function and branch that is loaded from here on in this thread. */
export function watchModules(): void {
  const instrumenter = createInstrumenter({ esModules: true, compact: true });
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const path = url.startsWith(ROOT) ? url.slice(ROOT.length) : "";
      if (!ROOMS.test(path) || !/\.ts$/.test(path) || loaded.source === undefined || loaded.source === null)
        return loaded;
      const source =
        typeof loaded.source === "string"
          ? loaded.source
          : Buffer.from(loaded.source as Uint8Array).toString("utf8");
      const code = instrumenter.instrumentSync(stripTypeScriptTypes(source), fileURLToPath(url));
      return { format: "module", source: code, shortCircuit: true };
    },
  });
}

/**
 * How often each counter rose since the last look, told as whether anything new was reached: a counter for the first time,
 * or twice as often as ever within one input. The counters of all files lie in one array, so that a look is quick.
 */
export class Coverage {
  #counters = new Uint32Array(0);
  #most = new Uint32Array(0);
  #files = 0;

  /** Counters reached so far. */
  get reached(): number {
    return this.#most.reduce((sum, most) => sum + (most > 0 ? 1 : 0), 0);
  }

  /** True where the input just run reached anything new; the counters begin anew. */
  look(): boolean {
    this.#collect();
    const { length } = this.#counters;
    let fresh = false;
    for (let at = 0; at < length; at++) {
      const count = this.#counters[at] as number;
      if (count === 0) continue;
      this.#counters[at] = 0;
      const most = this.#most[at] as number;
      if (most !== 0 && count < 2 * most) continue;
      this.#most[at] = count;
      fresh = true;
    }
    return fresh;
  }

  /** Lays the counters of all files into one array, once for each time that files came. */
  #collect(): void {
    const coverage = (globalThis as { readonly __coverage__?: Readonly<Record<string, FileCounters>> })
      .__coverage__;
    const files = Object.values(coverage ?? {});
    if (files.length === this.#files) return;
    this.#files = files.length;
    const groups = files.flatMap((file) => [file.s, file.f, ...Object.values(file.b)]);
    const total = groups.reduce((sum, group) => sum + Object.keys(group).length, 0);
    const counters = new Uint32Array(total);
    const most = new Uint32Array(total);
    most.set(this.#most.subarray(0, total));
    let at = 0;
    const lay = (group: Uint32Array | number[] | Record<string, number>): Uint32Array => {
      const values = Object.values(group) as number[];
      const part = counters.subarray(at, at + values.length);
      part.set(values);
      at += values.length;
      return part;
    };
    for (const file of files) {
      file.s = lay(file.s);
      file.f = lay(file.f);
      for (const key of Object.keys(file.b)) file.b[key] = lay(file.b[key] as number[]);
    }
    this.#counters = counters;
    this.#most = most;
  }
}
