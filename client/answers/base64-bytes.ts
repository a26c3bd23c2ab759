const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (const [value, letter] of [...ALPHABET].entries()) VALUES[letter.charCodeAt(0)] = value;

/**
 * The bytes of padded standard base64 (RFC 4648, section 4) in memory of their own; null for any other text, one whose
 * last letter holds bits beyond the last byte included.
 */
export function base64Bytes(text: string): Uint8Array | null {
  if (text.length === 0 || text.length % 4 !== 0) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const refuse = (): null => {
    bytes.fill(0);
    return null;
  };
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length - padding; index += 1) {
    const value = VALUES[text.charCodeAt(index)] ?? -1;
    if (value < 0) return refuse();
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : refuse();
}
