import type { EmulatedNetworkOptions } from "../network/emulated-network-options.ts";
import { type EmulatedNetwork, startEmulatedNetwork } from "../network/start-emulated-network.ts";
import { ownedByTest, type RunningTest } from "./owned-by-test.ts";

/**
 * The emulated links of a network that belong to one test: their own ports, their own photons, stopped when the test is
 * over, also when it failed or ran out of time. Throws as `startEmulatedNetwork` does.
 */
export function emulatedNetworkFor(
  test: RunningTest,
  options: EmulatedNetworkOptions,
): Promise<EmulatedNetwork> {
  return ownedByTest(test, () => startEmulatedNetwork(options));
}
