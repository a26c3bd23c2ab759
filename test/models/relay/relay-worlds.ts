import { freshWorld, type World } from "./relay-world.ts";

const ONE = ["b1"] as const;

/** Small worlds, each searched to its end. */
export const WORLDS: Readonly<Record<string, World>> = {
  "one block, 2 crashes": freshWorld(ONE, { crash: 2, timeout: 1, ask: 1 }),
  "one block, crash, loss, repeat": freshWorld(ONE, { crash: 1, loss: 1, repeat: 1, timeout: 1, ask: 1 }),
  "one block, refusal, repeat, expiry": freshWorld(ONE, {
    repeat: 1,
    refuse: 1,
    timeout: 1,
    ask: 1,
    expire: 1,
    crash: 1,
  }),
  "one block of two shares, corruption, crash": freshWorld(["b2"], {
    crash: 1,
    corrupt: 1,
    timeout: 1,
    ask: 1,
  }),
  "two blocks one way, crash, delivery": freshWorld(["b1", "b3"], { crash: 1, delivery: 1 }),
  "one distilled block, all faults": freshWorld(
    [],
    { crash: 1, loss: 1, repeat: 2, timeout: 1, ask: 2 },
    { distilled: ["d1"], blind: true },
  ),
  "two origins over the same links": freshWorld(["b1", "b4"], { crash: 1 }),
  "two relays in a row, crash, loss, refusal": freshWorld(["b5"], {
    crash: 1,
    loss: 1,
    refuse: 1,
    timeout: 1,
    ask: 1,
  }),
  "two relays in a row and a direct share, corruption": freshWorld(["b6"], {
    corrupt: 1,
    timeout: 1,
    ask: 1,
  }),
  "one block, changed on the line": freshWorld(ONE, { spoil: 1, repeat: 1, timeout: 1, ask: 1 }),
  "a relay that knows the tail and lies": freshWorld(ONE, { lie: 2, timeout: 1, ask: 1 }),
  "a relay that knows one share of two and lies": freshWorld(["b2"], {
    lie: 1,
    corrupt: 1,
    timeout: 1,
    ask: 1,
  }),
};

/** A world for random walks: seven blocks, and every fault. */
export const LARGE: World = freshWorld(
  ["b1", "b2", "b3", "b4", "b5", "b6"],
  {
    crash: 4,
    loss: 3,
    repeat: 4,
    corrupt: 1,
    spoil: 1,
    refuse: 2,
    timeout: 3,
    ask: 6,
    expire: 1,
    delivery: 2,
    lie: 2,
  },
  { distilled: ["d1", "d2"] },
);
