import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { sampleCheck, sampleReport, sampleStep } from "../testing/sample-report.ts";
import { readReport, reportText } from "./read-report.ts";
import { REPORT_SCHEMA } from "./report-shape.ts";

const validate = new Ajv.default({ strict: false }).compile(REPORT_SCHEMA);
const full = sampleReport({
  kpi: {
    durationS: 1,
    meanRateBps: 1,
    uptimeShare: 1,
    qberInLimitShare: 1,
    erroredSeconds: 0,
    severelyErroredSeconds: 0,
    downtimeS: 0,
  },
  raw: [{ file: "raw/a.csv", sha256: "0".repeat(64), bytes: 1, rows: null }],
  baseline: { id: "AR-1", sha256: "0".repeat(64) },
  steps: [
    {
      ...sampleStep(8, [
        sampleCheck("x", { value: 1, unit: "", u: 0, n: 1 }, { low: 0, high: 2, reference: 1 }),
      ]),
      settings: [
        { unit: "bob", name: "n", unitOfValue: "ps", found: "0", during: ["1"], left: "0", restored: true },
      ],
    },
  ],
});

type Tree = { [name: string]: unknown };

/** Every way to a member of a value. */
function paths(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => paths(member, [...at, name]))];
}

function changed(path: readonly string[], change: (parent: Tree, name: string) => void): unknown {
  const copy = structuredClone(full) as unknown as Tree;
  const parent = path.slice(0, -1).reduce<Tree>((tree, name) => tree[name] as Tree, copy);
  change(parent, path.at(-1) ?? "");
  return copy;
}

const isRead = (value: unknown): boolean => {
  try {
    readReport(JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
};

describe("report.json", () => {
  it("is read as it was written", () => {
    expect(readReport(reportText(full))).toEqual(full);
    expect(validate(full)).toBe(true);
  });

  it.each(paths(full).filter((path) => path.length > 0))(
    "is judged alike by its reader and by the shipped schema when %s %s %s is damaged",
    (...path) => {
      const way = path.filter((name) => name !== undefined);
      for (const damage of [
        changed(way, (parent, name) => {
          parent[name] = { unknown: true };
        }),
        changed(way, (parent, name) => {
          if (Array.isArray(parent)) parent.push({});
          else delete parent[name];
        }),
        changed([...way.slice(0, -1), "surplus"], (parent, name) => {
          if (Array.isArray(parent)) parent.push(Number.MAX_VALUE);
          else parent[name] = 1;
        }),
      ]) {
        expect(isRead(damage)).toBe(false);
        expect(validate(damage)).toBe(false);
      }
    },
  );

  it("with a way out of its folder is refused", () => {
    for (const file of ["../x", "raw/../../x", "/etc/passwd", "raw//x", "./x", ""])
      expect(isRead({ ...full, raw: [{ ...full.raw[0], file }] })).toBe(false);
  });

  it("that is no JSON is one error of this package", () => {
    expect(() => readReport("{")).toThrow(expect.objectContaining({ code: "QKD_REPORT_DAMAGED" }));
  });

  it("has its schema beside it for other tools", () => {
    const shipped = JSON.parse(readFileSync(new URL("./report.schema.json", import.meta.url), "utf8"));
    expect(shipped).toEqual(JSON.parse(JSON.stringify(REPORT_SCHEMA)));
  });
});
