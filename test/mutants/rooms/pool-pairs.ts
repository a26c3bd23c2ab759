import type { Breach } from "../breach.ts";

const APART = ["controller/pool/sqlite/node-store.test.ts"];
const FORMER = ["test/integration/a-store-of-one-pair-becomes-one-of-many.test.ts"];

export const POOL_PAIRS: readonly Breach[] = [
  {
    id: "pool/pairs-issue",
    file: "controller/pool/sqlite/issue.ts",
    find: "WHERE pair = ? AND origin = ?",
    replace: "WHERE ? > 0 AND origin = ?",
    meaning: "an application gets the key of another pair of nodes",
    tests: APART,
  },
  {
    id: "pool/pairs-find",
    file: "controller/pool/sqlite/block-table.ts",
    find: '"SELECT * FROM block WHERE pair = ? AND block_id = ?"',
    replace: '"SELECT * FROM block WHERE ? > 0 AND block_id = ?"',
    meaning: "one neighbour's word destroys a block of another",
    tests: APART,
  },
  {
    id: "pool/pairs-notices",
    file: "controller/pool/sqlite/notices.ts",
    find: "FROM notice WHERE pair = ?",
    replace: "FROM notice WHERE ? > 0",
    meaning: "a neighbour is told of blocks of another",
    tests: APART,
  },
  {
    id: "pool/pairs-notices-heard",
    file: "controller/pool/sqlite/notices.ts",
    find: '"DELETE FROM notice WHERE number = ? AND pair = ?"',
    replace: '"DELETE FROM notice WHERE number = ? AND ? > 0"',
    meaning: "one neighbour answers what another was to be told",
    tests: APART,
  },
  {
    id: "pool/pairs-secret",
    file: "controller/pool/sqlite/link-secrets.ts",
    find: "known !== undefined && known.pair !== pair",
    replace: "false as boolean",
    meaning: "two links use the same pads",
    tests: APART,
  },
  {
    id: "pool/pairs-open-twice",
    file: "controller/pool/sqlite/sqlite-store.ts",
    find: "number !== null && this.#parts.has(number)",
    replace: "false as boolean",
    meaning: "a pair is open twice, under two anchors",
    tests: APART,
  },
  {
    id: "pool/pairs-every-anchor",
    file: "controller/pool/sqlite/sqlite-store.ts",
    find: "used.length > 0 ? used : parts.slice(0, 1)",
    replace: "parts.slice(0, 1)",
    meaning: "keys of one pair leave in a commit that only another's anchor covers",
    tests: APART,
  },
  {
    id: "pool/pairs-another-store",
    file: "controller/pool/sqlite/sqlite-store.ts",
    find: "exist && pairNumber(db, settings) === null && !manyPairs",
    replace: "false as boolean",
    meaning: "the store of another link is taken for one's own",
    tests: FORMER,
  },
  {
    id: "pool/pairs-former-anchor",
    file: "controller/pool/sqlite/pair-part.ts",
    find: "if (Anchor.read({ ...owner, path: former }) !== null) renameSync",
    replace: "renameSync",
    meaning: "a pair takes the anchor of another, which is then burnt as if it had none",
    tests: FORMER,
  },
  {
    id: "pool/pairs-numbers",
    file: "controller/pool/sqlite/migrate-single-pair.ts",
    find: "SET seq = max(seq,",
    replace: "SET seq = min(seq,",
    meaning: "numbers of rows that are gone are given again after the version changed",
    tests: FORMER,
  },
];
