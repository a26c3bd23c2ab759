import { bareCode, lineAt } from "./bare-code.ts";
import { imports } from "./imports.ts";
import { isUnitTest, type SourceFile } from "./source-file.ts";

/** Rooms and folders without input, output, clocks and randomness. */
const PURE =
  /^(errors|protocol|physics|diagnosis|kernels|report(?!\/signing\/)|commissioning\/(limits|plan)|capture\/(?!files\/)|controller\/policy|controller\/routing|controller\/outlets\/(?:api|alarms|forwarding|kpi)|controller\/pool\/anchor(?!\/anchor(-file)?\.ts)|controller\/sources\/distillation(?!\/host\/)|controller\/sources\/relay|emulator\/happenings)\//;

/** What a pure room may take from outside, each for one reason. */
const IMPORTED: readonly { readonly file: RegExp; readonly package: string; readonly because: string }[] = [
  {
    file: /^protocol\/(codec|framing)\//,
    package: "binary-parser",
    because: "it reads the fields that a declaration names",
  },
  {
    file: /^kernels\/wasm-instance\.ts$/,
    package: "node:fs/promises",
    because: "the compiled module lies in a file",
  },
  {
    file: /^kernels\/wasm-instance\.ts$/,
    package: "node:worker_threads",
    because: "threads inherit the compiled module instead of compiling it again",
  },
  {
    file: /^controller\/sources\/relay\/relayed-block\.ts$/,
    package: "node:crypto",
    because: "the id of a block is a hash of what is known of it",
  },
  {
    file: /^controller\/sources\/distillation\//,
    package: "node:crypto",
    because: "hashes and comparison in constant time, whose result depends on the input alone",
  },
];

const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a clock", /\bDate\b|\bperformance\b|\bhrtime\b|\bTemporal\b|\bIntl\b|\btimeOrigin\b/g],
  [
    "a timer",
    /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bnextTick\b|\bAbortSignal\b|\bAtomics\.wait/g,
  ],
  [
    "randomness",
    /\bMath\.random\b|\bMath\s*\[|=\s*Math\b(?!\s*\.)|\bcrypto\b|\brandom(Bytes|UUID|Fill)\b|\bgetRandomValues\b/g,
  ],
  ["a Buffer", /\bBuffer\b/g],
  ["the process", /\bprocess\s*[.[]|=\s*process\b(?!\s*[.[])|\bglobalThis\b/g],
  ["output", /\bconsole\s*[.[]|=\s*console\b(?!\s*[.[])/g],
  ["a thread", /\bnew (?:Worker|MessageChannel|BroadcastChannel)\b/g],
  ["the network", /\bfetch\s*\(|=\s*fetch\b|\bEventSource\b|\bWebSocket\b|\bXMLHttpRequest\b/g],
];

/** Input, output, clocks, timers, randomness and Buffer in the rooms that have none; unit tests there may need them. */
export function impurities(files: readonly SourceFile[]): string[] {
  const pure = files.filter(({ path }) => PURE.test(path) && !isUnitTest(path));
  const wrong = imports(pure)
    .foreign.filter(({ from, to }) => !IMPORTED.some((door) => door.file.test(from) && door.package === to))
    .map(({ from, to }) => `${from} imports ${to}`);
  for (const { path, text } of pure) {
    const code = bareCode(text);
    for (const [what, pattern] of FORBIDDEN)
      for (const { index, 0: found } of code.matchAll(pattern))
        wrong.push(`${path}:${lineAt(code, index)} uses ${what}: ${found}`);
  }
  return wrong;
}
