import { checkArgument, rule } from "../../options/index.ts";
import type { EmulatedLinkOptions } from "../link/emulated-link-options.ts";
import { type EmulatedLink, startEmulatedLink } from "../link/start-emulated-link.ts";

/** The part of a running test that is needed here: Vitest's test context, or the one of `node:test`. */
export type RunningTest =
  | { onTestFinished(work: () => Promise<void>): void }
  | { after(work: () => Promise<void>): void };

const OF_A_RUNNER = rule.either(
  rule.having(["onTestFinished"], "a test context with onTestFinished"),
  rule.having(["after"], "one with after"),
);

/**
 * An emulated link that belongs to one test: its own ports, its own photons (seed 1 unless told), stopped when the test
 * is over, also when it failed or ran out of time. Throws as `startEmulatedLink` does.
 */
export async function emulatedLinkFor(
  test: RunningTest,
  options: EmulatedLinkOptions = {},
): Promise<EmulatedLink> {
  checkArgument("test", test, OF_A_RUNNER);
  const starting = startEmulatedLink(options);
  const stop = async (): Promise<void> => {
    // A link that never started has cleaned up after itself, and its error went to the test.
    const link = await starting.catch(() => undefined);
    await link?.stop();
  };
  if ("onTestFinished" in test) test.onTestFinished(stop);
  else test.after(stop);
  return starting;
}
