import { describe } from "vitest";
import { cutEverywhere } from "./cut-everywhere-suite.ts";

describe("a key store stopped after every effect of a day", () => cutEverywhere(1));
