import type { CheckedNetwork } from "../../emulator/index.ts";
import { demandOf, flowsOf } from "./flows.ts";
import { shapeFigures } from "./topology.ts";

/** What is told of a network before it is started; also, in plain words, what of it is emulated and at which clock. Pure. */
export function introduction(scenario: CheckedNetwork, seed: number, factor: number): string[] {
  const { name, title, nodes, links, clockHz } = scenario;
  const { fibreKm, pairs, meanHops, maxHops } = shapeFigures(scenario);
  const { keysPerS, bps } = demandOf(flowsOf(scenario, seed, factor));
  return [
    `${name}: ${title}`,
    `${nodes.length} nodes, ${links.length} links, ${fibreKm.toFixed(1)} km; ${pairs} pairs, ${meanHops.toFixed(2)} hops on average, ${maxHops} at most`,
    `protocol, relay and delivery are real; light is emulated at ${clockHz / 1e6} million gates a second, ${speedOf(clockHz)}`,
    `applications ask for ${keysPerS.toFixed(1)} keys/s, ${(bps / 1000).toFixed(1)} kbit/s`,
  ];
}

/** What a transceiver of the field does against which the clock is told. */
const FIELD_CLOCK_HZ = 1e9;

function speedOf(clockHz: number): string {
  if (clockHz >= FIELD_CLOCK_HZ) return "as fast as a transceiver of 1 GHz or faster";
  return `1/${Math.round(FIELD_CLOCK_HZ / clockHz)} of a transceiver of 1 GHz`;
}
