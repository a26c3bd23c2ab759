// Reading ahead: the state of many frames does not fit a cache, and what a step needs next often hangs on what it has just
// read. Reading all lines beforehand, one independent of the other, waits for them once. The sum is kept so that no
// compiler takes the reads for useless; as it may stem from key bits, it is forgotten with them.

let sum: u64 = 0;

@inline
export function keepTouched(read: u64): void {
  sum ^= read;
}

export function forgetTouched(): void {
  sum = 0;
}

/** Reads the cache line at `at`; the results of several reads are added up and go to `keepTouched`. */
@inline
export function touch(at: usize): u64 {
  return load<u64>(at);
}
