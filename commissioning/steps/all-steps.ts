import { clocks } from "./clocks.ts";
import { identity } from "./identity.ts";
import { lines } from "./lines.ts";
import { selfTest } from "./self-test.ts";
import type { Step } from "./step.ts";
import { temperatures } from "./temperatures.ts";

/** Every step in the order in which they run: afterpulses before vacuum pulses, because nothing else tells them apart. */
export const STEPS: readonly Step[] = [identity, lines, selfTest, clocks, temperatures];
