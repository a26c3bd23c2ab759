import { resolve } from "node:path";
import { Command } from "commander";
import { createLinkSecretFile } from "../controller/index.ts";

/** `qkdlink secret`: a new pre-placed secret, to be carried to both sites of a link. */
export function secretCommand(): Command {
  return new Command("secret")
    .description("make a new pre-placed secret for a link, to be carried to both of its sites")
    .requiredOption("--out <file>", "the file, which must not exist yet")
    .option("--json", "print the file's name as JSON")
    .action(({ out, json }: { readonly out: string; readonly json?: true }) => {
      const file = resolve(out);
      createLinkSecretFile(file);
      process.stdout.write(
        json
          ? `${JSON.stringify({ file })}\n`
          : `${file} holds a new pre-placed secret. Carry it to both sites, mode 0600, and destroy every other copy.\n`,
      );
    });
}
