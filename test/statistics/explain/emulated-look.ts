import { type CollectedLook, LookCollector } from "../../../cli/index.ts";
import { openTransceiver } from "../../../drivers/index.ts";
import { type Happening, startEmulatedLink } from "../../../emulator/index.ts";
import { PARAMETERS } from "../../../protocol/index.ts";
import type { Brought } from "./brought-causes.ts";
import type { InstalledLink } from "./installed-link.ts";

/** One look at an emulated link. */
export interface LookOrder {
  readonly installed: InstalledLink;
  readonly seed: number;
  readonly lookS: number;
  readonly slices: number;
  readonly brought?: Brought;
  /** Drift beside the emulator's own, which every link has. */
  readonly drift?: {
    readonly link: Partial<InstalledLink["link"]>;
    readonly happenings: readonly Happening[];
  };
}

const LISTEN = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
const SLICES_PER_LOOK = 20;
/** Link time by hand moves in steps of this, s. */
const STEP_S = 0.1;

/**
 * Looks at an emulated link as `explain` does: frames and registers by a driver at each unit, over TCP and Modbus. The
 * emulator's usual drift is that of the seed, so looks of different seeds lie days apart.
 */
export async function emulatedLook(order: LookOrder): Promise<CollectedLook> {
  const { installed, seed, lookS, brought, drift } = order;
  const link = await startEmulatedLink({
    link: { ...installed.link, ...drift?.link, ...brought?.link },
    preset: installed.preset,
    seed,
    speed: "manual",
    soloAfterMs: Number.POSITIVE_INFINITY,
    listen: { alice: LISTEN, bob: LISTEN },
  });
  const { addresses } = link;
  const [alice, bob] = await Promise.all(
    [addresses.alice, addresses.bob].map((one) => openTransceiver(one.tcp!, { telemetry: one.modbusTcp! })),
  );
  try {
    const units = {
      alice: { device: alice!, telemetry: alice!.telemetry },
      bob: { device: bob!, telemetry: bob!.telemetry },
    };
    const { apply } = link.faults;
    await apply(installed.lit(installed.launchDbm));
    await apply({ event: "gateAlignment", ...installed.alignment });
    for (const happening of [...(drift?.happenings ?? []), ...(brought?.happenings ?? [])])
      await apply(happening);
    for (const [site, name, value] of brought?.settings ?? [])
      await units[site].device.setParameter(PARAMETERS[name].id, value);
    await link.advance(1000 * (brought?.afterS ?? 1));
    const collector = new LookCollector(units);
    await collector.start(detectionsPerFrame(installed, lookS));
    const steps = Math.min(order.slices, Math.max(1, Math.round(lookS / STEP_S)));
    for (let step = 0; step < steps; step++) {
      for (const happening of brought?.slices?.(Math.floor((step * SLICES_PER_LOOK) / steps)) ?? [])
        await apply(happening);
      await link.advance((1000 * lookS) / steps);
      await collector.read();
    }
    await arrived(collector, link.stats);
    await collector.stop();
    return collector.take();
  } finally {
    await Promise.all([alice!.close(), bob!.close()]);
    await link.stop();
  }
}

/** Frames so small that a look has several for each of its slices. */
function detectionsPerFrame({ link }: InstalledLink, lookS: number): number {
  const loss = 10 ** (-(link.channelLossDb + link.receiverLossDb) / 10);
  const clicks = link.clockHz * lookS * loss * link.detectorEfficiency[0] * link.intensities[0];
  return Math.max(256, Math.min(1 << 17, Math.round(clicks / 100)));
}

/** Waits until the frames that were made have come. */
async function arrived(collector: LookCollector, stats: () => { readonly frames: number }): Promise<void> {
  for (let wait = 0; wait < 500; wait++) {
    const { paired, unlike, alone } = collector.frames;
    if (paired + unlike + alone >= stats().frames - 1) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
