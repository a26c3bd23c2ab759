import { describe } from "vitest";
import { unitsVanish } from "./device-vanishing.ts";

describe("a command at a unit that vanishes at a hundred moments", () => unitsVanish(100, 2));
