import type { CheckReport, DoctorReport } from "../examine.ts";
import { clauseOf, summaryLine } from "./report-lines.ts";

const WORDS = { ok: "in order", finding: "finding", skipped: "skipped" } as const;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #d0d7de}
.finding td:first-child{color:#a40e26;font-weight:600}.skipped{color:#57606a}ul{margin:.2rem 0 0;padding-left:1.1rem}code{font-size:.9em}`;

/** A page of its own, without scripts and without anything from elsewhere. */
export function reportPage(report: DoctorReport, examinedAt: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Key delivery examined: ${escaped(report.url)}</title><style>${STYLE}</style></head><body>
<h1>${report.ok ? "Nothing was found" : "Findings"}</h1>
<p>${escaped(summaryLine(report))}</p>
<p>Examined ${escaped(examinedAt)} by ${escaped(report.standard)}.</p>
<table><thead><tr><th>result</th><th>check</th><th>what has to hold</th><th>where it stands</th></tr></thead><tbody>
${report.checks.map(row).join("\n")}
</tbody></table></body></html>
`;
}

function row(one: CheckReport): string {
  const said = one.reason === null ? one.findings : [one.reason];
  const list =
    said.length === 0 ? "" : `<ul>${said.map((text) => `<li>${escaped(text)}</li>`).join("")}</ul>`;
  return `<tr class="${one.verdict}"><td>${WORDS[one.verdict]}</td><td><code>${escaped(one.check)}</code></td><td>${escaped(one.rule)}${list}</td><td>${escaped(clauseOf(one))}</td></tr>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
