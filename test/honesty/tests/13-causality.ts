import type { OpticsSetup } from "../../../emulator/index.ts";
import { AUDIT_POINTS, type AuditPoint } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";
import { receiverOnTheWire } from "./13-receiver-on-the-wire.ts";

/** What may change without Alice noticing. */
const ELSEWHERE: readonly (readonly [
  what: string,
  change: Partial<OpticsSetup> & { readonly linkChange?: object },
])[] = [
  ["other fibre seed", { streams: { channel: 9n, drift: 9n } }],
  ["other detector seed", { streams: { detectors: 9n } }],
  ["other seeds of Bob and Eve", { streams: { bob: 9n, eve: 9n, counts: 9n } }],
  [
    "another loss, dead time and afterpulse",
    { linkChange: { channelLossDb: 3, deadGates: 10, afterpulseProbability: 0.3 } },
  ],
  ["Eve at work", { controls: [{ type: "interceptResend", fraction: 0.5, basisBias: 0.5 }] }],
];

/** Nothing travels against the light: Alice's settings feel nothing of the rest, and Bob learns nothing of them early. */
export const causality: HonestyTest = {
  number: 13,
  title: "causality",
  catches: "settings drawn from the outcome, Alice's data reaching Bob's driver beside the light",
  limits: {
    settings: {
      statistic:
        "Alice's settings bit by bit over consecutive gates under changes elsewhere; and that her own seed does change them",
      alpha: 0,
      checks: 2 * (ELSEWHERE.length + 1),
    },
    receiver: {
      statistic:
        "Bob's raw-key frames hold his basis and bit alone; no run of Alice's planes among the bytes his device sent",
      alpha: 0,
      checks: 3,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const gates = context.sized({ fast: 10_000, full: 1_000_000 });
    for (const point of AUDIT_POINTS) {
      const base = await settingsOf(context, point, gates, {});
      for (const [what, change] of ELSEWHERE) {
        const other = await settingsOf(context, point, gates, change);
        const differing = difference(base, other);
        findings.push(
          exactly(
            "settings",
            `${point.name}, ${what}`,
            differing === 0,
            `${differing} of ${gates} gates differ`,
            "none",
          ),
        );
      }
      const own = difference(base, await settingsOf(context, point, gates, { streams: { alice: 9n } }));
      findings.push(
        exactly(
          "settings",
          `${point.name}, Alice's own seed`,
          own > gates / 10,
          `${own} of ${gates} gates differ`,
          "many",
        ),
      );
    }
    findings.push(...(await receiverOnTheWire(context, "receiver")));
    return { findings };
  },
};

async function settingsOf(
  context: HonestyContext,
  point: AuditPoint,
  gates: number,
  { linkChange, ...change }: Partial<OpticsSetup> & { readonly linkChange?: object },
): Promise<Uint8Array> {
  const optics = await context.openOptics({
    link: { ...point.link, ...linkChange },
    seed: context.seedFor(`causality ${point.name}`),
    truth: true,
    ...change,
  });
  const { truth, gateCount } = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: BigInt(gates) });
  const settings = new Uint8Array(Number(gateCount));
  for (let gate = 0; gate < settings.length; gate++) {
    const { basis, bit, intensity } = truth!.emitted(BigInt(gate));
    settings[gate] = basis | (bit << 1) | (intensity << 2);
  }
  return settings;
}

function difference(a: Uint8Array, b: Uint8Array): number {
  let differing = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) differing++;
  return differing;
}
