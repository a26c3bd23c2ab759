import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkSite, findingLine, readSite } from "../../cli/index.ts";
import { folder, GOOD, place } from "./check-trial.ts";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const LINE = /^[^\n]+:\d+:\d+ (error|warning) QKD_[A-Z_]+ [^\n]+ - [^\n]+$/;
const DOCUMENT = readFileSync(new URL("../../docs/CONFIGURATION.md", import.meta.url), "utf8");
const YAML = /```yaml\n([\s\S]*?)```/.exec(DOCUMENT)?.[1] ?? "";
const JSON_TEXT = JSON.stringify(GOOD, null, 1);

/** Numbers from 0 to below 1 that repeat. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "&a ",
  "*a",
  "!!binary ",
  "- ",
  "\n",
  "\t",
  '"',
  "'",
  "#",
  "|",
  ">",
  "%",
  "\0",
  "\u2028",
  "é",
  "1e999",
  "-0",
  ".nan",
  "~",
  "<<: *a",
  "__proto__: {x: 1}",
  "constructor: 1",
  "? ",
  "---\n",
  "0x7fffffffffffffff",
];

function damaged(text: string, seed: number): Buffer {
  const next = numbers(seed);
  let bytes = Buffer.from(text);
  const at = () => Math.floor(next() * bytes.length);
  for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
    const kind = Math.floor(next() * 6);
    const [a, b] = [at(), at()].toSorted((x, y) => x - y) as [number, number];
    const piece = PIECES[Math.floor(next() * PIECES.length)] ?? "";
    if (kind === 0) bytes[a] = (bytes[a] ?? 0) ^ (1 << Math.floor(next() * 8));
    else if (kind === 1) bytes = bytes.subarray(0, a);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, a), Buffer.from(piece), bytes.subarray(a)]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, a), bytes.subarray(b)]);
    else if (kind === 4)
      bytes = Buffer.concat([bytes.subarray(0, b), bytes.subarray(a, b), bytes.subarray(b)]);
    else bytes = Buffer.concat([bytes.subarray(0, a), Buffer.from(piece), bytes.subarray(b)]);
    if (bytes.length === 0) break;
  }
  return bytes;
}

const HARD: Readonly<Record<string, string | Uint8Array>> = {
  "nothing at all": "",
  "a list": "- a",
  "a number": "5",
  "no UTF-8": Buffer.from([0x73, 0xff, 0xfe, 0x00]),
  "too much": "a: 1\n".repeat(300_000),
  "ten thousand brackets": "a: ".concat("[".repeat(10_000)),
  "ten thousand objects": '{"a":'.repeat(10_000),
  "aliases that unfold without end": `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(",")}]`).join("\n")}`,
  "an alias to itself": "site: &a [*a]",
  "an unknown alias": "site: *nobody",
  "the same name twice": "site: alice\nsite: bob",
  "several documents": "site: alice\n---\nsite: bob",
  "a name that is an object": "? {a: 1}\n: alice",
  "a name of the language": '{"__proto__":{"site":"alice"},"constructor":1,"toString":2}',
  "an unknown tag": "site: !!js/function alice",
  "names without end": JSON.stringify(
    Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`n${i}`, i])),
  ),
  "entries without end": JSON.stringify({
    ...GOOD,
    saes: Array(600).fill({ id: "a", identity: { commonName: "x" } }),
  }),
  "a name with colours and a line of its own": '{"a\\nb\\u001b[31m": 1}',
  "a very long name": JSON.stringify({ ["x".repeat(100_000)]: 1 }),
};

/** Every line that is told has its form, and no stack, no matter what stands in the file. */
async function told(name: string, content: string | Uint8Array): Promise<string[]> {
  writeFileSync(place(name), content);
  const lines = (await checkSite(place(name), { network: false })).map(findingLine);
  for (const line of lines) expect(line).toMatch(LINE);
  return lines;
}

describe("a check of a damaged file", () => {
  it.each(Object.keys(HARD))("of %s tells in lines what is wrong", async (name) => {
    expect((await told("hard.yaml", HARD[name] ?? "")).length).toBeGreaterThan(0);
  });

  it("says so where it is no text, and shows control characters as what they are", async () => {
    expect(await told("hard.yaml", HARD["no UTF-8"] ?? "")).toEqual([
      expect.stringContaining("is no text in UTF-8"),
    ]);
    expect(await told("hard.yaml", HARD["a name with colours and a line of its own"] ?? "")).toContainEqual(
      expect.stringContaining("a\\nb\\u001b[31m is not a known field"),
    );
  });

  it.each([
    ["YAML", YAML],
    ["JSON", JSON_TEXT],
  ])("of damaged %s never fails by itself", async (_, text) => {
    let faulty = 0;
    for (let seed = 1; seed <= 250; seed++) {
      const { findings } = readSite(damaged(text, seed).toString("latin1"), "site.yaml");
      for (const finding of findings) expect(findingLine(finding)).toMatch(LINE);
      if (findings.some(({ level }) => level === "error")) faulty++;
    }
    // The damage is real: hardly any of it goes by.
    expect(faulty).toBeGreaterThan(125);
  });

  it.each([
    ["YAML", YAML],
    ["JSON", JSON_TEXT],
  ])("of damaged %s looks at what is left", async (_, text) => {
    for (let seed = 2001; seed <= 2040; seed++) await told("damaged.yaml", damaged(text, seed));
  });

  it("ends the program with 1, lines on standard output and nothing else", () => {
    mkdirSync(place("folder.yaml"), { recursive: true });
    for (const name of ["ten thousand brackets", "an alias to itself"]) {
      writeFileSync(place("hard.yaml"), HARD[name] ?? "");
      const run = spawnSync(process.execPath, [MAIN, "check", "--config", place("hard.yaml")], {
        encoding: "utf8",
      });
      expect([run.status, run.stderr]).toEqual([1, ""]);
      for (const line of run.stdout.trimEnd().split("\n")) expect(line).toMatch(LINE);
    }
    for (const name of [place("folder.yaml"), "/dev/zero"]) {
      const run = spawnSync(process.execPath, [MAIN, "check", "--config", name, "--json"], {
        encoding: "utf8",
      });
      expect([run.status, run.stderr]).toEqual([1, ""]);
      expect(JSON.parse(run.stdout)).toMatchObject({
        ok: false,
        mistakes: [{ file: name, line: 1 }],
        warnings: [],
      });
    }
    expect(folder).toContain("qkdlink");
  }, 120_000);

  it("tells the first of them with its line where the site itself would start", () => {
    writeFileSync(place("bad.json"), JSON_TEXT.replace('"lossDb"', '"losDb"'));
    writeFileSync(place("gone.json"), JSON_TEXT.replace('"secretFile": "secret"', '"secretFile": "gone"'));
    writeFileSync(place("list.json"), JSON_TEXT.replace('"crl": "ca.crl"', '"crl": "ca.pem"'));
    for (const [name, code, status, said] of [
      ["bad.json", "QKD_CONFIG_INVALID", 2, `:18:3: link.losDb is not a known field. Remedy: write lossDb.`],
      ["gone.json", "QKD_KEYSTORE_UNREADABLE", 1, ":14:17: the file"],
      ["list.json", "QKD_CONFIG_INVALID", 2, ":13:10: peer.crl ("],
    ] as const) {
      const run = spawnSync(process.execPath, [MAIN, "control", "--config", place(name)], {
        encoding: "utf8",
      });
      expect([run.status, run.stdout]).toEqual([status, ""]);
      expect(run.stderr).toContain(`${code}: ${place(name)}${said}`);
    }
  }, 120_000);
});
