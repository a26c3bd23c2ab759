import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { openFilesLimit, type PeerCredentials } from "../../controller/index.ts";
import { QkdError } from "../../errors/index.ts";
import { absoluteFiles } from "../config/absolute-files.ts";
import type { Finding } from "../config/finding.ts";
import { readSiteFile, type SiteReading } from "../config/read-site.ts";
import { siteTrust } from "../config/site-trust.ts";
import { alarmCheck } from "./alarm-check.ts";
import { baselineCheck } from "./baseline-check.ts";
import { busCheck } from "./bus-check.ts";
import { certificateCheck } from "./certificate-check.ts";
import { fileCheck } from "./file-check.ts";
import { identityCheck } from "./identity-check.ts";
import { machineCheck } from "./machine-check.ts";
import { networkCheck } from "./network-check.ts";
import type { Check, Machine, SiteCheck } from "./site-check.ts";

/** What is looked at beside the text of the file. */
export interface CheckOptions {
  /** Whether other machines are asked. */
  readonly network: boolean;
  readonly saeCertificates?: readonly string[];
  readonly machine?: Partial<Machine>;
}

/**
 * Everything that is wrong with a site's file and with what it names, in the order of its lines. What cannot be read at
 * all is a finding, too.
 */
export async function checkSite(file: string, options: CheckOptions): Promise<readonly Finding[]> {
  let reading: SiteReading;
  try {
    reading = readSiteFile(file);
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    const { code, message, remedy } = error;
    return [{ file, line: 1, column: 1, level: "error", code, field: "", message, remedy }];
  }
  const check: SiteCheck = {
    file,
    site: absoluteFiles(reading.draft, dirname(resolve(file))),
    machine: { ...thisMachine(), ...options.machine },
    saeCertificates: options.saeCertificates ?? [],
  };
  const checks: Check[] = [
    fileCheck,
    baselineCheck,
    certificateCheck,
    alarmCheck,
    busCheck,
    identityCheck,
    machineCheck,
  ];
  if (options.network) checks.push(networkCheck(peerCredentials(reading, check)));
  const readable = Object.keys(reading.draft).length > 0;
  const found = readable ? await Promise.all(checks.map((each) => each(check))) : [];
  return [...reading.findings, ...found.flat().map(reading.find)].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

/** What a check asks of the machine that it runs on. */
export function thisMachine(): Machine {
  return {
    nowMs: Date.now(),
    uid: process.getuid?.(),
    openFiles: openFilesLimit(),
    freeBytes: (folder) => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
  };
}

/** Null for a site whose file or certificates are wrong, which is told without asking the other site. */
function peerCredentials({ config }: SiteReading, { site }: SiteCheck): PeerCredentials | null {
  if (config === null) return null;
  try {
    return siteTrust(site as typeof config).credentials;
  } catch (error) {
    if (error instanceof QkdError) return null;
    throw error;
  }
}
