// Polynomial evaluation over GF(2^128) = GF(2)[x] / (x^128 + x^7 + x^2 + x + 1); bit i of a block is its coefficient
// of x^i. The key's products with every value of every nibble are tabled: 32 places, 16 values, 16 bytes each.

const TABLE: usize = 8192;

/** Fills the tables of the 16-byte key and, behind it, of its square. */
export function polynomialTables(key: usize, tables: usize): void {
  fillTable(v128.load(key), tables);
  fillTable(product(tables, v128.load(key)), tables + TABLE);
}

function fillTable(key: v128, table: usize): void {
  let low = <u64>i64x2.extract_lane(key, 0);
  let high = <u64>i64x2.extract_lane(key, 1);
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

/**
 * state = (state + block) * key for each of `blocks` 16-byte blocks. Each product waits for the one before; so every
 * other block goes into a sum of its own, in powers of the key's square, and two products are under way at once.
 */
export function polynomialBlocks(tables: usize, state: usize, message: usize, blocks: u32): void {
  let value = v128.load(state);
  if (blocks & 1) {
    value = product(tables, v128.xor(value, v128.load(message)));
    message += 16;
  }
  const end = message + ((<usize>blocks >> 1) << 5);
  if (message < end) {
    let even = v128.xor(value, v128.load(message));
    let odd = v128.load(message, 16);
    for (message += 32; message < end; message += 32) {
      even = v128.xor(product(tables + TABLE, even), v128.load(message));
      odd = v128.xor(product(tables + TABLE, odd), v128.load(message, 16));
    }
    value = product(tables, v128.xor(product(tables, even), odd));
  }
  v128.store(state, value);
}

/** Product of a value with the key whose table is given. */
@inline
function product(table: usize, value: v128): v128 {
  const low = <u64>i64x2.extract_lane(value, 0);
  const high = <u64>i64x2.extract_lane(value, 1);
  return v128.xor(halfProduct(table, low), halfProduct(table + 4096, high));
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
