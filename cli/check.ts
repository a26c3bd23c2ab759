import { Command } from "commander";
import { checkFile } from "./check/check-file.ts";
import { siteSecretId, spelledId } from "./check/public-secret-id.ts";
import { findingLine } from "./config/finding.ts";
import { EXIT } from "./report-error.ts";

interface CheckFlags {
  readonly config: string;
  readonly network: boolean;
  readonly saeCertificate?: readonly string[];
  readonly json?: boolean;
}

type Write = (text: string) => void;

/** `qkdlink check`: all mistakes of a site's file at once. Exit code 1 when one of them is an error. */
export function checkCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("check")
    .description(
      "tell all mistakes of a site's, node's or network's file at once, and try the files and machines it names",
    )
    .requiredOption("--config <file>", "the file to check, YAML or JSON")
    .option("--no-network", "ask neither the transceiver nor the other site")
    .option(
      "--sae-certificate <files...>",
      "certificates of applications, each of which has to be known here",
    )
    .option("--json", "print one JSON object")
    .action(async ({ config, network, saeCertificate = [], json = false }: CheckFlags) => {
      const findings = await checkFile(config, { network, saeCertificates: saeCertificate });
      const mistakes = findings.filter(({ level }) => level === "error");
      const ok = mistakes.length === 0;
      const secretId = siteSecretId(config);
      if (json) {
        const warnings = findings.filter(({ level }) => level === "warning");
        write(`${JSON.stringify({ ok, mistakes, warnings, secretId })}\n`);
      } else {
        for (const finding of findings) write(`${findingLine(finding)}\n`);
        if (findings.length === 0) write(`${config}: nothing is wrong\n`);
        if (secretId !== null)
          write(
            `${config}: peer.secretFile has the public id ${spelledId(secretId)}; the other site has to have the same\n`,
          );
      }
      if (!ok) process.exitCode = EXIT.failed;
    });
}
