import type { EmulatedLinkOptions } from "../link/emulated-link-options.ts";
import { type EmulatedLink, startEmulatedLink } from "../link/start-emulated-link.ts";
import { ownedByTest, type RunningTest } from "./owned-by-test.ts";

/**
 * An emulated link that belongs to one test: its own ports, its own photons (seed 1 unless told), stopped when the test
 * is over, also when it failed or ran out of time. Throws as `startEmulatedLink` does.
 */
export function emulatedLinkFor(test: RunningTest, options: EmulatedLinkOptions = {}): Promise<EmulatedLink> {
  return ownedByTest(test, () => startEmulatedLink(options));
}
