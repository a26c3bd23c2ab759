import { readdirSync, readFileSync } from "node:fs";
import { compileScenarioText } from "../../../emulator/scenario/load-scenario.ts";
import { accepted, type FuzzTarget } from "../fuzz-target.ts";

const READY_MADE = new URL("../../../emulator/scenarios/", import.meta.url);

/** Scenario files. */
export const target: FuzzTarget = {
  seeds: () =>
    readdirSync(READY_MADE)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => readFileSync(new URL(name, READY_MADE))),
  run: (input) => {
    accepted(() => compileScenarioText(Buffer.from(input).toString("utf8"), "fuzz.yaml"));
  },
};
