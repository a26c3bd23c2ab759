import { type LinkPlan, linkPlanMistakes } from "../../commissioning/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { Mistake } from "../../options/index.ts";
import type { Finding, Place, Remark } from "../config/finding.ts";
import { errorOfFinding } from "../config/read-site.ts";
import { readSiteDocument } from "../config/site-document.ts";
import { textOfFile } from "../config/text-of-file.ts";
import { planContradictions } from "./plan-contradictions.ts";

/** A plan file as it was read, and all that is wrong with it. */
export interface FibrePlanReading {
  readonly file: string;
  readonly text: string;
  /** In the order of the lines. */
  readonly findings: readonly Finding[];
  /** Null where something is wrong. */
  readonly plan: LinkPlan | null;
}

const MOST_FINDINGS = 200;

/**
 * Reads the plan of a link (YAML or JSON), the file of `plan --fibre` and of `commission --plan`.
 * @throws ConfigError QKD_CONFIG_UNREADABLE where the file is no text; mistakes in it are findings.
 */
export function readFibrePlan(file: string): FibrePlanReading {
  return parseFibrePlan(textOfFile(file, "a plan"), file);
}

/** The same from a text; never throws, whatever it holds. */
export function parseFibrePlan(text: string, file: string): FibrePlanReading {
  if (holdsNothing(text)) return { file, text, findings: [], plan: {} };
  const document = readSiteDocument(text, "fibre plan");
  const at = ({ level, code, field, message, remedy }: Remark, { line, column }: Place): Finding => ({
    file,
    line,
    column,
    level,
    code,
    field: field.join("."),
    message,
    remedy,
  });
  const wrong = (field: Remark["field"], message: string, remedy: string): Remark => ({
    level: "error",
    code: "QKD_CONFIG_INVALID",
    field,
    message,
    remedy,
  });
  if (document.value === undefined) {
    const findings = document.faults.map((fault) =>
      at(wrong([], fault.message, "correct the YAML or JSON"), fault),
    );
    return { file, text, findings, plan: null };
  }
  const mistakes = firstOf(linkPlanMistakes(document.value));
  const meant = new Set(
    mistakes.flatMap(({ path, meant }) => (meant === null ? [] : [[...path.slice(0, -1), meant].join(".")])),
  );
  const findings = mistakes
    // A member that is written wrong is not missing besides.
    .filter(({ of, path }) => of === "name" || !meant.has(path.join(".")))
    .map(({ path, of, message, remedy }) => at(wrong(path, message, remedy), document.placeOf(path, of)));
  if (findings.length === 0)
    for (const { field, message, remedy } of planContradictions(document.value as LinkPlan))
      findings.push(at(wrong(field, message, remedy), document.placeOf(field)));
  return {
    file,
    text,
    findings: findings.toSorted((a, b) => a.line - b.line || a.column - b.column),
    plan: findings.length === 0 ? (document.value as LinkPlan) : null,
  };
}

function firstOf(mistakes: Iterable<Mistake>): readonly Mistake[] {
  const first: Mistake[] = [];
  for (const mistake of mistakes) if (first.push(mistake) === MOST_FINDINGS) break;
  return first;
}

/** The plan, where nothing is wrong with it. ConfigError with the place of the first mistake, and how many follow. */
export function planOf({ file, plan, findings }: FibrePlanReading): LinkPlan {
  if (plan !== null) return plan;
  const [first, ...others] = findings as readonly [Finding, ...Finding[]];
  const told = errorOfFinding(first);
  if (others.length === 0) throw told;
  throw new ConfigError("QKD_CONFIG_INVALID", `${told.message}, and ${others.length} more`, {
    context: told.context,
    remedy: `${first.remedy}; \`qkdlink plan --fibre ${file}\` tells all`,
  });
}

/** A plan of comments alone says nothing, and nothing wrong. */
function holdsNothing(text: string): boolean {
  return text.split(/\r\n|\n|\r/).every((line) => /^\s*(#|$)/.test(line));
}
