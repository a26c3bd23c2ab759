import { Command } from "commander";
import { packageVersion } from "./package-version.ts";
import { reportError } from "./report-error.ts";
import { usageError } from "./usage-error.ts";

/** Every command with the module that makes it; a run loads only what it needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./demo.ts")).demoCommand(),
  emulate: async () => (await import("./emulate.ts")).emulateCommand(),
  control: async () => (await import("./control.ts")).controlCommand(),
  node: async () => (await import("./node.ts")).nodeCommand(),
  network: async () => (await import("./network.ts")).networkCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  init: async () => (await import("./development/init.ts")).initCommand(),
  keys: async () => (await import("./keys.ts")).keysCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  secret: async () => (await import("./secret.ts")).secretCommand(),
  ledger: async () => (await import("./ledger.ts")).ledgerCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  probe: async () => (await import("./probe.ts")).probeCommand(),
  watch: async () => (await import("./watch.ts")).watchCommand(),
  record: async () => (await import("./record.ts")).recordCommand(),
  decode: async () => (await import("./decode.ts")).decodeCommand(),
  explain: async () => (await import("./explain.ts")).explainCommand(),
  commission: async () => (await import("./commission.ts")).commissionCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  device: async () => (await import("./device.ts")).deviceCommand(),
  bundle: async () => (await import("./bundle.ts")).bundleCommand(),
  replay: async () => (await import("./replay.ts")).replayCommand(),
  plan: async () => (await import("./plan/plan.ts")).planCommand(),
};

/** The `qkdlink` command for an argument vector; throws CommanderError where the command line is wrong. */
export async function program(argv: readonly string[]): Promise<Command> {
  const command = new Command("qkdlink")
    .description("Drivers, an emulator and a controller for quantum key distribution (QKD) transceivers")
    .version(packageVersion())
    // An action of a device has options of its own.
    .enablePositionalOptions();
  const named = COMMANDS[argv[2] ?? ""];
  const wanted = named === undefined ? Object.values(COMMANDS) : [named];
  for (const sub of await Promise.all(wanted.map((load) => load()))) command.addCommand(sub);
  prepare(command, argv.includes("--json"));
  return command;
}

/** Usage errors look like all others, one line, and leave the exit code to `main`. */
function prepare(command: Command, json: boolean, path = command.name()): void {
  command
    .exitOverride()
    .configureOutput({ outputError: (text) => reportError(usageError(text, path), json) });
  for (const sub of command.commands) prepare(sub, json, `${path} ${sub.name()}`);
}
