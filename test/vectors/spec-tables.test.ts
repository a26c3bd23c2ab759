import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  ALARM_BITS,
  errorReply,
  HEADER_BYTES,
  INPUT_REGISTER_COUNT,
  MAX_PAYLOAD_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
} from "../../protocol/index.ts";
import { specText as formatted } from "./spec-examples.ts";
import { sectionsOf, unpadded } from "./spec-section.ts";
import {
  catalogTable,
  conditionTable,
  controlTables,
  errorCodeRows,
  fieldTable,
  messageSections,
  parameterTable,
  registerTable,
} from "./spec-tables.ts";

const section = sectionsOf(unpadded(formatted));

describe("the tables of the SPEC are those of the code", () => {
  it("catalogue", () => expect(section("### 6.1")).toContain(catalogTable()));

  it.each(messageSections().map((expected) => [expected.split("\n")[0] as string, expected]))(
    "%s",
    (heading, expected) => expect(section(heading).trim()).toBe(expected),
  );

  it("parameters", () => expect(section("## 7.")).toContain(parameterTable()));

  it("errors, and no others", () => {
    const text = section("## 8.");
    expect(text).toContain(fieldTable(errorReply.rows));
    const rows = text.split("\n").filter((line) => /^\| \d+ \|/.test(line));
    expect(rows).toHaveLength(errorCodeRows().length);
    for (const [index, row] of errorCodeRows().entries()) expect(rows[index]).toContain(row.slice(0, -1));
  });

  it("input registers", () => expect(section("### 9.2")).toContain(registerTable()));
  it("conditions", () => expect(section("### 9.4")).toContain(conditionTable()));

  it("coils, holding registers, identification", () => {
    const [coils, holding, identification] = controlTables() as [string, string, string];
    expect(section("### 9.5")).toContain(coils);
    expect(section("### 9.5")).toContain(holding);
    expect(section("### 9.6")).toContain(identification);
  });

  it("limits", () => {
    expect(section("### 3.5")).toContain(`at most ${MAX_PAYLOAD_BYTES.toLocaleString("en")} bytes`);
    expect(section("### 3.5")).toContain(`at most ${MAX_REQUEST_PAYLOAD_BYTES.toLocaleString("en")} bytes`);
    expect(section("### 3.1")).toContain(`The header is ${HEADER_BYTES} bytes`);
    expect(section("### 9.1")).toContain(`All ${INPUT_REGISTER_COUNT} input registers`);
    expect(section("### 9.4")).toContain(`discrete input ${ALARM_BITS} + `);
  });
});

describe("the code", () => {
  it("cites only sections that the SPEC has", () => {
    const root = new URL("../../", import.meta.url).pathname;
    const cited = globSync("{protocol,drivers,emulator,controller,cli}/**/*.ts", { cwd: root }).flatMap(
      (path) =>
        [...readFileSync(`${root}${path}`, "utf8").matchAll(/SPEC,? (?:section )?(\d+(?:\.\d+)?)/g)].map(
          (match) => [path, match[1] as string],
        ),
    );
    expect(cited.length).toBeGreaterThan(5);
    const headings = new Set([...formatted.matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map((match) => match[1]));
    expect(cited.filter(([, number]) => !headings.has(number))).toEqual([]);
  });
});
