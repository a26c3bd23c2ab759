/**
 * Fills the nibble tables of `count` twiddle factors, 128 bytes each: for nibble s = 0..3 of an element, 16 low bytes of
 * its products at 16 s, 16 high bytes at 64 + 16 s. Factor b is the sum of `basis` entries where b has ones; the first
 * 128 factors lie in GF(2^8), where the first 32 bytes serve for the low and the high byte alike.
 */
export function transformTables(basis: usize, tables: usize, count: u32): void {
  for (let at: usize = 0; at < 128; at += 16) v128.store(tables + at, i64x2.splat(0));
  for (let block: u32 = 1; block < count; block++) {
    const rest = tables + (<usize>(block & (block - 1)) << 7);
    const added = basis + (<usize>ctz<u32>(block) << 7);
    const out = tables + (<usize>block << 7);
    for (let at: usize = 0; at < 128; at += 16)
      v128.store(out + at, v128.xor(v128.load(rest + at), v128.load(added + at)));
  }
}
