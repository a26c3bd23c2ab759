import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { isStale } from "../../scripts/index.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { exports, bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
};

/** The oldest Node.js of this machine that is too old for the package; null where there is none. */
function oldNode(): string | null {
  const folders = [
    "/usr/bin",
    "/usr/local/bin",
    "/opt/node20/bin",
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return (
    folders
      .map((folder) => join(folder, "node"))
      .find((node) => {
        const told = existsSync(node) ? spawnSync(node, ["--version"], { encoding: "utf8" }).stdout : "";
        const major = Number(/^v(\d+)\./.exec(told ?? "")?.[1]);
        return major >= 18 && major < 24;
      }) ?? null
  );
}

describe("the tarball", () => {
  let files: ReadonlySet<string>;
  beforeAll(() => {
    const told = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [pack] = JSON.parse(told) as { readonly files: readonly { readonly path: string }[] }[];
    files = new Set(pack?.files.map(({ path }) => path));
  }, 60_000);

  it("holds every entry point, and the documents with all that they link to", () => {
    const entries = [
      ...Object.values(exports).flatMap((entry) => [entry.types, entry.default]),
      ...Object.values(bin),
    ];
    expect(entries.map((path) => normalize(path)).filter((path) => !files.has(path))).toEqual([]);
    const documents = [...files].filter((path) => path.endsWith(".md"));
    expect(documents).toEqual(expect.arrayContaining(["README.md", "docs/COMMANDS.md", "docs/ERRORS.md"]));
    const dead = documents.flatMap((document) =>
      [...readFileSync(join(ROOT, document), "utf8").matchAll(/\]\(([^)#:\s]+)[^)]*\)/g)]
        .map(([, path = ""]) => join(dirname(document), path))
        .filter((path) => !files.has(path))
        .map((path) => `${document} links to ${path}`),
    );
    expect(dead).toEqual([]);
  });

  it("holds nothing that earlier sources left behind", () => {
    const built = [...files]
      .filter((path) => path.startsWith("dist/"))
      .map((path) => path.slice("dist/".length));
    expect(built.length).toBeGreaterThan(1000);
    expect(built.filter((path) => isStale(path, (source) => existsSync(join(ROOT, source))))).toEqual([]);
  });

  it("holds no test, and nothing of who made it", () => {
    const strays = [...files].filter((path) =>
      /\.test\.|node_modules|\.qkdlink|\.(key|pem|kek|secret|db)$/.test(path),
    );
    expect(strays).toEqual([]);
  });
});

describe("the declarations", () => {
  const REFERENCE = '/// <reference types="node" preserve="true" />';
  const textOf = (...path: string[]) => readFileSync(join(...path), "utf8");

  it.each(Object.keys(exports).filter((entry) => ![".", "./protocol", "./physics"].includes(entry)))(
    "of %s bring the types of Node.js that they speak of",
    (entry) => {
      const path = join(ROOT, exports[entry]?.types ?? "");
      const [, needed = ""] = /^import "(.*need-node)\.ts";$/m.exec(textOf(path)) ?? [];
      expect(textOf(dirname(path), `${needed}.d.ts`)).toContain(REFERENCE);
    },
  );

  it("are whole for a program that names no types of its own", () => {
    // Inside the package, so that `qkdlink/...` means this package.
    mkdirSync(join(ROOT, ".qkdlink"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, ".qkdlink", "types-"));
    const program = join(folder, "program.mts");
    writeFileSync(program, 'import * as all from "qkdlink/drivers";\nexport type All = typeof all;\n');
    const settings = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const told = spawnSync(process.execPath, [compiler, ...settings, program], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(told).toMatchObject({ status: 0, stdout: "" });
  }, 60_000);
});

describe.skipIf(oldNode() === null)("an older Node.js", () => {
  const run = (...args: string[]) => spawnSync(oldNode() ?? "", args, { encoding: "utf8", cwd: ROOT });
  const SENTENCE = /this is Node\.js \d+\.\d+\.\d+, and qkdlink needs 24 or later/;

  it.each(["plan", "emulate", "control --config x", "--help", "nonsense"])(
    "is told in one line by `qkdlink %s` that it is too old",
    (command) => {
      const { status, stdout, stderr } = run("dist/cli/main.js", ...command.split(" "));
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^QKD_USAGE: [^\n]+\n$/);
      expect(stderr).toMatch(SENTENCE);
    },
  );

  it("is told the same as JSON, and by the library", () => {
    expect(JSON.parse(run("dist/cli/main.js", "plan", "--json").stderr).error).toMatchObject({
      code: "QKD_USAGE",
      message: expect.stringMatching(SENTENCE),
    });
  });

  /** Entry points that are arithmetic alone. */
  const ANYWHERE = ["./protocol", "./physics"];
  const fileOf = (entry: string) => JSON.stringify(pathToFileURL(join(ROOT, exports[entry]?.default ?? "")));

  const REFUSING = Object.keys(exports).filter((entry) => !ANYWHERE.includes(entry));

  it.each(REFUSING)("is told the same by the entry point %s in one line", (entry) => {
    const { status, stdout, stderr } = run("--input-type=module", "-e", `import ${fileOf(entry)}`);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^QKD_USAGE: [^\n]+\n$/);
    expect(stderr).toMatch(SENTENCE);
  });

  it("is told the same by every entry point as an error that can be caught", () => {
    const tell = "(error) => console.log(error.code + ' ' + error.message)";
    const program = REFUSING.map((entry) => `await import(${fileOf(entry)}).catch(${tell});`).join("\n");
    const { status, stdout, stderr } = run("--input-type=module", "-e", program);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(REFUSING.length);
    for (const line of lines) {
      expect(line).toMatch(/^QKD_USAGE /);
      expect(line).toMatch(SENTENCE);
    }
  });

  it("computes by protocol and physics what this one computes", () => {
    const program = `
      import * as protocol from ${fileOf("./protocol")};
      import * as physics from ${fileOf("./physics")};
      import { createHash } from "node:crypto";
      const plain = (_, value) => (typeof value === "bigint" ? String(value) : value);
      const rates = Object.keys(physics.LINK_PRESETS).map((name) => {
        const { link } = physics.linkPreset(name);
        return physics.predictLink({ ...link, channelLossDb: 8 });
      });
      const codecs = [
        ...Object.values(protocol.COMMANDS).flatMap(({ request, reply }) => [request, reply]),
        ...Object.values(protocol.EVENTS).map(({ event }) => event),
      ];
      const bytes = codecs.flatMap((codec) =>
        codec.samples.map((sample) => codec.encode(codec.decode(codec.encode(sample)))),
      );
      const frame = protocol.encodeFrame({ kind: "request", repeat: false, opcode: 1, sequence: 1 }, bytes[0]);
      const digest = createHash("sha256").update(Buffer.concat([...bytes, frame])).digest("hex");
      console.log(JSON.stringify({ rates, codecs: codecs.length, messages: bytes.length, digest }, plain));`;
    const own = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    const old = run("--input-type=module", "-e", program);
    expect([own.stderr, old.stderr]).toEqual(["", ""]);
    // Engines round the last digit of exponentials each in its own way.
    const rounded = (stdout: string): unknown =>
      JSON.parse(stdout, (_, value) => (typeof value === "number" ? Number(value.toPrecision(8)) : value));
    expect(rounded(old.stdout)).toEqual(rounded(own.stdout));
    expect(rounded(own.stdout)).toMatchObject({
      rates: { length: 6 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});
