import { lossOfTransmittance } from "../../physics/index.ts";
import type { Quantity } from "../../report/index.ts";
import { transmittanceOf } from "../measuring/gains.ts";
import { type LinkAtHand, presetOf } from "../plan/expected-link.ts";
import { longReading, setPhotons } from "./long-reading.ts";
import type { StepContext } from "./step.ts";

/** Of the receiver's efficiency that a preset states, and of a mean photon number without a stated uncertainty. */
const EFFICIENCY_U = 0.02;
const PHOTONS_U = 0.01;

/** Loss of the fibre as the units see it: what of the photons leaving Alice makes clicks, less what Bob's own parts take. */
export async function fibreLoss(context: StepContext): Promise<Quantity> {
  const { plan, alice } = context;
  const transmittance = transmittanceOf(await longReading(context), await setPhotons(context));
  const { detectorEfficiency, receiverLossDb } = presetOf(plan).link;
  const efficiency = (detectorEfficiency[0] + detectorEfficiency[1]) / 2;
  const relative = Math.hypot(
    transmittance.u / transmittance.value,
    EFFICIENCY_U,
    alice.description.meanPhotonsUncertainty ?? PHOTONS_U,
  );
  return {
    value: lossOfTransmittance(Math.min(1, transmittance.value / efficiency)) - receiverLossDb,
    u: (10 / Math.LN10) * relative,
    unit: "dB",
    n: transmittance.n,
  };
}

/** The link as it was measured, for the closed form. */
export async function measuredLink(context: StepContext): Promise<LinkAtHand> {
  const { alice, bob, known } = context;
  const [zero, one] = known.background ?? [];
  return {
    clockHz: alice.device.identity.clockHz,
    lossDb: (await fibreLoss(context)).value,
    meanPhotons: await setPhotons(context),
    deadGates: await bob.number("deadTimeGates"),
    ...(zero === undefined || one === undefined
      ? {}
      : { darkCountsPerGate: [zero.value, one.value] as const }),
  };
}
