import { parseChannelPlan } from "../../../cli/plan/plan-channels.ts";
import { accepted, type FuzzTarget } from "../fuzz-target.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Channel plans as CSV. What is accepted is read as the same when it is written again. */
export const target: FuzzTarget = {
  seeds: () => [
    text("frequency_thz,launch_dbm,direction\n193.1,0,forward\n193.2,-3.5,backward\n"),
    text("# data\r\nwavelength nm, dbm\r\n1550.12,1e-1\r\n1310,0\r\n"),
    text("\uFEFFTHz,power_dbm,direction\n191.35,-20,co\n196.1,3,counter"),
  ],
  run: (input) => {
    const channels = accepted(() => parseChannelPlan(input, "plan.csv"));
    if (channels === undefined) return;
    const rows = channels.map((one) => `${one.frequencyThz},${one.launchDbm},${one.direction}`);
    // A place on the coarse grid is a wavelength, whose frequency is on no grid: those are compared by the nanometre.
    if (channels.some(({ frequencyThz }) => Number(frequencyThz.toFixed(5)) !== frequencyThz)) return;
    const again = parseChannelPlan(
      text(`frequency_thz,launch_dbm,direction\n${rows.join("\n")}`),
      "again.csv",
    );
    if (JSON.stringify(again) !== JSON.stringify(channels))
      throw new Error("an accepted channel plan is read as something else when it is written again");
  },
};
