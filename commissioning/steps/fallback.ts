import { QkdError } from "../../errors/index.ts";
import { figure, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { waitUntil } from "../measuring/wait-until.ts";
import { SITE_NAME, type Sites } from "../sites/open-sites.ts";
import { lossOverCut, ofBlocks, type SeenLink, seenAfter, seenBefore } from "./light-over-cut.ts";
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
/** How often the stock is looked at anew while blocks from before the cut may still come. */
const LATE_BLOCKS_MS = 500;
/** The largest request of a store: the stock is used up in few. */
const LARGEST = { bits: 65_536, count: 64 };
const SMALLEST_BITS = 256;

async function run(context: StepContext): Promise<StepOutcome> {
  const { hands, judging, known, signal, table } = context;
  const sites = await context.sites();
  // Right after the start nothing is in stock, and post-quantum keys serve: the trial begins with key.
  await waitUntil(() => (isEngaged(sites) ? undefined : true), PATIENCE_MS, signal);
  const before = await seenBefore(context, sites, PATIENCE_MS);
  const outMs = performance.now();
  const alarm = whenRaised(context);
  if (!(await hands.do({ act: "fibreOut" }, 22)))
    return { judgements: [judging.unknown({ id: "cutAlarm", text: "check_cutAlarm" }, "why_noHands")] };
  const isOutMs = performance.now();
  try {
    const alarmS = await alarm.within(PATIENCE_MS);
    const { emptied, engaged } = await useUpUntilEngaged(sites, outMs, signal);
    const served = await serveOptedIn(sites);
    await hands.do({ act: "fibreIn" }, 22);
    const inMs = performance.now();
    const patienceMs = PATIENCE_MS + 3000 * (known.blockS ?? 10);
    const back = await waitUntil(() => firstKeyAfter(sites, inMs), patienceMs, signal);
    const after = back && (await seenAfter(context, sites, inMs, patienceMs));
    const change = lossOverCut(context, sites, before, after);
    const found: Found = {
      alarmS: alarmS === undefined ? undefined : Math.max(0, (alarmS - isOutMs) / 1000),
      engagedS:
        engaged === undefined ? undefined : Math.max(0, (engaged.steadyMs - Math.max(emptied, outMs)) / 1000),
      backS: back === undefined ? undefined : (back.steadyMs - inMs) / 1000,
      served,
      change,
    };
    table(
      "22-fallback",
      ["alarmS", "engagedS", "backS", "served", "refused", "lossChangeDb", "lossChangeU"],
      [
        [
          found.alarmS ?? null,
          found.engagedS ?? null,
          found.backS ?? null,
          served.served,
          served.refused,
          change?.value ?? null,
          change?.u ?? null,
        ],
      ],
    );
    table("22-light", SEEN_HEAD, [seenRow("before", before), seenRow("after", after)]);
    table(
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
  readonly change: Quantity | undefined;
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
    found.change === undefined
      ? judging.unknown({ id: "lossAfterRepair", text: "check_lossAfterRepair" }, "why_noReading")
      : judging.measured(
          { id: "lossAfterRepair", text: "check_lossAfterRepair" },
          found.change,
          { low: -LOSS_DB, high: LOSS_DB, reference: 0 },
          { origin: "T", text: "from_cut" },
          {
            find: "find_lossChanged",
            fix: "fix_lossChanged",
            values: { change: figure(found.change.value, 2) },
          },
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

/** Uses the stock up, again where blocks from before the cut still fill it, until post-quantum keys serve. */
async function useUpUntilEngaged(sites: Sites, outMs: number, signal: AbortSignal) {
  const engagedEvent = () => eventAfter(sites, "fallbackEngaged", outMs);
  const endMs = performance.now() + PATIENCE_MS;
  let emptied = await useUpStock(sites);
  let engaged = await waitUntil(engagedEvent, LATE_BLOCKS_MS, signal);
  while (engaged === undefined && performance.now() < endMs) {
    emptied = await useUpStock(sites);
    engaged = await waitUntil(engagedEvent, LATE_BLOCKS_MS, signal);
  }
  return { emptied, engaged };
}

/**
 * Takes the stock until none is left; gives when that was. Blocks from before the cut may still come meanwhile: each request
 * asks for as much as there is, since small ones would keep the link in the dark for minutes.
 */
async function useUpStock({ alice }: Sites): Promise<number> {
  for (let most = LARGEST.bits; most >= SMALLEST_BITS; ) {
    const { availableBits } = await alice.pool.status();
    const bits = Math.min(most, SMALLEST_BITS * Math.floor(availableBits / SMALLEST_BITS));
    if (bits === 0) break;
    const count = most < LARGEST.bits ? 1 : Math.min(LARGEST.count, Math.floor(availableBits / bits));
    try {
      for (const { key } of await alice.pool.takeMany({ bits, count, for: SITE_NAME })) key.wipe();
      most = LARGEST.bits;
    } catch (error) {
      if (!(error instanceof QkdError) || error.code !== "QKD_KEYSTORE_EXHAUSTED") throw error;
      most = Math.floor(most / 2);
    }
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

/** The first key that came out of light after the repair. Blocks from before the cut may still have been under way. */
function firstKeyAfter({ blocks, events }: Sites, inMs: number) {
  return events.find(
    (event) =>
      event.type === "keysAdded" &&
      event.origin === "qkd" &&
      event.steadyMs > inMs &&
      blocks.some(
        ({ blockId, collectedAtMs }) => blockId === event.blockId && collectedAtMs > ofBlocks(inMs),
      ),
  );
}

const SEEN_HEAD = ["when", "sent", "detected", "arrivalPs", "arrivalU", "laserDbm", "laserU"];

const seenRow = (when: string, seen: SeenLink | undefined) => [
  when,
  seen?.sent ?? null,
  seen?.detected ?? null,
  seen?.arrivalPs?.value ?? null,
  seen?.arrivalPs?.u ?? null,
  seen?.laserDbm?.value ?? null,
  seen?.laserDbm?.u ?? null,
];
