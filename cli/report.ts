import { Command } from "commander";
import { ReportError } from "../errors/index.ts";
import { REPORT_SCHEMA, readTrustList, unknownSigners } from "../report/index.ts";
import { comparisonLines } from "./report/comparison-lines.ts";
import { readFinishedReport, verifyFolder } from "./report/finished-report.ts";
import { signFolder } from "./report/sign-folder.ts";
import { makeSigningKey, readSigningKey, readText } from "./report/signing-files.ts";

type Write = (text: string) => void;

/** `qkdlink report`: keys, signatures, verification and comparison of acceptance reports. */
export function reportCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("report")
    .description("acceptance reports: make a signing key, sign, verify, compare")
    .addCommand(keygen(write))
    .addCommand(sign(write))
    .addCommand(verify(write))
    .addCommand(compare(write))
    .addCommand(
      new Command("schema")
        .description("print the JSON Schema of report.json")
        .action(() => write(`${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`)),
    );
}

function keygen(write: Write): Command {
  return new Command("keygen")
    .description("make an Ed25519 key: NAME.key stays with its owner, NAME.pub goes into trust files")
    .requiredOption("--out <name>", "path of the key without .key")
    .requiredOption("--name <text>", "whose key it is")
    .option("--json", "one JSON line")
    .action((flags: { out: string; name: string; json?: true }) => {
      const made = makeSigningKey(flags.out, flags.name.replace(/\s+/g, " ").trim());
      write(
        flags.json ? `${JSON.stringify(made)}\n` : `${made.key}\n${made.pub}\ned25519 ${made.publicKey}\n`,
      );
    });
}

function sign(write: Write): Command {
  return new Command("sign")
    .description("sign a report that names you as its operator or witness")
    .argument("<folder>", "folder of the report")
    .requiredOption("--key <file>", "your key")
    .option("--json", "one JSON line")
    .action((folder: string, flags: { key: string; json?: true }) => {
      const { report, role } = signFolder(folder, readSigningKey(flags.key));
      write(
        flags.json ? `${JSON.stringify({ id: report.id, role })}\n` : `signed ${report.id} as its ${role}\n`,
      );
    });
}

interface VerifyFlags {
  readonly trust?: string;
  readonly allowUnknown?: true;
  readonly json?: true;
}

function verify(write: Write): Command {
  return new Command("verify")
    .description("check that no byte of a report was changed, and whose signatures it carries")
    .argument("<folder>", "folder of the report")
    .option("--trust <file>", "lines `ed25519 PUBLICKEY NAME` of those whose signature counts")
    .option("--allow-unknown", "an intact report of an unknown signer is enough")
    .option("--json", "one JSON line")
    .addHelpText(
      "after",
      `
Exit code: 0 intact and signed by somebody trusted (or, with --allow-unknown, by anybody), 1 otherwise.`,
    )
    .action((folder: string, flags: VerifyFlags) => {
      const { report, files, draft, redrawn } = verifyFolder(folder);
      const strangers = unknownSigners(
        report.signers,
        flags.trust === undefined ? [] : readTrustList(readText(flags.trust)),
      );
      const names = report.signers.map(({ role, name, publicKey }) => ({
        role,
        name,
        publicKey,
        trusted: !strangers.some((one) => one.publicKey === publicKey),
      }));
      const { id, verdict } = report;
      if (flags.json)
        write(`${JSON.stringify({ id, intact: true, files, verdict, draft, redrawn, signers: names })}\n`);
      else {
        write(
          `${id}: intact, ${files} files; verdict ${verdict}${draft.length > 0 ? `, draft: ${draft.join("; ")}` : ""}\n`,
        );
        for (const { role, name, publicKey, trusted } of names)
          write(`${role} ${name}, ${publicKey}${trusted ? "" : ": signer unknown"}\n`);
        if (!redrawn)
          write("report.html was drawn by another version and is proved by the signature alone\n");
      }
      if (strangers.length > 0 && !flags.allowUnknown)
        throw new ReportError("QKD_REPORT_SIGNATURE", "the report is intact, its signer unknown", {
          remedy:
            "name a file with the signer's public key by --trust, or accept any signer with --allow-unknown",
        });
    });
}

function compare(write: Write): Command {
  return new Command("compare")
    .description(
      "compare reports of one link, oldest first: what is stable, what moved, what drifts, how long until a limit",
    )
    .argument("<folders...>", "folders of two or more reports")
    .option("--json", "one JSON line")
    .action((folders: readonly string[], flags: { json?: true }) => {
      const reports = folders.map(readFinishedReport);
      const [first, ...others] = reports.slice(0, -1);
      const now = reports.at(-1);
      if (first === undefined || now === undefined)
        throw new ReportError("QKD_REPORT_DAMAGED", "a comparison needs two reports", {
          remedy: "name two folders",
        });
      const { lines, json } = comparisonLines([first, ...others], now);
      write(flags.json ? `${JSON.stringify(json)}\n` : `${lines.join("\n")}\n`);
    });
}
