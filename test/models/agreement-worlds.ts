import { freshWorld, type World } from "./agreement-world.ts";

const ONE = ["d1"] as const;

/** Small worlds, each searched to its end. */
export const WORLDS: Readonly<Record<string, World>> = {
  "one block, crash, loss": freshWorld(ONE, { crash: 1, loss: 1, void: 1, ask: 1 }),
  "one block, repeated and lost": freshWorld(ONE, { loss: 1, repeat: 1, void: 1, ask: 1 }),
  "one block, dropped by a source, asked for": freshWorld(ONE, { drop: 1, void: 1, ask: 2, crash: 1 }),
  "one block, whose source tells nothing": freshWorld(ONE, { ask: 2, repeat: 1, void: 1 }, true),
  "one block, keys that differ": freshWorld(ONE, { err: 1, loss: 1, ask: 1 }),
  "one block that grows old": freshWorld(ONE, { expire: 1, ask: 1 }),
  "one block, whose proposer's store goes back": freshWorld(ONE, { rollback: 1, ask: 1 }),
};

/** Larger ones, for a search that takes minutes. */
export const LARGE_WORLDS: Readonly<Record<string, World>> = {
  "one block that is damaged and forgotten": freshWorld(ONE, { damage: 1, forget: 1, ask: 1 }),
  "one block, all faults of the line": freshWorld(ONE, { crash: 1, loss: 1, repeat: 1, void: 1, ask: 2 }),
  "one block, two crashes": freshWorld(ONE, { crash: 2, loss: 1, void: 1, ask: 2, drop: 1 }),
  "one block, both grow old, crash, loss": freshWorld(ONE, {
    expire: 2,
    crash: 1,
    loss: 1,
    ask: 1,
    forget: 1,
  }),
  "one block that grows old and is forgotten": freshWorld(ONE, { expire: 2, loss: 1, ask: 1, forget: 2 }),
  "one block, damage, crash, loss": freshWorld(ONE, { damage: 1, crash: 1, loss: 1, ask: 2, forget: 1 }),
  "one block that grows old, loss": freshWorld(ONE, { expire: 1, ask: 1, loss: 1 }),
  "one block, whose proposer's store goes back, loss": freshWorld(ONE, { rollback: 1, ask: 2, loss: 1 }),
  "one block, whose proposer's store goes back, crash, repeat": freshWorld(ONE, {
    rollback: 1,
    ask: 1,
    crash: 1,
    repeat: 1,
  }),
  "two blocks": freshWorld(["d1", "d2"], { crash: 1, void: 1, ask: 1 }),
};
