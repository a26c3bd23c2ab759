import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

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
  });

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

  it("holds no test, and nothing of who made it", () => {
    const strays = [...files].filter((path) =>
      /\.test\.|node_modules|\.qkdlink|\.(key|pem|kek|secret|db)$/.test(path),
    );
    expect(strays).toEqual([]);
  });
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
    for (const entry of [".", "./controller"]) {
      const file = JSON.stringify(join(ROOT, exports[entry]?.default ?? ""));
      const { stdout } = run(
        "-e",
        `import(${file}).catch((error) => console.log(error.code + " " + error.message))`,
      );
      expect(stdout).toMatch(/^QKD_USAGE /);
      expect(stdout).toMatch(SENTENCE);
    }
  });
});
