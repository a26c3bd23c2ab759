import { describe } from "vitest";
import { commandsMeetVanishingUnits } from "./commands-vanishing.ts";

/** `npm run vanishings` takes a hundred moments of each command. */
const MOMENTS = Number(process.env.QKDLINK_VANISHINGS ?? 4);
const SEED = Number(process.env.QKDLINK_VANISHINGS_SEED ?? 1);

describe("a command of which a unit vanishes ends in order", () => commandsMeetVanishingUnits(MOMENTS, SEED));
