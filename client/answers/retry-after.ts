/** Longer rests are a server's mistake: nobody would ask it again. */
const LONGEST_MS = 3_600_000;

/** Milliseconds that a `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3); null for none. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(LONGEST_MS, Number(text) * 1000);
  const atMs = /^[A-Za-z]{3}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.min(LONGEST_MS, Math.max(0, atMs - nowMs));
}
