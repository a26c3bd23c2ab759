import { figure } from "../../report/index.ts";
import { causesOf, gainOf, transmittanceOf } from "../measuring/gains.ts";
import { presetNameOf, presetOf } from "../plan/expected-link.ts";
import { longReading, setPhotons } from "./long-reading.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 12: how much light vacuum pulses hold, after dark counts and afterpulses, which only step 13 can tell from it. */
export const vacuum: Step = { id: "vacuum", number: 12, name: "step_vacuum", needs: [6, 7], run };

const TIMES = 2;

async function run(context: StepContext): Promise<StepOutcome> {
  const { known, plan, judging } = context;
  const name = { id: "vacuumPhotons", text: "check_vacuumPhotons" } as const;
  const { afterpulses, background } = known;
  if (afterpulses === undefined || background === undefined)
    return { judgements: [], apart: context.say("why_notSupported", { what: "readHistogram" }) };
  const reading = await longReading(context);
  const photons = await setPhotons(context);
  const vacuumCauses = causesOf(gainOf(reading, 2));
  const avalanches = (reading.clicks[0] + reading.clicks[1]) / reading.gates;
  const dark = background[0].value + background[1].value;
  const transmittance = transmittanceOf(reading, photons);
  const light = vacuumCauses.value - dark - afterpulses.value * avalanches;
  const value = light / transmittance.value;
  const u =
    Math.hypot(vacuumCauses.u, background[0].u, background[1].u, afterpulses.u * avalanches) /
    transmittance.value;
  const reference = photons[2];
  const preset = presetOf(plan).link.intensities[2];
  return {
    judgements: [
      judging.measured(
        name,
        { value, unit: "", u, n: vacuumCauses.n },
        { high: TIMES * Math.max(reference, preset), reference },
        { origin: "P", text: "from_vacuum", values: { preset: presetNameOf(plan) } },
        {
          find: "find_vacuum",
          fix: "fix_vacuum",
          values: { times: figure(value / Math.max(reference, preset), 1) },
        },
      ),
    ],
  };
}
