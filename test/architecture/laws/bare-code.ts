const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const QUOTED = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/;
const TEMPLATE = /`(?:\\.|[^`\\])*`/;
/** A regular expression, told from a division by what stands before it. */
const EXPRESSION =
  /(?<=(?:^|[(=,:;!&|?{}[\n]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/;
const TOKENS = new RegExp([COMMENT, QUOTED, TEMPLATE, EXPRESSION].map(({ source }) => source).join("|"), "g");

/**
 * The text without what its comments, quoted strings and regular expressions say, every character where it was. Template
 * literals stay, because code stands in them.
 */
export function bareCode(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith("`")) return token;
    if (token.startsWith("/")) return token.replace(/[^\n]/g, " ");
    return `${token[0]}${" ".repeat(token.length - 2)}${token[0]}`;
  });
}

/** The code with a number in quotes for each of its strings, and what they say: a string never looks like code then. */
export function numberedStrings(text: string): {
  readonly code: string;
  readonly strings: readonly string[];
} {
  const strings: string[] = [];
  const code = text.replace(TOKENS, (token) => {
    if (token.startsWith("/") || (token.startsWith("`") && token.includes("${"))) return " ";
    strings.push(token.slice(1, -1));
    return `"${strings.length - 1}"`;
  });
  return { code, strings };
}

/** The number of the line, from 1, that holds the character at `index`. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
