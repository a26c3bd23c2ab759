import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ERROR_REMEDIES, errorClass, type QkdErrorCode } from "../../errors/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

describe("the README", () => {
  it("lists every error code with its class and remedy", () => {
    const listed = [...readme.matchAll(/^\| `(QKD_[A-Z0-9_]+)` \| (\w+) \| (.*) \|$/gm)].map((row) =>
      row.slice(1),
    );
    const known = Object.entries(ERROR_REMEDIES).map(([code, remedy]) => [
      code,
      errorClass(code as QkdErrorCode).name,
      remedy.replaceAll("|", "\\|"),
    ]);
    expect(listed).toEqual(known);
  });

  it("links only to files that are there", () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
    expect(links.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});
