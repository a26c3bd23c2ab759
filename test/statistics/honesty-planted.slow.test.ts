import { describe } from "vitest";
import { isShort } from "./honesty-rig.ts";
import { liesAreNoticed } from "./planted-lies.ts";

describe("planted faults are noticed by the tests that are there for them", () =>
  liesAreNoticed(({ caughtBy }) => !caughtBy.every(isShort)));
