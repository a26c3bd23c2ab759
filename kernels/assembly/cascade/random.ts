/** xoshiro128** on four words in memory; the same sequence as kernels/xoshiro.ts. */
@unmanaged
export class Random {
  a: u32;
  b: u32;
  c: u32;
  d: u32;

  next(): u32 {
    const result = rotl<u32>(this.b * 5, 7) * 9;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotl<u32>(this.d, 11);
    return result;
  }
}

/** Seeds the generator at `at` from 32 bytes. */
export function seedRandom(at: usize, seed: usize): void {
  const random = changetype<Random>(at);
  random.a = load<u32>(seed) ^ rotl<u32>(load<u32>(seed, 16), 7);
  random.b = load<u32>(seed, 4) ^ rotl<u32>(load<u32>(seed, 20), 14);
  random.c = load<u32>(seed, 8) ^ rotl<u32>(load<u32>(seed, 24), 21);
  random.d = load<u32>(seed, 12) ^ rotl<u32>(load<u32>(seed, 28), 28) ^ 0x9e3779b9;
  if ((random.a | random.b | random.c | random.d) == 0) random.a = 1;
  for (let i = 0; i < 16; i++) random.next();
}
