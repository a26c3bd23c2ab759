import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { readYaml } from "../scenario/read-yaml.ts";
import { OBJECT_SOURCE } from "../scenario/scenario-source.ts";
import { checkNetworkScenario } from "./check-network-scenario.ts";
import type { CheckedNetwork, NetworkScenario } from "./network-scenario.ts";

const READY_MADE = fileURLToPath(new URL("../networks/", import.meta.url));
const ENDING = ".yaml";

/** Which numbers it may be, the scenario's form is asked. */
const CHANGE_RULES: RulesOf<Partial<Pick<NetworkScenario, "clockHz">>> = { clockHz: maybe(rule.anyNumber) };

/** Every ready-made network, by name. */
export function listNetworks(): { readonly name: string; readonly title: string }[] {
  return readyMadeNames().map((name) => ({ name, title: loadNetwork(name).title }));
}

/**
 * Reads a network's scenario: an object, the name of a ready-made one, or a file. What ends in .yaml, .yml or .json or has
 * a slash is a file. `change` takes the place of what it says.
 * @throws ConfigError QKD_SCENARIO_INVALID naming file, line and field; QKD_CONFIG_INVALID for another change; QKD_CONFIG_UNREADABLE for files that are none.
 */
export function loadNetwork(
  which: NetworkScenario | string,
  change: Partial<Pick<NetworkScenario, "clockHz">> = {},
): CheckedNetwork {
  checkOptions("what is changed of a network", change, CHANGE_RULES);
  if (typeof which !== "string") return checkNetworkScenario(which, OBJECT_SOURCE, change);
  if (/[/\\]|\.(ya?ml|json)$/i.test(which)) return networkOfText(readFile(which), which, change);
  if (readyMadeNames().includes(which))
    return networkOfText(readFile(`${READY_MADE}${which}${ENDING}`), `${which}${ENDING}`, change);
  throw new ConfigError("QKD_SCENARIO_INVALID", `there is no network named ${which}`, {
    context: { name: which },
    remedy: `use a file or one of ${readyMadeNames().join(", ")}`,
  });
}

/** Reads a YAML or JSON text; `name` is what errors call it. */
export function networkOfText(
  text: string,
  name: string,
  change: Partial<Pick<NetworkScenario, "clockHz">> = {},
): CheckedNetwork {
  const { value, source } = readYaml(text, name);
  return checkNetworkScenario(value, source, change);
}

function readyMadeNames(): string[] {
  return readdirSync(READY_MADE)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

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
