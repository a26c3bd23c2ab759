import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ERROR_REMEDIES, errorClass, type QkdErrorCode } from "../../errors/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const errors = readFileSync(`${root}docs/ERRORS.md`, "utf8");

describe("the table of errors", () => {
  it("lists every error code with its class and remedy", () => {
    const listed = [...errors.matchAll(/^\| `(QKD_[A-Z0-9_]+)` \| (\w+) \| (.*) \|$/gm)].map((row) =>
      row.slice(1),
    );
    const known = Object.entries(ERROR_REMEDIES).map(([code, remedy]) => [
      code,
      errorClass(code as QkdErrorCode).name,
      remedy.replaceAll("|", "\\|"),
    ]);
    expect(listed).toEqual(known);
  });
});

describe("the documents", () => {
  const documents = globSync(["*.md", "{docs,protocol,drivers,emulator}/**/*.md"], { cwd: root });

  it("link only to files that are there", () => {
    const dead = documents.flatMap((document) => {
      const text = readFileSync(`${root}${document}`, "utf8");
      return [...text.matchAll(/\]\(([^)#:\s]+)[^)]*\)/g)]
        .map(([, path]) => path ?? "")
        .filter((path) => !existsSync(join(root, dirname(document), path)))
        .map((path) => `${document} links to ${path}`);
    });
    expect(dead).toEqual([]);
  });
});
