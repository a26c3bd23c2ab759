import { describe, expect, it } from "vitest";
import { uncodedErrors } from "./laws/coded-errors.ts";
import { longFiles, vagueNames } from "./laws/file-shape.ts";
import { formatterSpreads } from "./laws/formatter-spreads.ts";
import { hiddenImports } from "./laws/hidden-imports.ts";
import { kernelWords } from "./laws/kernel-words.ts";
import { fileCycles, folderKnots } from "./laws/knots.ts";
import { packageDoors } from "./laws/package-doors.ts";
import { impurities } from "./laws/pure-rooms.ts";
import { roomDoors, unusedDoors } from "./laws/room-doors.ts";
import { roomOrder } from "./laws/room-order.ts";
import { sharedHooks } from "./laws/shared-hooks.ts";
import type { SourceFile } from "./laws/source-file.ts";
import { wallClocks } from "./laws/wall-clock.ts";

type Law = (files: readonly SourceFile[]) => string[];
type Tree = Readonly<Record<string, string>>;

interface Case {
  readonly law: Law;
  /** What stands in the tree that breaks the law. */
  readonly breach: Tree;
  /** What the law says of it. */
  readonly says: readonly string[];
  /** Nearly the same, and allowed. */
  readonly innocent: Tree;
}

/** With a dot behind it a spread, which the law would find in this very file. */
const SPREAD = "..";

/** One row for each way to break a law; a new law brings its rows. */
const CASES: Readonly<Record<string, Case>> = {
  "a room that imports one above it": {
    law: roomOrder,
    breach: { "protocol/a.ts": 'import { b } from "../drivers/index.ts";' },
    says: ["protocol/a.ts imports drivers/index.ts"],
    innocent: { "drivers/a.ts": 'import { b } from "../protocol/index.ts";' },
  },
  "a type from above": {
    law: roomOrder,
    breach: { "controller/a.ts": 'import type { B } from "../emulator/index.ts";' },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "cli/a.ts": 'import type { B } from "../emulator/index.ts";' },
  },
  "an error without a code": {
    law: uncodedErrors,
    breach: { "controller/a.ts": 'const a = 1;\nthrow new Error("no");' },
    says: ["controller/a.ts:2 throws an error without a code"],
    innocent: {
      "controller/a.ts":
        '// throw new Error("no")\nthrow new PeerError("QKD_PEER_PROTOCOL", "throw new Error()");',
    },
  },
  "an error of the language that a promise rejects with": {
    law: uncodedErrors,
    breach: { "cli/a.ts": "setTimeout(() => reject(new TypeError(`late`)), 1);" },
    says: ["cli/a.ts:1 throws an error without a code"],
    innocent: { "cli/a.ts": 'socket.destroy(new Error("late"));', "test/a.ts": 'throw new Error("no");' },
  },
  "a hook for one file of tests alone": {
    law: sharedHooks,
    breach: { "test/integration/a.ts": "const a = 1;\nafterAll(() => a);" },
    says: ["test/integration/a.ts:2 has a hook at its top"],
    innocent: {
      "test/integration/a.ts": "export function rig() {\n  afterAll(() => {});\n}",
      "test/integration/a.test.ts": "afterAll(() => {});",
    },
  },
  "a duration by the system's clock": {
    law: wallClocks,
    breach: { "controller/policy/a.ts": "const since = Date.now();" },
    says: ["controller/policy/a.ts:1 reads the system's clock"],
    innocent: { "controller/policy/a.ts": "const since = performance.now(); // not Date.now()" },
  },
  "a room that nobody placed": {
    law: roomOrder,
    breach: { "shelf/a.ts": 'export * from "../errors/index.ts";' },
    says: ["shelf/a.ts imports errors/index.ts"],
    innocent: { "shelf/a.ts": 'export * from "./b.ts";' },
  },
  "an import behind another statement": {
    law: roomOrder,
    breach: { "controller/a.ts": 'const a = 1; export * from "../emulator/index.ts";' },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "controller/a.ts": "const a = 'export * from \"../emulator/index.ts\"';" },
  },
  "an import whose comment holds a quote": {
    law: roomOrder,
    breach: { "controller/a.ts": 'import {\n  // a "word"\n  b,\n} from "../emulator/index.ts";' },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "controller/a.ts": '// import { b } from "../emulator/index.ts";' },
  },
  "an await import of a template": {
    law: roomOrder,
    breach: { "controller/a.ts": "const a = await import(`../emulator/index.ts`);" },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "controller/a.ts": "const a = await import(`../drivers/index.ts`);" },
  },
  "an await import with a comment or attributes": {
    law: roomOrder,
    breach: { "controller/a.ts": 'await import(/* b */ "../emulator/index.ts", { with: {} });' },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "controller/a.ts": 'await import(/* b */ "../drivers/index.ts", { with: {} });' },
  },
  "a require": {
    law: roomOrder,
    breach: { "controller/a.ts": 'import a = require("../emulator/index.ts");' },
    says: ["controller/a.ts imports emulator/index.ts"],
    innocent: { "controller/a.ts": 'import a = require("../drivers/index.ts");' },
  },
  "a thread that runs a file of another room": {
    law: roomOrder,
    breach: { "controller/a.ts": 'new Worker(new URL("../emulator/b.ts", import.meta.url));' },
    says: ["controller/a.ts imports emulator/b.ts"],
    innocent: { "controller/a.ts": 'new Worker(new URL("./b.ts", import.meta.url));' },
  },
  "an import whose name is put together": {
    law: hiddenImports,
    breach: { "controller/a.ts": 'await import("../emu" + end);\nawait import(name);' },
    says: ["controller/a.ts:1 hides what it imports", "controller/a.ts:2 hides what it imports"],
    innocent: { "controller/a.ts": 'await import("../drivers/index.ts");' },
  },
  "a door behind the loader's back": {
    law: hiddenImports,
    breach: { "controller/a.ts": 'process.getBuiltinModule("node:fs");' },
    says: ["controller/a.ts:1 hides what it imports"],
    innocent: { "controller/a.ts": "// process.getBuiltinModule" },
  },
  "a clock behind a quote in a regular expression": {
    law: impurities,
    breach: { "physics/a.ts": 'const a = /"/;\nconst b = Date.now();\nconst c = "d";' },
    says: ["physics/a.ts:2 uses a clock: Date"],
    innocent: { "physics/a.ts": "const a = /Date/;" },
  },
  "randomness under another name": {
    law: impurities,
    breach: { "physics/a.ts": "const { random } = Math;" },
    says: ["physics/a.ts:1 uses randomness: = Math"],
    innocent: { "physics/a.ts": "const a = Math.PI;" },
  },
  "a room entered beside its index": {
    law: roomDoors,
    breach: { "drivers/a.ts": 'import { b } from "../protocol/codec/b.ts";' },
    says: ["drivers/a.ts enters protocol/codec/b.ts beside its index"],
    innocent: { "drivers/a.ts": 'import { b } from "../protocol/index.ts";' },
  },
  "a test that enters a room beside its index": {
    law: roomDoors,
    breach: { "test/contract/a.test.ts": 'import { b } from "../../drivers/link/link.ts";' },
    says: ["test/contract/a.test.ts enters drivers/link/link.ts beside its index"],
    innocent: { "test/contract/a.test.ts": 'import { b } from "../../emulator/ports/port.ts";' },
  },
  "a figure that enters a room by await import": {
    law: roomDoors,
    breach: { "bench/a.ts": 'const b = await import("../kernels/wasm-heap.ts");' },
    says: ["bench/a.ts enters kernels/wasm-heap.ts beside its index"],
    innocent: { "bench/a.ts": 'const b = await import("../kernels/index.ts");' },
  },
  "an inner door that nobody uses": {
    law: (files) => unusedDoors(files, [{ from: "test/property/", to: "kernels/", because: "" }]),
    breach: { "test/property/a.test.ts": 'import { b } from "../../kernels/index.ts";' },
    says: ["nothing in test/property/ enters kernels/"],
    innocent: { "test/property/a.test.ts": 'import { b } from "../../kernels/field/b.ts";' },
  },
  "a circle of files": {
    law: fileCycles,
    breach: {
      "physics/a.ts": 'import { b } from "./b.ts";',
      "physics/b.ts": 'import type { A } from "./a.ts";',
    },
    says: ["physics/a.ts -> physics/b.ts -> physics/a.ts"],
    innocent: {
      "physics/a.ts": 'import { b } from "./b.ts";',
      "physics/b.ts": "// import type { A } from './c.ts'",
    },
  },
  "a circle of AssemblyScript files": {
    law: fileCycles,
    breach: {
      "kernels/assembly/a.ts": 'import { b } from "./hash/b";',
      "kernels/assembly/hash/b.ts": 'import { a } from "../a";',
    },
    says: ["kernels/assembly/a.ts -> kernels/assembly/hash/b.ts -> kernels/assembly/a.ts"],
    innocent: { "kernels/assembly/a.ts": 'import { b } from "./hash/b";', "kernels/assembly/hash/b.ts": "" },
  },
  "folders tied into a knot by different files": {
    law: folderKnots,
    breach: {
      "drivers/link/a.ts": 'import { b } from "../session/b.ts";',
      "drivers/session/c.ts": 'import type { D } from "../link/d.ts";',
    },
    says: ["drivers/link -> drivers/session -> drivers/link"],
    innocent: {
      "drivers/link/a.ts": 'import { b } from "../session/b.ts";',
      "drivers/session/c.test.ts": 'import type { D } from "../link/d.ts";',
    },
  },
  "a knot within a part of a room": {
    law: folderKnots,
    breach: {
      "controller/sources/pqc/one/a.ts": 'import { b } from "../two/b.ts";',
      "controller/sources/pqc/two/c.ts": 'import { d } from "../one/d.ts";',
    },
    says: ["controller/sources/pqc/one -> controller/sources/pqc/two -> controller/sources/pqc/one"],
    innocent: {
      "controller/sources/pqc/one/a.ts": 'import { b } from "../two/b.ts";',
      "controller/sources/pqc/two/c.ts": 'import { d } from "./d.ts";',
    },
  },
  "a package without a door": {
    law: packageDoors,
    breach: { "drivers/a.ts": 'import left from "left-pad";' },
    says: ["left-pad has no door: drivers/a.ts"],
    innocent: { "test/a.ts": 'import left from "left-pad";' },
  },
  "a package used elsewhere than at its door": {
    law: packageDoors,
    breach: { "controller/link/a.ts": 'import { DatabaseSync } from "node:sqlite";' },
    says: ["node:sqlite is used in controller/link/a.ts"],
    innocent: { "controller/pool/a.ts": 'import { DatabaseSync } from "node:sqlite";' },
  },
  "a second door for a package": {
    law: packageDoors,
    breach: {
      "emulator/ports/a.ts": 'import koffi from "koffi";',
      "emulator/ports/b.ts": 'import koffi from "koffi";',
    },
    says: ["koffi is used in emulator/ports/a.ts, emulator/ports/b.ts"],
    innocent: { "emulator/ports/a.ts": 'import koffi from "koffi";' },
  },
  "a file of more than 400 lines": {
    law: longFiles,
    breach: { "cli/a.ts": "\n".repeat(401) },
    says: ["cli/a.ts: 401 lines"],
    innocent: { "cli/a.ts": "\n".repeat(400) },
  },
  "a name that says nothing": {
    law: vagueNames,
    breach: { "test/utils/a.ts": "", "physics/helpers.ts": "", "cli/misc.test.ts": "" },
    says: ["test/utils/a.ts", "physics/helpers.ts", "cli/misc.test.ts"],
    innocent: { "controller/pool/key-manager.ts": "", "physics/utility.ts": "" },
  },
  "a spread that only serves the formatter": {
    law: formatterSpreads,
    breach: { "bench/a.ts": `const a = [\n  ${SPREAD}.["x", "y"],\n  { ${SPREAD}.{ b: f(")"), c } },\n];` },
    says: ['bench/a.ts:2: ...["x", "y"],', 'bench/a.ts:3: ...{ b: f(")"), c } },'],
    innocent: {
      "bench/a.ts": `f(${SPREAD}.(a ? { b } : {}), ${SPREAD}.[1, 2].map(g)); const h = (${SPREAD}.[x, y]: Row) => x; // ${SPREAD}.{ a }`,
    },
  },
  "a kernel that knows its user": {
    law: kernelWords,
    breach: { "kernels/assembly/sampler/a.ts": "export function deviceGap(sessionId: i32): i32 {}" },
    says: [
      "kernels/assembly/sampler/a.ts:1 speaks of device",
      "kernels/assembly/sampler/a.ts:1 speaks of session",
    ],
    innocent: { "kernels/assembly/sampler/a.ts": "// as a device does\nexport function deadTime(): void {}" },
  },
  "a clock in a pure room": {
    law: impurities,
    breach: { "physics/a.ts": "const nowMs = Date.now();\nconst t = performance.now();" },
    says: ["physics/a.ts:1 uses a clock: Date", "physics/a.ts:2 uses a clock: performance"],
    innocent: { "physics/a.ts": "// Date.now() is the caller's\nconst nowMs = given;" },
  },
  "a clock inside a template": {
    law: impurities,
    breach: { "protocol/a.ts": `const text = \`at $${"{Date.now()}"}\`;` },
    says: ["protocol/a.ts:1 uses a clock: Date"],
    innocent: { "drivers/a.ts": "const nowMs = Date.now();" },
  },
  "a clock in the engine": {
    law: impurities,
    breach: { "controller/sources/distillation/session/a.ts": "const nowMs = Date.now();" },
    says: ["controller/sources/distillation/session/a.ts:1 uses a clock: Date"],
    innocent: { "controller/sources/distillation/host/a.ts": "const nowMs = Date.now();" },
  },
  "a timer in a pure room": {
    law: impurities,
    breach: { "controller/policy/health/a.ts": "setTimeout(f, 1);" },
    says: ["controller/policy/health/a.ts:1 uses a timer: setTimeout"],
    innocent: { "controller/link/a.ts": "setTimeout(f, 1);" },
  },
  "randomness in a pure room": {
    law: impurities,
    breach: { "kernels/assembly/hash/a.ts": "const x = Math.random();" },
    says: ["kernels/assembly/hash/a.ts:1 uses randomness: Math.random"],
    innocent: { "kernels/a.test.ts": "const x = Math.random();" },
  },
  "randomness of the system in the engine": {
    law: impurities,
    breach: { "controller/sources/distillation/session/a.ts": 'import { randomBytes } from "node:crypto";' },
    says: ["controller/sources/distillation/session/a.ts:1 uses randomness: randomBytes"],
    innocent: { "controller/sources/distillation/session/a.ts": 'import { createHash } from "node:crypto";' },
  },
  "a Buffer in a pure room": {
    law: impurities,
    breach: { "protocol/codec/a.ts": "const b = Buffer.alloc(1);" },
    says: ["protocol/codec/a.ts:1 uses a Buffer: Buffer"],
    innocent: { "protocol/codec/a.ts": "const b = new Uint8Array(new ArrayBuffer(1)); // no Buffer" },
  },
  "the process in a pure room": {
    law: impurities,
    breach: { "errors/a.ts": "const e = process.env.A ?? globalThis.b;" },
    says: ["errors/a.ts:1 uses the process: process.", "errors/a.ts:1 uses the process: globalThis"],
    innocent: { "errors/a.ts": 'const e = "process.env";' },
  },
  "output in a pure room": {
    law: impurities,
    breach: { "emulator/happenings/a.ts": "console.log(1);" },
    says: ["emulator/happenings/a.ts:1 uses output: console."],
    innocent: { "emulator/ports/a.ts": "console.log(1);" },
  },
  "the network in a pure room": {
    law: impurities,
    breach: { "physics/a.ts": "const a = await fetch(url);" },
    says: ["physics/a.ts:1 uses the network: fetch("],
    innocent: { "physics/a.ts": "const a = prefetch(url);" },
  },
  "a module of the system in a pure room": {
    law: impurities,
    breach: { "kernels/plane-space.ts": 'import { readFile } from "node:fs/promises";' },
    says: ["kernels/plane-space.ts imports node:fs/promises"],
    innocent: { "kernels/wasm-instance.ts": 'import { readFile } from "node:fs/promises";' },
  },
};

const files = (tree: Tree): SourceFile[] => Object.entries(tree).map(([path, text]) => ({ path, text }));

describe("a law reports", () => {
  it.each(Object.entries(CASES))("%s, and nothing more", (_, { law, breach, says, innocent }) => {
    expect(law(files(breach))).toEqual(says);
    expect(law(files(innocent))).toEqual([]);
  });
});
