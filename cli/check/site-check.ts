import type { Remark } from "../config/finding.ts";
import type { SiteDraft } from "../config/site-config.ts";

/** What a check looks at: a site's file with absolute file names, as far as it is right, and the machine. */
export interface SiteCheck {
  /** The site's file itself. */
  readonly file: string;
  readonly site: SiteDraft;
  readonly machine: Machine;
  /** Files of certificates of applications, as the command line names them. */
  readonly saeCertificates: readonly string[];
}

/** What a check asks of the machine; a test brings its own. */
export interface Machine {
  readonly nowMs: number;
  /** User that runs this; undefined where the system has none. */
  readonly uid: number | undefined;
  /** How many files a process may have open; undefined where the system does not say. */
  readonly openFiles: number | undefined;
  /** Bytes that are free to this user where a folder lies. */
  readonly freeBytes: (folder: string) => number;
}

/** One thing that is looked at, with all that is wrong with it. */
export type Check = (check: SiteCheck) => readonly Remark[] | Promise<readonly Remark[]>;

export const DAY_MS = 24 * 3600 * 1000;
