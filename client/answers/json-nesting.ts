const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];

/** How deep objects and lists of a JSON text lie in each other, counted without reading it. */
export function jsonNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (OPEN.includes(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSE.includes(code)) depth -= 1;
  }
  return deepest;
}
