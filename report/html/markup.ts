/** Markup that may stand in the page as it is. Everything else is text and gets escaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly (Markup | string)[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);

/** Joins a template to markup; every value that is not markup itself is escaped, so that no name in a report can act. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return {
    markup: parts.reduce((all, part, index) => `${all}${shown(values[index - 1] ?? "")}${part}`),
  };
}

function shown(value: Part): string {
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  if ("markup" in value) return value.markup;
  return value.map(shown).join("");
}
