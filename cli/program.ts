import { readFileSync } from "node:fs";
import { Command } from "commander";
import { controlCommand } from "./control.ts";
import { demoCommand } from "./demo.ts";
import { emulateCommand } from "./emulate.ts";
import { keysCommand } from "./keys.ts";
import { planCommand } from "./plan.ts";

/** The version that package.json states. */
function packageVersion(): string {
  for (const place of ["../package.json", "../../package.json"])
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")).version);
    } catch {}
  return "unknown";
}

/** The `qkdlink` command with all of its subcommands; throws CommanderError where the command line is wrong. */
export function program(): Command {
  const command = new Command("qkdlink")
    .description("Drivers, an emulator and a controller for quantum key distribution (QKD) transceivers")
    .version(packageVersion())
    .showHelpAfterError("Remedy: run the command with --help.");
  for (const sub of [demoCommand(), emulateCommand(), controlCommand(), keysCommand(), planCommand()])
    command.addCommand(sub);
  for (const sub of command.commands) sub.exitOverride();
  return command.exitOverride();
}
