import { parseArgs } from "node:util";
import { playBox } from "./box-evening.ts";

/**
 * `npm run box -- [--seconds N] [--seed N]`: two sites as processes with a box in the way that cuts, delays, drops, trickles,
 * spoils and floods, ten minutes unless told; a line of JSON; exit code 1 when anything is left behind.
 */
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "600" }, seed: { type: "string", default: "1" } },
});
const result = await playBox(Number(values.seconds), Number(values.seed));
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.traces.length === 0 ? 0 : 1;
