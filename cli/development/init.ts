import { Command } from "commander";
import { createDemoState } from "./demo-state.ts";

/** `qkdlink init`: development certificates, secret and key files for trying things out. */
export function initCommand(): Command {
  return new Command("init")
    .description("make development certificates, a pre-placed secret and key files in a folder")
    .requiredOption("--out <folder>", "an empty folder, or one to be made")
    .option("--json", "print the folder as JSON")
    .action(async ({ out, json }: { readonly out: string; readonly json?: boolean }) => {
      const folder = await createDemoState(out, "--out");
      process.stdout.write(
        json === true
          ? `${JSON.stringify({ folder })}\n`
          : `${folder} holds ca.pem, kme-*.pem, sae-*.pem with their keys, and secrets in alice/ and bob/. For development only.\n`,
      );
    });
}
