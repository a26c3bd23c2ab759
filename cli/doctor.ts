import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { saeNameOf } from "../controller/index.ts";
import {
  type CallerPem,
  checkLines,
  type ExaminationOptions,
  examineKme,
  reportPage,
  summaryLine,
} from "../doctor/index.ts";
import { ConfigError, fileReason } from "../errors/index.ts";
import { checkIdentity, namesOf, readCertificates } from "../trust/index.ts";
import { DevelopmentAuthority } from "./development/development-pki.ts";
import { EXIT } from "./report-error.ts";
import { StopRequest } from "./stop-request.ts";
import { wholeNumber } from "./whole-number.ts";

interface DoctorFlags {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly sae?: string;
  readonly slaveSae?: string;
  readonly slaveUrl?: string;
  readonly slaveCert?: string;
  readonly slaveKey?: string;
  readonly slaveCa?: string;
  readonly otherCert?: string;
  readonly otherKey?: string;
  readonly expiredCert?: string;
  readonly expiredKey?: string;
  readonly revokedCert?: string;
  readonly revokedKey?: string;
  readonly keys: number;
  readonly timeout: number;
  readonly p99: number;
  readonly window: number;
  readonly drain?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly html?: string;
}

type Write = (text: string) => void;

/** `qkdlink doctor`: examines anyone's ETSI GS QKD 014 server. Exit code 1 when something is found. */
export function doctorCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("doctor")
    .description("examine a key delivery server of any maker (ETSI GS QKD 014); uses keys up")
    .argument("<url>", "https://host:port of the master's key server")
    .requiredOption("--cert <file>", "certificate of the master SAE (PEM)")
    .requiredOption("--key <file>", "its private key (PEM)")
    .requiredOption("--ca <file>", "authority of the server's certificate (PEM)")
    .option("--sae <id>", "the master's SAE ID; default: read from its certificate")
    .option("--slave-sae <id>", "the slave's SAE ID; default: read from its certificate")
    .option("--slave-url <url>", "key server of the slave; without it nothing is fetched by key ID")
    .option("--slave-cert <file>", "certificate of the slave SAE (PEM)")
    .option("--slave-key <file>", "its private key (PEM)")
    .option("--slave-ca <file>", "authority of the slave's key server; default: as --ca")
    .option("--other-cert <file>", "certificate of a third SAE, at the slave's key server")
    .option("--other-key <file>", "its private key")
    .option("--expired-cert <file>", "a certificate that has expired, of the SAEs' authority")
    .option("--expired-key <file>", "its private key")
    .option("--revoked-cert <file>", "a certificate that is revoked, of the SAEs' authority")
    .option("--revoked-key <file>", "its private key")
    .option("--keys <n>", "keys to take to see that all differ", wholeNumber, 200)
    .option("--drain", "take all keys, to see how an empty pool is told")
    .option("--timeout <ms>", "longest wait for an answer", wholeNumber, 5000)
    .option("--p99 <ms>", "99 % of the answers have to come within", wholeNumber, 1000)
    .option("--window <ms>", "how long a fetched key may be given again to the same SAE", wholeNumber, 15_000)
    .option("--yes", "the keys that are taken may be used up")
    .option("--html <file>", "write the report as a page too")
    .option("--json", "print one JSON object")
    .action(async (url: string, flags: DoctorFlags) => {
      const options = await examination(url, flags);
      if (flags.yes !== true)
        throw new ConfigError(
          "QKD_USAGE",
          `the examination uses up ${flags.drain ? "all keys" : `some ${flags.keys + 60} keys`} of ${url}`,
          { remedy: "add --yes if that is meant" },
        );
      const stop = new StopRequest(undefined, true);
      try {
        const report = await examineKme({ ...options, signal: stop.signal }, (one) => {
          if (!flags.json) write(`${checkLines(one)}\n`);
        });
        write(`${flags.json ? JSON.stringify(report) : summaryLine(report)}\n`);
        if (flags.html !== undefined) writePage(flags.html, reportPage(report, new Date().toISOString()));
        if (!report.ok) process.exitCode = EXIT.failed;
      } finally {
        stop.close();
      }
    });
}

async function examination(text: string, flags: DoctorFlags): Promise<ExaminationOptions> {
  const url = httpsUrl(text, "URL");
  const ca = readPem(flags.ca, "--ca");
  readCertificates(ca, `--ca (${flags.ca})`);
  const master = caller(flags.cert, flags.key, "--cert", "--key");
  const slave = optionalCaller(flags.slaveCert, flags.slaveKey, "--slave-cert", "--slave-key");
  if ((slave === undefined) !== (flags.slaveUrl === undefined))
    throw usage("--slave-url, --slave-cert and --slave-key belong together", "give all three, or none");
  const slaveCa = flags.slaveCa === undefined ? ca : readPem(flags.slaveCa, "--slave-ca");
  readCertificates(slaveCa, "--slave-ca");
  return {
    url,
    ca,
    master,
    masterSae: flags.sae ?? saeOf(master, "--cert", "--sae"),
    slaveSae: flags.slaveSae ?? slaveName(slave),
    slave: slave && { ...slave, ca: slaveCa, url: httpsUrl(flags.slaveUrl ?? "", "--slave-url") },
    other: optionalCaller(flags.otherCert, flags.otherKey, "--other-cert", "--other-key"),
    refused: {
      foreign: await foreignCaller(master),
      expired: optionalCaller(flags.expiredCert, flags.expiredKey, "--expired-cert", "--expired-key"),
      revoked: optionalCaller(flags.revokedCert, flags.revokedKey, "--revoked-cert", "--revoked-key"),
    },
    keys: flags.keys,
    drain: flags.drain === true,
    timeoutMs: flags.timeout,
    p99Ms: flags.p99,
    windowMs: flags.window,
  };
}

/** The master's names under an authority of the same name that nobody trusts. */
async function foreignCaller({ cert }: CallerPem): Promise<CallerPem> {
  const real = new X509Certificate(cert);
  const nameOf = (subject: string) => /^CN=(.*)$/m.exec(subject)?.[1] ?? "somebody";
  const authority = await DevelopmentAuthority.create(nameOf(real.issuer));
  const { certificate, privateKey } = await authority.issue(nameOf(real.subject));
  return { cert: certificate, key: privateKey };
}

function slaveName(slave: CallerPem | undefined): string {
  if (slave === undefined) throw usage("the slave's name is not known", "give --slave-sae, or --slave-cert");
  return saeOf(slave, "--slave-cert", "--slave-sae");
}

function saeOf({ cert }: CallerPem, from: string, option: string): string {
  const name = saeNameOf(namesOf(new X509Certificate(cert)), ["sanUri", "sanDns", "commonName"]);
  if (name === undefined) throw usage(`${from} names no SAE`, `give ${option}`);
  return name.sae;
}

function optionalCaller(
  cert: string | undefined,
  key: string | undefined,
  certOption: string,
  keyOption: string,
): CallerPem | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usage(`${certOption} and ${keyOption} belong together`, "give both, or none");
  return caller(cert, key, certOption, keyOption);
}

function caller(certFile: string, keyFile: string, certOption: string, keyOption: string): CallerPem {
  const [cert, key] = [readPem(certFile, certOption), readPem(keyFile, keyOption)];
  checkIdentity({
    certificate: cert,
    certificateName: `${certOption} (${certFile})`,
    privateKey: key,
    privateKeyName: `${keyOption} (${keyFile})`,
  });
  return { cert, key };
}

function httpsUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "" || url.search !== "")
    throw usage(`${name}: ${text} is not an https:// address`, "write https://host:port");
  return url;
}

function readPem(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `${option}: ${path} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        remedy: "name a readable PEM file",
      },
    );
  }
}

function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page);
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `--html: ${path} cannot be written: ${fileReason(cause)}`, {
      cause,
    });
  }
}

function usage(sentence: string, remedy: string): ConfigError {
  return new ConfigError("QKD_USAGE", sentence, { remedy });
}
