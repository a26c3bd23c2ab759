// The optics' own thread: photons never hold up the ports.
import { parentPort, workerData } from "node:worker_threads";
import { QkdError } from "../../errors/index.ts";
import { createOptics } from "../optics/create-optics.ts";
import type { Optics } from "../optics/optics.ts";
import type { OpticsAnswer, OpticsOrder, OpticsWorkerData } from "./optics-messages.ts";
import { pairFrame } from "./pair-frame.ts";

const { link, seed, truth } = workerData as OpticsWorkerData;
// Orders are answered strictly in order: each waits for the one before.
let previous: Promise<void> = Promise.resolve();
const key = createOptics({ link, seed, truth });
const probe = createOptics({ link, seed: (seed ^ 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn });

parentPort?.on("message", (order: OpticsOrder) => {
  previous = previous.then(() => carryOut(order));
});

async function carryOut(order: OpticsOrder): Promise<void> {
  try {
    const [keyOptics, probeOptics] = await Promise.all([key, probe]);
    if (order.type === "control") {
      keyOptics.control(order.change);
      probeOptics.control(order.change);
      answer({ id: order.id, type: "done" });
    } else produce(order.id, order.type === "produce" ? keyOptics : probeOptics, order.limits);
  } catch (error) {
    const known = error instanceof QkdError ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    answer({ id: order.id, type: "failed", code: known?.code, message, context: known?.context ?? {} });
  }
}

function produce(id: number, optics: Optics, limits: Parameters<Optics["nextFrame"]>[0]): void {
  const made = optics.nextFrame(limits);
  const frame = pairFrame(made);
  const known = made.truth === undefined ? {} : { truth: made.truth };
  answer({ id, type: "frame", frame, ...known }, [frame.qtxPlanes.buffer, frame.qrxPlanes.buffer]);
}

function answer(message: OpticsAnswer, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer]);
}
