// The optics' own thread: photons never hold up the ports.
import { parentPort, workerData } from "node:worker_threads";
import { knownError } from "../../../errors/index.ts";
import { createOptics } from "../../optics/create-optics.ts";
import type { Optics } from "../../optics/optics.ts";
import { gateCounter } from "./gate-counter.ts";
import { GateTally } from "./gate-tally.ts";
import type { OpticsAnswer, OpticsOrder, OpticsWorkerData } from "./optics-messages.ts";
import { OpticsTimeline } from "./optics-timeline.ts";
import { pairFrame } from "./pair-frame.ts";

const { link, seed, truth, driftSeed, initial = [], scheduled = [] } = workerData as OpticsWorkerData;
// Orders are answered strictly in order: each waits for the one before.
let countGates = gateCounter();
let previous: Promise<void> = Promise.resolve();
const probeSeed = (seed ^ 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn;
const timeline = Promise.all([
  createOptics({ link, seed, truth, controls: initial }),
  createOptics({ link, seed: probeSeed, controls: initial }),
]).then(([key, probe]) => new OpticsTimeline(key, probe, scheduled, driftSeed));

parentPort?.on("message", (order: OpticsOrder) => {
  previous = previous.then(() => carryOut(order));
});

async function carryOut(order: OpticsOrder): Promise<void> {
  try {
    const optics = await timeline;
    switch (order.type) {
      case "produce":
        return sendFrame(
          order.id,
          optics.nextFrame(order.limits, new Uint8Array(order.memory)),
          optics.settings,
        );
      case "probe":
        return sendFrame(order.id, optics.probe(order.limits), optics.settings);
      case "measure":
        if (order.anew) countGates = gateCounter();
        return answer({
          id: order.id,
          type: "measured",
          ...countGates(order.gates, (limits) => optics.probe(limits)),
        });
      case "sample": {
        const measured = new GateTally().count(optics.sample(order.controls, order.limits));
        return answer({ id: order.id, type: "measured", measured, statistics: [] });
      }
      case "change":
        optics.change(order.change, order.atGate);
        break;
      case "pass":
        optics.pass(order.gates);
        break;
    }
    answer({ id: order.id, type: "done" });
  } catch (error) {
    const { code, message, context, remedy } = knownError(error);
    answer({ id: order.id, type: "failed", code, message, context, remedy });
  }
}

function sendFrame(id: number, made: ReturnType<Optics["nextFrame"]>, settings: number): void {
  const known = made.truth === undefined ? {} : { truth: made.truth };
  answer({ id, type: "frame", frame: pairFrame(made, settings), ...known });
}

function answer(message: OpticsAnswer): void {
  parentPort?.postMessage(message);
}
