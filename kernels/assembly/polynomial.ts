// Polynomial evaluation over GF(2^128) = GF(2)[x] / (x^128 + x^7 + x^2 + x + 1); bit i of a block is its coefficient
// of x^i. The key's products with every value of every nibble are tabled: 32 places, 16 values, 16 bytes each.

/** Fills the 8192-byte table for the 16-byte key. */
export function polynomialTable(key: usize, table: usize): void {
  let low = load<u64>(key);
  let high = load<u64>(key, 8);
  for (let place = 0; place < 32; place++, table += 256) {
    v128.store(table, i64x2.splat(0));
    for (let bit = 0; bit < 4; bit++) {
      const power = i64x2.replace_lane(i64x2.splat(low), 1, high);
      const weight = 1 << bit;
      for (let value = 0; value < weight; value++)
        v128.store(table + ((weight + value) << 4), v128.xor(power, v128.load(table + (value << 4))));
      const carry = high >> 63;
      high = (high << 1) | (low >> 63);
      low = (low << 1) ^ (carry * 0x87);
    }
  }
}

/** state = (state + block) * key for each of `blocks` 16-byte blocks. */
export function polynomialBlocks(table: usize, state: usize, message: usize, blocks: u32): void {
  let value = v128.load(state);
  for (; blocks > 0; blocks--, message += 16) {
    value = v128.xor(value, v128.load(message));
    const low = <u64>i64x2.extract_lane(value, 0);
    const high = <u64>i64x2.extract_lane(value, 1);
    value = v128.xor(halfProduct(table, low), halfProduct(table + 4096, high));
  }
  v128.store(state, value);
}

/** Sum of the table's entries for the 16 nibbles of a word. */
@inline
function halfProduct(table: usize, word: u64): v128 {
  const a = <u32>word;
  const b = <u32>(word >> 32);
  return v128.xor(quarterProduct(table, a), quarterProduct(table + 2048, b));
}

@inline
function quarterProduct(table: usize, word: u32): v128 {
  const first = v128.xor(
    v128.load(table + ((word & 15) << 4)),
    v128.load(table + (word & 0xf0), 256),
  );
  const second = v128.xor(
    v128.load(table + ((word >> 4) & 0xf0), 512),
    v128.load(table + ((word >> 8) & 0xf0), 768),
  );
  const third = v128.xor(
    v128.load(table + ((word >> 12) & 0xf0), 1024),
    v128.load(table + ((word >> 16) & 0xf0), 1280),
  );
  const fourth = v128.xor(
    v128.load(table + ((word >> 20) & 0xf0), 1536),
    v128.load(table + ((word >> 24) & 0xf0), 1792),
  );
  return v128.xor(v128.xor(first, second), v128.xor(third, fourth));
}
