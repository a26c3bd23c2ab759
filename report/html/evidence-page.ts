import type { Signer } from "../report.ts";
import { figure } from "./figures.ts";
import { html, type Markup } from "./markup.ts";
import { type PageContext, page } from "./page-context.ts";

/** What was not tested, every file with its hash, and the keys of those who sign. */
export function evidencePage(context: PageContext): Markup {
  const { report, say } = context;
  const body = html`${notTested(context)}${baseline(context)}${files(context)}${signers(context)}<p class="cap">${say("howToVerify")} <code>qkdlink report verify ${report.id}/</code></p>`;
  return page(context, say("evidence"), body);
}

function notTested({ report, say }: PageContext): Markup {
  const apart = [
    ...report.skipped.map(({ number, reason }) => say("skippedStep", { number, reason })),
    ...report.steps.flatMap((step) =>
      step.verdict === "notApplicable"
        ? [say("stepNotApplicable", { number: step.number, name: step.name, reason: step.reason ?? "" })]
        : step.checks
            .filter(({ verdict }) => verdict === "notApplicable")
            .map(({ name, reason }) =>
              say("stepNotApplicable", { number: step.number, name, reason: reason ?? "" }),
            ),
    ),
  ];
  return html`<h2>${say("notTested")}</h2>${apart.map((text) => html`<p>${text}</p>`)}<p>${say("alarmsNotTested", { untested: ranges(report.untestedAlarms) || say("none"), raised: ranges(report.raisedAlarms) || say("none") })}</p>`;
}

/** 5 to 8 as "5–8": lists of alarm bits are long. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const one of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && one <= last[1] + 1) last[1] = one;
    else runs.push([one, one]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

function baseline({ report, say }: PageContext): Markup {
  if (report.baseline === null) return html``;
  return html`<h2>${say("baseline")}</h2><p>${report.baseline.id} <code>${report.baseline.sha256}</code></p>`;
}

function files({ report, say, sha256 }: PageContext): Markup {
  const rows = report.raw.map(
    ({ file, rows: lines, bytes, sha256: hash }) =>
      html`<tr><td>${file}</td><td class="num">${lines === null ? "" : figure(lines)}</td><td class="num">${figure(bytes)}</td><td><code>${hash}</code></td></tr>`,
  );
  return html`<h2>${say("files")}</h2><table class="hash"><tr><th>${say("file")}</th><th class="num">${say("rows")}</th><th class="num">${say("bytes")}</th><th>SHA-256</th></tr><tr><td>report.json</td><td class="num"></td><td class="num"></td><td><code>${sha256}</code></td></tr>${rows}</table>`;
}

function signers({ report, say }: PageContext): Markup {
  const one = (role: Signer["role"]) => {
    const signer = report.signers.find((found) => found.role === role);
    const key =
      signer === undefined
        ? html`<span class="unsig">${say("notSigned")}</span>`
        : html`<code>${signer.publicKey}</code>`;
    return html`<tr><td>${say(role)}</td><td>${signer?.name ?? report[role]?.name ?? say("notNamed")}</td><td>${key}</td></tr>`;
  };
  const rows = report.witness === null ? [one("operator")] : [one("operator"), one("witness")];
  return html`<h2>${say("signatures")}</h2><table class="hash"><tr><th>${say("role")}</th><th>${say("name")}</th><th>${say("publicKey")}</th></tr>${rows}</table>`;
}
