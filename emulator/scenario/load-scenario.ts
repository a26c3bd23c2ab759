import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { checkScenario } from "./check-scenario.ts";
import { compileScenario } from "./compile-scenario.ts";
import type { CompiledScenario } from "./compiled-scenario.ts";
import { readYaml } from "./read-yaml.ts";
import type { Scenario } from "./scenario.ts";
import { OBJECT_SOURCE } from "./scenario-source.ts";

const READY_MADE = fileURLToPath(new URL("../scenarios/", import.meta.url));
const ENDING = ".yaml";

/** A ready-made scenario. */
export interface ReadyMadeScenario {
  readonly name: string;
  readonly title: string;
}

let listed: readonly ReadyMadeScenario[] | undefined;

/** Every ready-made scenario, by name. They are part of the package: one look serves the program. */
export function listScenarios(): ReadyMadeScenario[] {
  listed ??= readyMadeNames().map((name) => ({
    name,
    title: compileScenarioText(readyMade(name), name).title,
  }));
  return listed.map((scenario) => ({ ...scenario }));
}

/**
 * Compiles a scenario: an object, the name of a ready-made one, or a file. What ends in .yaml, .yml or .json or has a
 * slash is a file.
 * @throws ConfigError QKD_SCENARIO_INVALID naming file, line and field; QKD_CONFIG_UNREADABLE for files that are none.
 */
export function loadScenario(
  which: Scenario | string,
  change: Partial<Pick<Scenario, "clockHz">> = {},
): CompiledScenario {
  if (typeof which !== "string")
    return compileScenario({ ...checkScenario(which, OBJECT_SOURCE), ...change });
  if (/[/\\]|\.(ya?ml|json)$/i.test(which)) return compileScenarioText(readFile(which), which, change);
  if (readyMadeNames().includes(which))
    return compileScenarioText(readyMade(which), `${which}${ENDING}`, change);
  throw new ConfigError("QKD_SCENARIO_INVALID", `there is no scenario named ${which}`, {
    context: { name: which },
    remedy: `use a file or one of ${readyMadeNames().join(", ")}`,
  });
}

/** Compiles a YAML or JSON text; `name` is what errors call it. */
export function compileScenarioText(
  text: string,
  name: string,
  change: Partial<Pick<Scenario, "clockHz">> = {},
): CompiledScenario {
  const { value, source } = readYaml(text, name);
  return compileScenario({ ...checkScenario(value, source), ...change }, source);
}

function readyMadeNames(): string[] {
  return readdirSync(READY_MADE)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

const readyMade = (name: string): string => readFile(`${READY_MADE}${name}${ENDING}`);

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `the scenario ${path} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        context: { file: path },
      },
    );
  }
}
