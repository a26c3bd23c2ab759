import type { OpticsConditions } from "../../../emulator/index.ts";
import { transmittanceOfLoss } from "../../../physics/index.ts";
import { chance } from "./chance.ts";
import { changingFrames } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/**
 * Thermal light of the same mean: the intensity of each pulse is exponentially distributed. Photons that were detected
 * stay as they are; given d of them the intensity is Gamma distributed with shape d + 1, and the lost ones are Poisson.
 */
export const thermalSource: Mutation = {
  name: "thermal-source",
  plants: "photon numbers of thermal light instead of a laser's",
  caughtBy: [1, 2],
  plant: (honest) =>
    changingFrames(honest, ({ seed }) => (frame) => {
      const { truth } = frame;
      if (truth === undefined) return frame;
      const electrons = new Map(truth.gates.map((gate) => [gate.gate, gate.photoelectrons]));
      const emitted = (gate: bigint) => {
        const pulse = truth.emitted(gate);
        const detected = electrons.get(gate) ?? 0;
        const mean = truth.conditions.link.intensities[pulse.intensity]!;
        return {
          ...pulse,
          photons: detected + lostPhotons(chance(seed, gate), mean, detected, truth.conditions),
        };
      };
      return { ...frame, truth: { ...truth, emitted } };
    }),
};

function lostPhotons(
  uniform: () => number,
  mean: number,
  detected: number,
  { link }: OpticsConditions,
): number {
  const arriving = transmittanceOfLoss(link.channelLossDb + link.receiverLossDb) * link.detectorEfficiency[0];
  let intensity = 0;
  for (let i = 0; i <= detected; i++) intensity -= Math.log(uniform());
  const silence = Math.exp((-intensity * mean * (1 - arriving)) / (1 + mean * arriving));
  let photons = 0;
  for (let product = uniform(); product > silence; product *= uniform()) photons++;
  return photons;
}
