import type { Breach } from "../breach.ts";

const WITNESS = ["controller/sources/witness/pad-witness.test.ts"];
const OPENING = ["test/models/opening-of-another-database.test.ts"];

/** Pads of which nothing tells how far they are used, and the word that brings them back. */
export const POOL_WITNESS: readonly Breach[] = [
  {
    id: "recovery/word-proof",
    file: "controller/sources/witness/pad-witness.ts",
    find: 'if (!wordHolds(link, site === "alice" ? "bob" : "alice", word))',
    replace: "if (false)",
    meaning: "a forged word makes a site use pads twice",
    tests: WITNESS,
  },
  {
    id: "recovery/word-nonce",
    file: "controller/sources/witness/pad-witness.ts",
    find: "if (!asked || !(await auth.witness()).heldBack) return;",
    replace: "if (!(await auth.witness()).heldBack) return;",
    meaning: "an old word, sent again, makes a site use pads twice",
    tests: WITNESS,
  },
  {
    id: "recovery/word-unsure",
    file: "controller/sources/witness/pad-witness.ts",
    find: "heldBack ? { nonce, sure: false, seen: 0, used: 0 }",
    replace: "false ? { nonce, sure: false, seen: 0, used: 0 }",
    meaning: "a site that has lost count tells the other how far its pads are used",
    tests: WITNESS,
  },
  {
    id: "recovery/word-speaker",
    file: "controller/sources/witness/pad-word.ts",
    find: "JSON.stringify([speaker, nonce,",
    replace: "JSON.stringify([nonce,",
    meaning: "a site's own word, sent back, is taken for the other's",
    tests: WITNESS,
  },
  {
    id: "recovery/word-offsets",
    file: "controller/sources/witness/pad-word.ts",
    find: "told.sure, told.seen, told.used]",
    replace: "told.sure]",
    meaning: "the offsets of a word can be changed on the way",
    tests: WITNESS,
  },
  {
    id: "recovery/word-recovery-waits",
    file: "controller/sources/recovery/reserve-recovery.ts",
    find: "if (!(await ready())) return;\n        if (policy",
    replace: "if (policy",
    meaning:
      "pads of an exchange come where the other site's word would have brought the pre-placed ones back",
    tests: ["controller/sources/recovery/reserve-recovery.test.ts"],
  },
  {
    id: "recovery/word-recovery-follows",
    file: "controller/sources/recovery/reserve-recovery.ts",
    find: "    if (!(await ready())) return;\n    if ((await auth.level())",
    replace: "    if ((await auth.level())",
    meaning: "a site that waits for the other's word follows a round of recovery",
    tests: ["controller/sources/recovery/reserve-recovery.test.ts"],
  },
  {
    id: "recovery/word-margin",
    file: "controller/pool/sqlite/auth-pads.ts",
    find: "const own = offset + PADS_UNDER_WAY_BYTES;",
    replace: "const own = offset;",
    meaning: "pads of messages that were under way are used again",
    tests: OPENING,
  },
  {
    id: "recovery/word-peer-used",
    file: "controller/pool/sqlite/auth-segments.ts",
    find: '    this.advance("peer", peer);\n',
    replace: "",
    meaning: "a site that was told how far the other's pads are used takes them a second time",
    tests: WITNESS,
  },
  {
    id: "recovery/word-anchor-holds",
    file: "controller/pool/sqlite/auth-segments.ts",
    find: "if (used.held) this.holdBack();",
    replace: "",
    meaning: "pads that were held back are given after the database went, too",
    tests: OPENING,
  },
  {
    id: "recovery/word-anchor-lets-go",
    file: "controller/pool/sqlite/auth-segments.ts",
    find: "this.#store.reach.note(padReach(this.#name, { held: false }));",
    replace: "",
    meaning: "the opening after the other site's word holds pads back again",
    tests: OPENING,
  },
  {
    id: "recovery/word-anchor-written",
    file: "controller/pool/anchor/decide.ts",
    find: " && (held ?? pad.held) === pad.held",
    replace: "",
    meaning: "the anchor does not learn that pads are held back, or no longer",
    tests: ["controller/pool/anchor/decide.test.ts"],
  },
  {
    id: "recovery/word-given-when-held",
    file: "controller/pool/anchor/anchor-record.ts",
    find: "own > 0 || peer > 0 || held",
    replace: "own > 0 || peer > 0",
    meaning: "a database that goes while its pads are held back is taken for a new one",
    tests: OPENING,
  },
];
