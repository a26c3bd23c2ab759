import { networkInterfaces } from "node:os";
import { BehaviorSubject, NEVER, of } from "rxjs";
import type { WatchOptions } from "../../controller/index.ts";
import { linkPreset } from "../../physics/index.ts";

/** An address by which this machine is reached as others reach it; undefined on one without a network. */
export const OUTSIDE = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;

/** A site and a unit that say nothing: who may look does not depend on what there is to see. */
export function silentSite(store: string): WatchOptions {
  const condition = { level: "up", reason: null, fallback: { engaged: false, reason: null } };
  const status = { availableBits: 0, peerBits: 0, capacityBits: 0 };
  return {
    linkId: "link",
    node: "a",
    peerNode: "b",
    store,
    distillation: {
      link: linkPreset("yuan2018").link,
      blockBits: 1e6,
      epsilonSecrecy: 1e-10,
      epsilonCorrectness: 1e-15,
      maxLeakFraction: 1,
    },
    failed: (error: Error) => {
      throw error;
    },
    site: {
      role: "bob",
      pool: { status: async () => status },
      events$: NEVER,
      state$: of(condition),
      blocks$: NEVER,
      peerState$: new BehaviorSubject({ state: "up", epoch: 1, error: null }),
      delivery: null,
      ledger: async () => ({}),
      storeFigures: async () => ({
        generation: 1,
        reserve: { own: 0, peer: 0 },
        commits: { counts: [], sumS: 0 },
      }),
    },
    transceiver: {
      identity: {
        role: "qrx",
        vendor: "v",
        model: "m",
        serial: "s",
        firmware: "f",
        clockHz: 1e9,
        linkId: "l",
      },
      rawKeys$: NEVER,
      health$: NEVER,
      alarms$: NEVER,
      state$: of("online"),
      alarmHistory: () => [],
      diagnostics: () => ({ frames: { missing: 0 } }),
    },
  } as unknown as WatchOptions;
}
