import { sentenceOf } from "../html/limits-shown.ts";
import type { Check, Report, StepResult } from "../report.ts";
import { sayIn } from "../texts/say.ts";

/**
 * The report as JUnit XML, for systems that gather test results: a test case for each check, `fail` and `unknown` as
 * failures, what does not apply as skipped.
 */
export function junitText(report: Report): string {
  const suites = report.steps.map((step) => suiteOf(report, step));
  const count = (what: string) => suites.reduce((sum, suite) => sum + suite.split(`<${what} `).length - 1, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${escaped(`commissioning of ${report.link.name}`)}" tests="${count("testcase")}" failures="${count("failure")}" skipped="${count("skipped")}">
${suites.join("")}</testsuites>
`;
}

function suiteOf(report: Report, step: StepResult): string {
  const name = `${String(step.number).padStart(2, "0")} ${step.name}`;
  const cases =
    step.checks.length === 0
      ? [caseOf(name, step.name, step.verdict, step.reason ?? step.finding ?? "")]
      : step.checks.map((check) => caseOf(name, check.name, check.verdict, textOf(report, step, check)));
  return `<testsuite name="${escaped(name)}" tests="${cases.length}" timestamp="${step.startedUtc.slice(0, 19)}" time="${step.durationS.toFixed(3)}">
${cases.join("")}</testsuite>
`;
}

function textOf(report: Report, step: StepResult, check: Check): string {
  const say = sayIn(report.language);
  return [sentenceOf(check, say), check.reason, step.finding, step.remedy]
    .filter((text) => text !== null)
    .join(" ");
}

function caseOf(suite: string, name: string, verdict: StepResult["verdict"], text: string): string {
  const answer =
    verdict === "fail" || verdict === "unknown"
      ? `<failure type="${verdict}" message="${escaped(text)}"/>`
      : verdict === "notApplicable"
        ? `<skipped message="${escaped(text)}"/>`
        : `<system-out>${escaped(`${verdict}: ${text}`)}</system-out>`;
  return `<testcase classname="${escaped(suite)}" name="${escaped(name)}">${answer}</testcase>
`;
}

/** XML 1.0 has no place for most control characters, escaped or not. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (one) => ("\n\r\t".includes(one) ? one : "\ufffd"))
    .replace(/[&<>"\n\r\t]/g, (one) => `&#${one.charCodeAt(0)};`);
