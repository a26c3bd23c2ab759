import { describe } from "vitest";
import { cutEverywhere } from "./cut-everywhere-suite.ts";

describe("a key store stopped between some effects of a day", () => cutEverywhere(26));
