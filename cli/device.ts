import { Command } from "commander";
import { parseDeviceAddress } from "../drivers/index.ts";
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../options/index.ts";
import type { DeviceAction } from "./device/device-action.ts";
import { applyAction, exportAction, restoreAction } from "./device/export-apply.ts";
import { getAction, setAction } from "./device/get-set.ts";
import { measureAction } from "./device/measure.ts";
import {
  alarmsAction,
  calibrateAction,
  logAction,
  resetAction,
  selfTestAction,
  tuneAction,
} from "./device/service-actions.ts";
import { showAction } from "./device/show.ts";
import type { DeviceOutput } from "./device/unit-session.ts";

const ACTIONS: Readonly<Record<string, DeviceAction>> = {
  show: showAction,
  get: getAction,
  set: setAction,
  "self-test": selfTestAction,
  calibrate: calibrateAction,
  tune: tuneAction,
  measure: measureAction,
  alarms: alarmsAction,
  log: logAction,
  reset: resetAction,
  export: exportAction,
  apply: applyAction,
  restore: restoreAction,
};

const STANDARD: DeviceOutput = {
  write: (text) => void process.stdout.write(text),
  hint: (text) => void process.stderr.write(text),
};

/** `qkdlink device ADDR ACTION …`: everything that one unit can do, without any site file. */
export function deviceCommand(output: DeviceOutput = STANDARD): Command {
  const command: Command = new Command("device");
  const about = Object.entries(ACTIONS)
    .map(([name, action]) => `  ${name.padEnd(12)}${action("", output).description()}`)
    .join("\n");
  return command
    .description("everything that one unit can do, from a laptop, without any site file")
    .argument("<address>", "the unit: serial:PATH?baud=N, tcp://host:port or tls://host:port")
    .argument("[action]", "what to do", "show")
    .argument("[words...]", "arguments and options of the action")
    .passThroughOptions()
    .allowUnknownOption()
    .usage("<address> [action] [options]")
    .addHelpText(
      "after",
      `
Actions:
${about}

qkdlink device ADDR ACTION --help tells the options of one. What writes does so under a lease of the unit, where the
unit knows leases; while somebody else has it, the command says who. Ctrl-C puts back what was not finished.`,
    )
    .action(async (address: string, action: string, words: readonly string[]) => {
      // Options without an action belong to the usual one.
      const [name, rest] = action.startsWith("-") ? ["show", [action, ...words]] : [action, words];
      const chosen = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
      if (chosen === undefined) throw unknownAction(name);
      parseDeviceAddress(address);
      const inner = chosen(address, output).copyInheritedSettings(command);
      inner.name(`qkdlink device ADDR ${name}`);
      await inner.parseAsync([...rest], { from: "user" });
    });
}

function unknownAction(name: string): ConfigError {
  const nearest = nearestName(name, Object.keys(ACTIONS));
  return new ConfigError("QKD_USAGE", `a device has no action ${name}`, {
    context: { action: name },
    remedy: nearest === null ? `use one of ${Object.keys(ACTIONS).join(", ")}` : `write ${nearest}`,
  });
}
