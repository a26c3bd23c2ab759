import type { Report } from "../report.ts";
import { type Say, sayIn } from "../texts/say.ts";
import { html, type Markup } from "./markup.ts";

/** What every page of the report needs. */
export interface PageContext {
  readonly report: Report;
  readonly say: Say;
  /** Why the report is a draft; empty for one that counts. */
  readonly draft: readonly string[];
  /** SHA-256 of report.json. */
  readonly sha256: string;
}

export function pageContext(report: Report, sha256: string, draft: readonly string[]): PageContext {
  return { report, sha256, draft, say: sayIn(report.language) };
}

/** A page with its head: what it shows, whose link, which report, and whether it is a draft. */
export function page(context: PageContext, title: string, body: Markup, cover = false): Markup {
  const { report, say, draft } = context;
  const isDraft = draft.length > 0;
  const word = say("draft");
  return html`<section class="page${cover ? " cover" : ""}${isDraft ? " draft" : ""}" data-draft="${word}"><header><b>${title}</b><span>${report.link.name}, ${say("fromTo", { alice: report.sites.alice, bob: report.sites.bob })}</span><span>${report.id}${isDraft ? html`<em>${word}</em>` : html``}</span></header>${body}</section>
`;
}
