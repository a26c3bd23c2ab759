import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLAUSE_TESTS, NO_DUTY } from "./spec-clauses.ts";

const WALKED = /^(?:2|3(?:\.\d+)?|4\.6|5\.[45]|6\.34|7|8|9(?:\.\d+)?|10)$/;

/** Every sentence outside of tables in the sections that are walked. */
const sentences = readFileSync("protocol/SPEC.md", "utf8")
  .split(/^(?=##+ )/m)
  .filter((section) => WALKED.test(/^##+ ([\d.]*\d)/.exec(section)?.[1] ?? ""))
  .flatMap((section) => section.split("\n").slice(1))
  .filter((line) => line !== "" && !line.startsWith("|"))
  .flatMap((line) => line.split(/(?<=[.:])\s+(?=[A-Z`0-9])/));

describe("the clauses of the SPEC", () => {
  it("each have their test, or are known to bind no device", () => {
    const known = [...CLAUSE_TESTS.map(({ clause }) => clause), ...NO_DUTY];
    const unknown = sentences.filter((sentence) => !known.some((clause) => sentence.startsWith(clause)));
    expect(unknown).toEqual([]);
    expect(known.filter((clause) => !sentences.some((sentence) => sentence.startsWith(clause)))).toEqual([]);
  });

  it("are tried by tests of these titles", () => {
    const missing = CLAUSE_TESTS.filter(
      ({ file, title }) => !readFileSync(file, "utf8").includes(`"${title}"`),
    );
    expect(missing).toEqual([]);
  });
});
