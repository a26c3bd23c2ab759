import { firstValueFrom, take, toArray } from "rxjs";
import { openTransceiver, type RawKeyFrame } from "../../../drivers/index.ts";
import { startEmulatedLink } from "../../../emulator/index.ts";
import { tapWire } from "../sampling/wire-tap.ts";
import { AUDIT_POINTS } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding } from "../suite/honesty-test.ts";

const FRAMES = 3;
const DETECTIONS = 4096;
const RUN_BYTES = 16;
const FIELDS = [
  "role",
  "sessionNumber",
  "frameId",
  "firstGate",
  "gateCount",
  "detections",
  "gateDigest",
  "planeBytes",
  "clicksPerDetector",
  "doubleClicks",
  "deadGates",
  "photocurrentNa",
];

/**
 * Runs an emulated link in audit mode behind a wire tap and looks at everything that Bob's driver got: from these bytes
 * alone he must learn nothing that Alice chose, before she speaks in sifting.
 */
export async function receiverOnTheWire(context: HonestyContext, limit: string): Promise<Finding[]> {
  const { alice, bob, wire } = await framesOfBothSites(context);
  const fields = new Set(bob.flatMap((frame) => Object.keys(frame)));
  const strange = [...fields].filter((field) => !FIELDS.includes(field));
  const planes = bob.every((frame) => frame.planes.length === 2 * frame.planeBytes);
  const [ofAlice, ofBob] = [runsFound(alice, wire), runsFound(bob, wire)];
  return [
    exactly(
      limit,
      "fields of Bob's frames",
      strange.length === 0 && planes,
      strange.join(", ") || "two planes, no more",
      "two planes, no more",
    ),
    exactly(
      limit,
      `runs of ${RUN_BYTES} bytes of Alice's planes on Bob's wire`,
      ofAlice.found === 0,
      `${ofAlice.found} of ${ofAlice.looked}`,
      "none",
    ),
    exactly(
      limit,
      "the same search for Bob's own planes",
      ofBob.found === ofBob.looked && ofBob.looked > 0,
      `${ofBob.found} of ${ofBob.looked}`,
      "all",
    ),
  ];
}

async function framesOfBothSites(context: HonestyContext) {
  const link = await startEmulatedLink({
    link: AUDIT_POINTS[1].link,
    lossDb: 5,
    seed: context.seedFor("receiver on the wire"),
    speed: "max",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
  const tap = await tapWire(link.addresses.bob.tcp!);
  const opened = await Promise.all([
    openTransceiver(link.addresses.alice.tcp!),
    openTransceiver(tap.address),
  ]);
  try {
    const frames = Promise.all(
      opened.map((device) => firstValueFrom(device.rawKeys$.pipe(take(FRAMES), toArray()))),
    );
    await Promise.all(
      opened.map((device) => device.start({ creditFrames: FRAMES, detectionsPerFrame: DETECTIONS })),
    );
    const [alice, bob] = (await frames) as [RawKeyFrame[], RawKeyFrame[]];
    return { alice, bob, wire: tap.fromDevice() };
  } finally {
    await Promise.all(opened.map((device) => device.close()));
    await tap.close();
    await link.stop();
  }
}

/** Looks for every aligned run of the planes in the bytes; runs of few different bytes say nothing and are passed over. */
function runsFound(frames: readonly RawKeyFrame[], wire: Buffer) {
  let looked = 0;
  let found = 0;
  for (const { planes } of frames)
    for (let at = 0; at + RUN_BYTES <= planes.length; at += RUN_BYTES) {
      const run = planes.subarray(at, at + RUN_BYTES);
      if (new Set(run).size < RUN_BYTES / 2) continue;
      looked++;
      if (wire.includes(Buffer.from(run))) found++;
    }
  return { looked, found };
}
