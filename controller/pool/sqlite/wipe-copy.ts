/**
 * Zeroes all bytes of a call's arguments, which are this thread's own copy. A view may be part of a larger copy that holds
 * key, too: a block without its tail comes with the tail behind it.
 */
export function wipeCopy(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Uint8Array) new Uint8Array(value.buffer).fill(0);
  else for (const name in value) wipeCopy((value as Record<string, unknown>)[name]);
}
