import { afterEach, describe, expect, it } from "vitest";
import type { Hands, HandsAct, LinkPlan } from "../../../commissioning/index.ts";
import type { Happening, Scenario } from "../../../emulator/index.ts";
import { CommissioningRig, QUIET_PLAN, type RigChange } from "./commissioning-rig.ts";

/** A fault, before which step it is brought or how long ahead of all, and the step that has to fail first with what it says to do. */
interface Row {
  readonly fault: string;
  readonly before?: number;
  readonly minutesAhead?: number;
  readonly happenings: readonly Happening[];
  readonly step: number;
  readonly remedy: RegExp;
  readonly plan?: LinkPlan;
  /** The only steps that are run; all but the slow look at temperatures where nothing is said. */
  readonly only?: readonly number[];
  /** A later step whose remedy names the fault, too. */
  readonly also?: { readonly step: number; readonly remedy: RegExp };
  readonly scenario?: Scenario;
  readonly launched?: RigChange["launched"];
  /** What is asked of hands and not done, though they say so. */
  readonly undone?: HandsAct["act"];
}

const fibre = { lengthKm: 22, attenuationDbPerKm: 0.2, kind: "buried" } as const;
const link = { preset: "yuan2018", clockHz: 1e8, duration: "10 min", timeline: [] } as const;

/** A link beside whose quantum channel others are lit. */
const SHARED: Scenario = {
  ...link,
  name: "shared",
  title: "A shared fibre",
  description: "Classical channels beside the quantum channel.",
  fibre,
  dwdm: {
    quantumWavelengthNm: 1550.116,
    filterBandwidthNm: 0.2,
    isolationDb: 130,
    channels: [{ name: "customer", itu: 44, direction: "forward", launchDbm: -25, lit: true }],
  },
};
const SHARED_PLAN: LinkPlan = {
  ...QUIET_PLAN,
  channels: [{ name: "customer", thz: 194.4, direction: "forward", launchDbm: -25, receiver: 1 }],
};

const ROWS: readonly Row[] = [
  {
    fault: "a loose plug",
    before: 2,
    happenings: [{ event: "bitFlips", site: "alice", port: "tcp", perByte: 0.002 }],
    step: 2,
    remedy: /plug and cable/,
  },
  {
    fault: "a line that answers slowly",
    before: 2,
    happenings: [{ event: "delay", site: "bob", port: "tcp", delay: "600 ms", for: "5 min" }],
    step: 2,
    remedy: /plug and cable/,
  },
  {
    fault: "a broken part",
    before: 3,
    happenings: [{ event: "deviceFault", site: "alice", text: "the modulator's driver is dead" }],
    step: 3,
    remedy: /log/,
  },
  {
    fault: "a cabinet that warms",
    // Housings follow the air within minutes; who comes to a cabinet comes to one that has warmed for a while.
    minutesAhead: 12,
    happenings: [{ event: "ambient", site: "bob", celsius: 38, over: "20 min" }],
    step: 5,
    remedy: /cooling of the cabinet/,
  },
  {
    fault: "stray light",
    before: 6,
    happenings: [{ event: "strayLight", perGate: 2e-4 }],
    step: 6,
    remedy: /Cap the receiver/,
  },
  {
    fault: "gates off the pulses",
    before: 8,
    happenings: [{ event: "gateAlignment", delayPs: 30, skewPs: 0 }],
    step: 8,
    remedy: /tune delay/,
  },
  {
    fault: "detectors' gates that lie apart",
    before: 8,
    happenings: [{ event: "gateAlignment", delayPs: 0, skewPs: 50 }],
    step: 8,
    remedy: /unequal gates/,
  },
  {
    fault: "dispersion",
    before: 8,
    happenings: [{ event: "dispersion", ps: 60 }],
    step: 8,
    remedy: /compensator/,
  },
  {
    fault: "lost visibility",
    before: 9,
    happenings: [{ event: "visibility", z: 0.93, x: 0.93 }],
    step: 9,
    remedy: /realign/,
  },
  {
    fault: "an eavesdropper who intercepts and resends",
    before: 9,
    happenings: [{ event: "interceptResend", fraction: 0.5, basisBias: 0.5 }],
    step: 9,
    remedy: /realign/,
  },
  {
    fault: "one noisy detector",
    before: 6,
    happenings: [{ event: "oneDetector", detector: 1, efficiency: 1, darkFactor: 4 }],
    step: 6,
    remedy: /detector 1/,
  },
  {
    fault: "a clock that slips",
    before: 7,
    happenings: [{ event: "clockSlip", gates: 3 }],
    step: 7,
    remedy: /coarse delay/,
  },
  {
    fault: "gates that drift",
    before: 8,
    happenings: [{ event: "gateDrift", ps: 30 }],
    step: 8,
    remedy: /tune delay/,
  },
  {
    fault: "a phase off its best",
    before: 9,
    happenings: [{ event: "phaseError", radian: 0.4 }],
    step: 9,
    remedy: /tune phase|realign/,
  },
  {
    fault: "an attenuator that lies",
    before: 10,
    happenings: [{ event: "attenuator", dbPerDb: 0.95 }],
    step: 10,
    remedy: /attenuator of Alice/,
  },
  {
    fault: "a soft bias supply",
    before: 10,
    happenings: [{ event: "biasSag", ohm: 8e6 }],
    step: 10,
    remedy: /bias supply|attenuator/,
  },
  {
    fault: "an eavesdropper who splits photon numbers",
    before: 11,
    happenings: [{ event: "photonSplitting", fraction: 0.3 }],
    step: 11,
    remedy: /split photon numbers/,
  },
  {
    fault: "more afterpulses",
    before: 13,
    happenings: [{ event: "afterpulse", factor: 2 }],
    step: 13,
    remedy: /dead time/,
  },
  {
    fault: "one detector that catches less",
    before: 11,
    happenings: [{ event: "oneDetector", detector: 0, efficiency: 0.85, darkFactor: 1 }],
    step: 14,
    remedy: /detector 0/,
  },
  {
    fault: "an aged laser",
    before: 11,
    happenings: [{ event: "age", relativePower: 0.8 }],
    step: 11,
    remedy: /aged laser/,
  },
  {
    fault: "a dirty connector",
    before: 11,
    happenings: [{ event: "dirt", connector: "bob-patch", lossDb: 3 }],
    step: 16,
    remedy: /clean and inspect/,
  },
  {
    fault: "a bend beyond what was measured by hand",
    before: 11,
    happenings: [{ event: "bend", lossDb: 1.2 }],
    step: 16,
    remedy: /measurement by hand/,
    plan: { ...QUIET_PLAN, measured: { oltsAToBDb: 5, oltsBToADb: 5 } },
  },
  {
    fault: "a modulator off its working point, whose vacuum pulses hold light",
    before: 11,
    happenings: [{ event: "extinction", volt: 1.5 }],
    // Decoys grow with the vacuum pulses, and are looked at before.
    step: 11,
    remedy: /modulator/,
    also: { step: 12, remedy: /tune modulator/ },
    only: [1, 6, 7, 11, 12, 13],
  },
  {
    fault: "a neighbour that is lit brighter than planned",
    happenings: [],
    launched: { from: 17, channel: "customer", dbm: 0 },
    step: 17,
    remedy: /launch power of customer/,
    scenario: SHARED,
    plan: SHARED_PLAN,
    only: [1, 6, 7, 17],
  },
  {
    fault: "a cut that nobody repairs",
    happenings: [],
    undone: "fibreIn",
    step: 22,
    remedy: /fibre is joined/,
    only: [1, 7, 20, 22],
  },
];

/** The minute that a housing is watched for is needed by its own row alone. */
function skippedBy({ step, only }: Row): readonly number[] {
  if (only === undefined) return step === 5 ? [] : [5];
  return Array.from({ length: 24 }, (_, index) => index + 1).filter((number) => !only.includes(number));
}

/** Hands that leave something undone. */
function handsOf(at: CommissioningRig, { plan, undone }: Row): Hands {
  const hands = at.hands((plan?.channels ?? []).map(({ name }) => name));
  return {
    async do(asked, step) {
      if (asked.act === undone) return true;
      return hands.do(asked, step);
    },
  };
}

let rig: CommissioningRig | undefined;
afterEach(() => rig?.stop());

describe("commissioning", () => {
  it.each(ROWS)("names step $step first under $fault", { timeout: 300_000 }, async (row) => {
    const isAhead = row.minutesAhead !== undefined;
    // Idle links pass their time at their speed, whatever the machine could.
    rig = await CommissioningRig.start({
      scenario: row.scenario ?? "quiet-metro",
      ...(isAhead ? { speed: 60 } : {}),
    });
    if (row.minutesAhead !== undefined) {
      for (const happening of row.happenings) await rig.link.faults.apply(happening);
      await rig.link.advance(60_000 * row.minutesAhead);
    }
    const { firstFailed, news } = await rig.run({
      before: row.before === undefined ? {} : { [row.before]: row.happenings },
      ...(row.also === undefined ? { untilFailed: true } : { until: row.also.step }),
      ...(row.launched === undefined ? {} : { launched: row.launched }),
      options: {
        skip: skippedBy(row),
        hands: handsOf(rig, row),
        ...(row.plan === undefined ? {} : { plan: row.plan }),
      },
    });
    const done = news.flatMap((one) =>
      one.type === "done" ? [[one.number, one.verdict, one.finding, one.reason].join(" ").trim()] : [],
    );
    expect([firstFailed?.number, done]).toEqual([row.step, done]);
    expect(firstFailed?.remedy).toMatch(row.remedy);
    const later = news.find((one) => one.type === "done" && one.number === row.also?.step);
    if (row.also !== undefined)
      expect(later).toMatchObject({ verdict: "fail", remedy: expect.stringMatching(row.also.remedy) });
  });

  it("names step 1 first where the units are no pair", { timeout: 120_000 }, async () => {
    rig = await CommissioningRig.start();
    const other = await CommissioningRig.start({ scenario: "quiet-metro", seed: 99 });
    try {
      const { firstFailed } = await rig.run({
        untilFailed: true,
        options: {
          bob: other.link.addresses.bob.tcp ?? "",
          bobTelemetry: other.link.addresses.bob.modbusTcp ?? "",
        },
      });
      expect(firstFailed).toMatchObject({ number: 1, remedy: expect.stringContaining("name the same link") });
    } finally {
      await other.stop();
    }
  });
});
