const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/**
 * The text without what its comments and quoted strings say, every character where it was. Template literals stay,
 * because code stands in them.
 */
export function bareCode(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith("`")) return token;
    if (token.startsWith("/")) return token.replace(/[^\n]/g, " ");
    return `${token[0]}${" ".repeat(token.length - 2)}${token[0]}`;
  });
}

/** The number of the line, from 1, that holds the character at `index`. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
