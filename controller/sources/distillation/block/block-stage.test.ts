import { describe, expect, it } from "vitest";
import { type BlockEffect, type BlockInput, type BlockStage, blockStep } from "./block-stage.ts";

type Site = "alice" | "bob";
const SITES: readonly Site[] = ["alice", "bob"];

/** Every stage, where it has numbers also at their edges. */
const STAGES = {
  siftingFirst: { at: "sifting", frames: 3, sifted: 0 },
  siftingLast: { at: "sifting", frames: 3, sifted: 2 },
  sifted: { at: "sifted" },
  reconcilingFirst: { at: "reconciling", cohorts: 2, settled: 0 },
  reconcilingLast: { at: "reconciling", cohorts: 2, settled: 1 },
  reconciled: { at: "reconciled" },
  counted: { at: "counted" },
  seeding: { at: "seeding", seedBytes: 10, filledBytes: 4 },
  decidedKey: { at: "decided", key: true },
  decidedNone: { at: "decided", key: false },
  amplifying: { at: "amplifying", confirmed: false, amplified: false },
  amplifyingConfirmed: { at: "amplifying", confirmed: true, amplified: false },
  amplifyingAmplified: { at: "amplifying", confirmed: false, amplified: true },
  ended: { at: "ended" },
} as const satisfies Record<string, BlockStage>;

/** Every input, where it has numbers also those that do not fit. */
const INPUTS = {
  frameSifted: { type: "frameSifted" },
  reconcile: { type: "reconcile", cohorts: 2 },
  reconcileNothing: { type: "reconcile", cohorts: 0 },
  cohortSettled: { type: "cohortSettled" },
  oldest: { type: "oldest" },
  estimates: { type: "estimates" },
  decidedKey: { type: "decided", key: true, seedBytes: 10 },
  decidedNone: { type: "decided", key: false, seedBytes: 0 },
  seedPart: { type: "seed", offset: 4, bytes: 5 },
  seedRest: { type: "seed", offset: 4, bytes: 6 },
  seedEmpty: { type: "seed", offset: 4, bytes: 0 },
  seedEarly: { type: "seed", offset: 3, bytes: 1 },
  seedLate: { type: "seed", offset: 5, bytes: 1 },
  seedTooLong: { type: "seed", offset: 4, bytes: 7 },
  tag: { type: "tag" },
  amplified: { type: "amplified" },
  confirmed: { type: "confirmed" },
} as const satisfies Record<string, BlockInput>;

type StageName = keyof typeof STAGES;
type InputName = keyof typeof INPUTS;
type Allowed = readonly [StageName, InputName, BlockStage, readonly BlockEffect[]];

const BOTH: readonly Allowed[] = [
  ["siftingFirst", "frameSifted", { at: "sifting", frames: 3, sifted: 1 }, []],
  ["sifted", "reconcile", { at: "reconciling", cohorts: 2, settled: 0 }, []],
  ["sifted", "reconcileNothing", { at: "reconciled" }, []],
  ["reconcilingFirst", "cohortSettled", { at: "reconciling", cohorts: 2, settled: 1 }, []],
  ["reconcilingLast", "cohortSettled", { at: "reconciled" }, []],
  ["amplifying", "confirmed", { at: "amplifying", confirmed: true, amplified: false }, []],
  ["amplifying", "amplified", { at: "amplifying", confirmed: false, amplified: true }, []],
  ["amplifyingConfirmed", "amplified", { at: "ended" }, ["release"]],
  ["amplifyingAmplified", "confirmed", { at: "ended" }, ["release"]],
];

/** What may happen, and nothing else. */
const ALLOWED: Record<Site, readonly Allowed[]> = {
  alice: [
    ...BOTH,
    ["siftingLast", "frameSifted", { at: "sifted" }, []],
    ["reconciled", "estimates", { at: "reconciled" }, ["decide"]],
    ["reconciled", "decidedKey", { at: "decided", key: true }, []],
    ["reconciled", "decidedNone", { at: "decided", key: false }, []],
    ["decidedKey", "tag", { at: "amplifying", confirmed: false, amplified: false }, ["sendTag", "amplify"]],
    ["decidedNone", "tag", { at: "ended" }, ["sendTag", "abort"]],
  ],
  bob: [
    ...BOTH,
    ["siftingLast", "frameSifted", { at: "sifted" }, ["beginReconciliation"]],
    ["reconciled", "oldest", { at: "counted" }, ["sendEstimates"]],
    ["counted", "decidedKey", { at: "seeding", seedBytes: 10, filledBytes: 0 }, []],
    ["counted", "decidedNone", { at: "decided", key: false }, ["sendTag"]],
    ["seeding", "seedPart", { at: "seeding", seedBytes: 10, filledBytes: 9 }, []],
    ["seeding", "seedRest", { at: "decided", key: true }, ["sendTag"]],
    ["decidedKey", "tag", { at: "amplifying", confirmed: true, amplified: false }, ["sendDone", "amplify"]],
    ["decidedNone", "tag", { at: "ended" }, ["abort"]],
  ],
};

const STAGE_NAMES = Object.keys(STAGES) as StageName[];
const INPUT_NAMES = Object.keys(INPUTS) as InputName[];

describe.each(SITES)("a block at %s's site", (site) => {
  for (const stageName of STAGE_NAMES)
    it(`takes, when ${stageName}, what the table allows and refuses everything else`, () => {
      for (const inputName of INPUT_NAMES) {
        const stage = STAGES[stageName];
        const before = JSON.stringify(stage);
        const rule = ALLOWED[site].find(([at, on]) => at === stageName && on === inputName);
        const step = () => blockStep(site, stage, INPUTS[inputName]);
        if (rule === undefined)
          expect(step, inputName).toThrow(
            expect.objectContaining({
              code: "QKD_PEER_PROTOCOL",
              context: { stage: stage.at, input: INPUTS[inputName].type },
            }),
          );
        else expect(step(), inputName).toEqual([rule[2], rule[3]]);
        expect(JSON.stringify(stage)).toBe(before);
      }
    });

  /** A whole life: the effects of each input in turn, and the last stage. */
  const live = (inputs: readonly BlockInput[]) => {
    let stage: BlockStage = { at: "sifting", frames: 2, sifted: 0 };
    const effects: (readonly BlockEffect[])[] = [];
    for (const input of inputs) {
      const [next, now] = blockStep(site, stage, input);
      stage = next;
      effects.push(now);
    }
    return { stage, effects: effects.flat() };
  };

  const reconciled: readonly BlockInput[] = [
    { type: "frameSifted" },
    { type: "frameSifted" },
    { type: "reconcile", cohorts: 2 },
    { type: "cohortSettled" },
    { type: "cohortSettled" },
  ];

  it("lives to a key, whichever of hash and confirmation comes first", () => {
    const bob: readonly BlockInput[] = [
      ...reconciled,
      { type: "oldest" },
      { type: "decided", key: true, seedBytes: 6 },
      { type: "seed", offset: 0, bytes: 4 },
      { type: "seed", offset: 4, bytes: 2 },
      { type: "tag" },
      { type: "amplified" },
    ];
    const alice: readonly BlockInput[] = [
      ...reconciled,
      { type: "estimates" },
      { type: "decided", key: true, seedBytes: 0 },
      { type: "tag" },
    ];
    const ends = ["amplified", "confirmed"] as const;
    if (site === "bob")
      expect(live(bob)).toEqual({
        stage: { at: "ended" },
        effects: ["beginReconciliation", "sendEstimates", "sendTag", "sendDone", "amplify", "release"],
      });
    else
      for (const order of [ends, ends.toReversed()])
        expect(live([...alice, ...order.map((type) => ({ type }))])).toEqual({
          stage: { at: "ended" },
          effects: ["decide", "sendTag", "amplify", "release"],
        });
  });

  it("lives to its end without a key", () => {
    const none = { type: "decided", key: false, seedBytes: 0 } as const;
    const tag = { type: "tag" } as const;
    if (site === "bob")
      expect(live([...reconciled, { type: "oldest" }, none, tag])).toEqual({
        stage: { at: "ended" },
        effects: ["beginReconciliation", "sendEstimates", "sendTag", "abort"],
      });
    else
      expect(live([...reconciled, { type: "estimates" }, none, tag])).toEqual({
        stage: { at: "ended" },
        effects: ["decide", "sendTag", "abort"],
      });
  });
});
