import { createHash } from "node:crypto";
import type { FrameTruth, Happening, OpticsControl } from "../../../emulator/index.ts";
import { type LinkParameters, linkPreset } from "../../../physics/index.ts";
import { DriverLink } from "../sampling/users/driver-link.ts";
import type { UserFrame } from "../sampling/users/user-frame.ts";
import { AUDIT_POINTS } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";

interface Setup {
  readonly what: string;
  readonly link: LinkParameters;
  readonly controls: readonly OpticsControl[];
  readonly happenings: readonly Happening[];
}

/** Links that together use every part of the sampler, each change in the words of the optics and of a running link. */
const SETUPS: readonly Setup[] = [
  {
    what: "T12 with afterpulses and dead time",
    link: { ...AUDIT_POINTS[0].link, deadGates: 3 },
    controls: [],
    happenings: [],
  },
  {
    what: "bright, with jitter, pattern effect and Eve",
    link: { ...linkPreset("yuan2018").link, channelLossDb: 1 },
    controls: [
      { type: "intensityJitter", relative: 0.2 },
      { type: "patternEffect", relative: [0, 0.3, -0.2] },
      { type: "interceptResend", fraction: 0.2, basisBias: 0.7 },
    ],
    happenings: [
      { event: "intensityJitter", relative: 0.2 },
      { event: "patternEffect", relative: [0, 0.3, -0.2] },
      { event: "interceptResend", fraction: 0.2, basisBias: 0.7 },
    ],
  },
  {
    what: "photons split, dead time per detector",
    link: { ...linkPreset("yuan2018").link, channelLossDb: 3, afterpulseProbability: 0.2 },
    controls: [
      { type: "photonSplitting", fraction: 0.3 },
      { type: "deadTime", gates: 20, perDetector: true },
    ],
    happenings: [
      { event: "photonSplitting", fraction: 0.3 },
      { event: "deadTime", gates: 20, perDetector: true },
    ],
  },
];
const DETECTIONS = 2048;

/** Tap of truth, kernel and drivers show the same light to the last bit, so that what is true of one is true of all. */
export const oneLight: HonestyTest = {
  number: 23,
  title: "one light on every path",
  catches:
    "an honest light for the tap of truth, another one for users; frames changed on their way; digests of other gates",
  limits: {
    kernel: {
      statistic: "frames of the kernel against those made under the tap of truth",
      alpha: 0,
      checks: SETUPS.length,
    },
    drivers: {
      statistic: "frames at the drivers against those of the kernel",
      alpha: 0,
      checks: SETUPS.length,
    },
    digest: {
      statistic: "digest of each frame against the gates that the tap saw click",
      alpha: 0,
      checks: SETUPS.length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const count = context.sized({ fast: 3, full: 20 });
    for (const setup of SETUPS) {
      const { kernel, tapped, digests } = await inProcess(context, setup, count);
      const drivers = await atDrivers(context, setup, count);
      const same = (limit: string, one: readonly UserFrame[], other: readonly UserFrame[]) => {
        const equal = one.filter((frame, index) => told(frame) === told(other[index]!)).length;
        return exactly(limit, `${setup.what}, ${count} frames`, equal === count, `${equal} equal`, "all");
      };
      findings.push(
        same("kernel", kernel, tapped),
        same("drivers", drivers, kernel),
        exactly("digest", setup.what, digests === count, `${digests} right`, "all"),
      );
    }
    return { findings };
  },
};

const seedOf = (context: HonestyContext, { what }: Setup) => context.seedFor(`one light ${what}`);

async function inProcess(context: HonestyContext, setup: Setup, count: number) {
  const { link, controls } = setup;
  const limits = { maxDetections: DETECTIONS, maxGates: BigInt(link.clockHz) / 4n };
  const options = { link, seed: seedOf(context, setup) };
  const untapped = await context.openOptics(options);
  const tap = await context.openOptics({ ...options, truth: true });
  // One after the other, as a running link is told: each change draws anew what lies ahead.
  for (const control of controls) for (const optics of [untapped, tap]) optics.control(control);
  const frames = Array.from(
    { length: count },
    () => [untapped.nextFrame(limits), tap.nextFrame(limits)] as const,
  );
  const digests = frames.filter(
    ([frame, { truth }]) => digestOf(frame, truth!) === hex(frame.gateDigest),
  ).length;
  return { kernel: frames.map(([frame]) => frame), tapped: frames.map(([, frame]) => frame), digests };
}

async function atDrivers(context: HonestyContext, setup: Setup, count: number): Promise<UserFrame[]> {
  const drivers = await DriverLink.open({ link: setup.link, seed: seedOf(context, setup) });
  try {
    for (const happening of setup.happenings) await drivers.apply(happening);
    await drivers.start(DETECTIONS);
    const frames: UserFrame[] = [];
    while (frames.length < count) frames.push(await drivers.next());
    return frames;
  } finally {
    await drivers.close();
  }
}

/** All that users learn of a frame, as text. */
function told({ firstGate, gateCount, detections, gateDigest, qtx, qrx }: UserFrame): string {
  const planes = [qtx.basis, qtx.bit, qtx.intensityLow, qtx.intensityHigh, qrx.basis, qrx.bit].map(hex);
  const { clicksPerDetector, doubleClicks, deadGates, photocurrentNa } = qrx;
  return JSON.stringify([
    [firstGate, gateCount].map(String),
    [detections, hex(gateDigest), qtx.sent, planes],
    [clicksPerDetector, doubleClicks, deadGates, photocurrentNa],
  ]);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Digest as the wire format defines it, over the gates that really clicked. */
function digestOf({ firstGate }: UserFrame, { gates }: FrameTruth): string {
  const hash = createHash("sha256");
  let before = firstGate;
  for (const { gate, clicked } of gates) {
    if (!clicked[0] && !clicked[1]) continue;
    let gap = Number(gate - before);
    before = gate;
    const bytes: number[] = [];
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128);
    hash.update(Uint8Array.from([...bytes, gap]));
  }
  return hash.digest("hex");
}
