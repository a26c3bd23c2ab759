import { QkdError } from "../../errors/index.ts";
import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { waitUntil } from "../measuring/wait-until.ts";
import { SITE_NAME, type Sites } from "../sites/open-sites.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/**
 * Step 22: what happens when the fibre is taken out and put back: alarm, post-quantum keys once the stock is used up, key
 * again, and the loss that it had before. The stock is used up by asking, as it would be by applications.
 */
export const fallback: Step = {
  id: "fallback",
  number: 22,
  name: "step_fallback",
  needs: [20],
  withSites: true,
  run,
};

const ALARM_S = 2;
const ENGAGED_S = 5;
const BACK_S = 15;
const LOSS_DB = 0.2;
/** Alarm of a receiver that sees no light. */
const LOSS_OF_SIGNAL = 48;
const PATIENCE_MS = 60_000;
/** The largest request of a store: the stock is used up in few. */
const LARGEST = { bits: 65_536, count: 64 };

async function run(context: StepContext): Promise<StepOutcome> {
  const { hands, judging, known, signal, table } = context;
  const sites = await context.sites();
  const before = gainOfBlocks(sites, 0);
  // Right after the start nothing is in stock, and post-quantum keys serve: the trial begins with key.
  await waitUntil(() => (isEngaged(sites) ? undefined : true), PATIENCE_MS, signal);
  const outMs = performance.now();
  const alarm = whenRaised(context);
  if (!(await hands.do({ act: "fibreOut" }, 22)))
    return { judgements: [judging.unknown({ id: "cutAlarm", text: "check_cutAlarm" }, "why_noHands")] };
  const isOutMs = performance.now();
  try {
    const alarmS = await alarm.within(PATIENCE_MS);
    const emptied = await useUpStock(sites);
    const engaged = await waitUntil(() => eventAfter(sites, "fallbackEngaged", outMs), PATIENCE_MS, signal);
    const served = await serveOptedIn(sites);
    const blocksBefore = sites.blocks.length;
    await hands.do({ act: "fibreIn" }, 22);
    const inMs = performance.now();
    const back = await waitUntil(
      () =>
        sites.events.find(
          (event) => event.type === "keysAdded" && event.origin === "qkd" && event.steadyMs > inMs,
        ),
      PATIENCE_MS + 3000 * (known.blockS ?? 10),
      signal,
    );
    await waitUntil(() => gainOfBlocks(sites, blocksBefore + 1), PATIENCE_MS, signal);
    const found: Found = {
      alarmS: alarmS === undefined ? undefined : Math.max(0, (alarmS - isOutMs) / 1000),
      engagedS:
        engaged === undefined ? undefined : Math.max(0, (engaged.steadyMs - Math.max(emptied, outMs)) / 1000),
      backS: back === undefined ? undefined : (back.steadyMs - inMs) / 1000,
      served,
      changeDb: changeDb(before, gainOfBlocks(sites, blocksBefore + 1)),
    };
    table(
      "22-fallback",
      ["alarmS", "engagedS", "backS", "served", "refused", "lossChangeDb"],
      [
        [
          found.alarmS ?? null,
          found.engagedS ?? null,
          found.backS ?? null,
          served.served,
          served.refused,
          found.changeDb ?? null,
        ],
      ],
    );
    context.table(
      "22-events",
      ["afterCutS", "site", "event", "reason"],
      sites.events.map((event) => [
        (event.steadyMs - isOutMs) / 1000,
        event.site,
        event.type,
        "reason" in event ? event.reason : "",
      ]),
    );
    return { judgements: judge(context, found) };
  } finally {
    alarm.stop();
  }
}

interface Found {
  readonly alarmS: number | undefined;
  readonly engagedS: number | undefined;
  readonly backS: number | undefined;
  readonly served: { readonly served: number; readonly refused: number };
  readonly changeDb: number | undefined;
}

function judge({ judging, known }: StepContext, found: Found): Judgement[] {
  const source = { origin: "O", text: "from_cut" } as const;
  const within = (
    name: Parameters<typeof judging.measured>[0],
    value: number | undefined,
    high: number,
    problem: NonNullable<Judgement["problem"]>,
  ): Judgement =>
    judging.measured(
      name,
      { value: value ?? PATIENCE_MS / 1000, unit: "s", u: 0.05, n: 1 },
      { high, reference: 0 },
      source,
      problem,
    );
  return [
    within({ id: "cutAlarm", text: "check_cutAlarm" }, found.alarmS, ALARM_S, {
      find: "find_noCutAlarm",
      fix: "fix_noCutAlarm",
      values: { seconds: ALARM_S },
    }),
    within({ id: "fallbackAfterCut", text: "check_fallbackAfterCut" }, found.engagedS, ENGAGED_S, {
      find: "find_noFallback",
      fix: "fix_noFallback",
    }),
    judging.none(
      { id: "keysServedInCut", text: "check_keysServedInCut" },
      found.served.refused,
      found.served.served + found.served.refused,
      source,
      { find: "find_notServed", fix: "fix_noFallback" },
    ),
    within(
      { id: "backAfterRepair", text: "check_backAfterRepair" },
      found.backS,
      BACK_S + 2 * (known.blockS ?? 5),
      {
        find: "find_notBack",
        fix: "fix_notBack",
      },
    ),
    found.changeDb === undefined
      ? judging.unknown({ id: "lossAfterRepair", text: "check_lossAfterRepair" }, "why_noReading")
      : judging.measured(
          { id: "lossAfterRepair", text: "check_lossAfterRepair" },
          { value: found.changeDb, unit: "dB", u: 0.01, n: 1 },
          { low: -LOSS_DB, high: LOSS_DB, reference: 0 },
          { origin: "T", text: "from_cut" },
          { find: "find_lossChanged", fix: "fix_lossChanged", values: { change: figure(found.changeDb, 2) } },
        ),
  ];
}

/** When Bob's alarm of lost light comes, by our steady clock. */
function whenRaised({ bob, signal }: StepContext) {
  let raisedMs: number | undefined;
  const subscription = bob.device.alarms$.subscribe((alarm) => {
    if (alarm.code === LOSS_OF_SIGNAL && alarm.raised) raisedMs ??= performance.now();
  });
  return {
    within: (ms: number) => waitUntil(() => raisedMs, ms, signal),
    stop: () => subscription.unsubscribe(),
  };
}

/** Takes the stock until the store refuses; gives when that was. */
async function useUpStock({ alice }: Sites): Promise<number> {
  let { bits, count } = LARGEST;
  while (bits >= 256)
    try {
      for (const { key } of await alice.pool.takeMany({ bits, count, for: SITE_NAME })) key.wipe();
    } catch (error) {
      if (!(error instanceof QkdError) || error.code !== "QKD_KEYSTORE_EXHAUSTED") throw error;
      if (count > 1) count = Math.floor(count / 2);
      else bits /= 2;
    }
  return performance.now();
}

/** Asks for keys as an application that takes post-quantum ones, too. */
async function serveOptedIn({ alice }: Sites): Promise<Found["served"]> {
  let [served, refused] = [0, 0];
  for (let times = 0; times < 20; times++)
    try {
      const { key } = await alice.pool.take({ bits: 256, for: SITE_NAME, allowPqc: true });
      key.wipe();
      served += 1;
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      refused += 1;
    }
  return { served, refused };
}

/** Whether post-quantum keys serve at Alice's site, by the last that it said. */
function isEngaged({ events }: Sites): boolean {
  const last = events.findLast(
    ({ site, type }) => site === "alice" && (type === "fallbackEngaged" || type === "fallbackCleared"),
  );
  return last?.type === "fallbackEngaged";
}

const eventAfter = (sites: Sites, type: string, afterMs: number) =>
  sites.events.find((event) => event.site === "alice" && event.type === type && event.steadyMs > afterMs);

/** Sifted signal detections for each signal pulse over the blocks from an index on; undefined without a block. */
function gainOfBlocks({ blocks }: Sites, from: number): number | undefined {
  const good = blocks.slice(from).filter(({ aborted }) => aborted === null);
  const sum = (of: (block: (typeof good)[number]) => number) =>
    good.reduce((total, block) => total + of(block), 0);
  const sent = sum(({ counts }) => counts.sent[0] ?? 0);
  return sent === 0 ? undefined : sum(({ counts }) => counts.sifted[0] ?? 0) / sent;
}

const changeDb = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : 10 * Math.log10(before / after);
