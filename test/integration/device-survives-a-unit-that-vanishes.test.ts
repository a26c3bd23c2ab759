import { describe } from "vitest";
import { unitsVanish } from "./device-vanishing.ts";

describe("a command at a unit that vanishes", () => unitsVanish(2, 1));
