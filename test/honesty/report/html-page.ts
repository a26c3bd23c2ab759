import type { JudgedFinding, TestResult } from "../suite/run-test.ts";
import { escapeText } from "./escape-text.ts";
import { closestCall, type HonestyReport, probability } from "./honesty-report.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { svgFigure } from "./svg-figure.ts";

/** The run as one self-contained page. */
export function htmlPage(report: HonestyReport): string {
  const { passed, seed, scale, mutation, startedAt, seconds, falseAlarmBound, results } = report;
  const planted =
    mutation === null ? "" : ` The fault <b>${escapeText(mutation)}</b> was planted on purpose.`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Honesty of the emulated photons</title><style>${PAGE_STYLE}</style></head>
<body>
<h1>Honesty of the emulated photons</h1>
<p class="verdict ${passed ? "good" : "bad"}">${passed ? "Honest" : "Not honest"}: ${results.filter((result) => result.passed).length} of ${results.length} tests passed</p>
<p>${scale === "full" ? "Full" : "Fast"} mode, seed <code>${escapeText(seed)}</code>, started ${escapeText(startedAt)}, ${seconds.toFixed(0)} s.${planted}
All limits were declared before anything was sampled; over all seeds they accuse an honest emulator with probability ${falseAlarmBound.toExponential(2)} at most.</p>
<h2>Results</h2>
${results.map(testSection).join("\n")}
<h2>Plots</h2>
<div class="figures">
${results.flatMap(({ number, figures }) => figures.map((figure) => `<figure><h3>${number}. ${escapeText(figure.title)}</h3>\n${svgFigure(figure)}\n<figcaption>${escapeText(figure.caption)}</figcaption></figure>`)).join("\n")}
</div>
<h2>Declared limits</h2>
${declaredTable(report)}
</body>
</html>
`;
}

function testSection(result: TestResult): string {
  const mark = result.passed ? '<span class="good">passed</span>' : '<span class="bad">failed</span>';
  return `<details${result.passed ? "" : " open"}><summary><b>${result.number}. ${escapeText(result.title)}</b> ${mark}, ${result.findings.length} comparisons, ${escapeText(closestCall(result))}</summary>
<p class="catches">Catches: ${escapeText(result.catches)}.</p>
${result.problems.map((problem) => `<p class="bad">${escapeText(problem)}</p>`).join("")}
<table><tr><th>comparison</th><th>observed</th><th>expected</th><th class="number">p</th><th class="number">limit</th><th></th></tr>
${result.findings.map(findingRow).join("\n")}
</table></details>`;
}

function findingRow({ what, observed, expected, pValue, alpha, passed }: JudgedFinding): string {
  const cells = [what, observed, expected].map((text) => `<td>${escapeText(text)}</td>`).join("");
  const numbers = alpha === 0 ? ["exact", ""] : [probability(pValue), probability(alpha)];
  const verdict = passed ? '<td class="good">ok</td>' : '<td class="bad">FAIL</td>';
  return `<tr>${cells}${numbers.map((text) => `<td class="number">${text}</td>`).join("")}${verdict}</tr>`;
}

function declaredTable({ declared }: HonestyReport): string {
  const rows = declared.map(
    ({ number, title, statistic, alpha, checks, falseAlarm }) =>
      `<tr><td class="number">${number}</td><td>${escapeText(title)}</td><td>${escapeText(statistic)}</td><td class="number">${checks}</td><td class="number">${alpha === 0 ? "exact" : probability(alpha)}</td><td class="number">${alpha === 0 ? "0" : falseAlarm.toExponential(1)}</td></tr>`,
  );
  return `<table><tr><th class="number">test</th><th>title</th><th>statistic</th><th class="number">checks</th><th class="number">limit on p</th><th class="number">false alarm</th></tr>
${rows.join("\n")}
</table>`;
}
