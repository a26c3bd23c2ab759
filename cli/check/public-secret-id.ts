import { dirname, resolve } from "node:path";
import { readLinkSecretFile, secretId } from "../../controller/index.ts";
import { QkdError } from "../../errors/index.ts";
import { absoluteFiles } from "../config/absolute-files.ts";
import { readSiteFile } from "../config/read-site.ts";

/**
 * Public id of a pre-placed secret, 20 hexadecimal digits; null where its file cannot be used, which is told elsewhere.
 * It tells nothing of link key and pads: people may read it to each other.
 */
export function publicSecretId(secretFile: string | undefined): string | null {
  if (secretFile === undefined) return null;
  try {
    const secret = readLinkSecretFile(secretFile);
    const id = Buffer.from(secretId(secret.reveal())).toString("hex");
    secret.wipe();
    return id;
  } catch (error) {
    if (error instanceof QkdError) return null;
    throw error;
  }
}

/** The same of the secret that a site's file names. */
export function siteSecretId(file: string): string | null {
  try {
    const { peer } = absoluteFiles(readSiteFile(file).draft, dirname(resolve(file)));
    return publicSecretId(peer?.secretFile);
  } catch (error) {
    if (error instanceof QkdError) return null;
    throw error;
  }
}

/** An id as people read it to each other. */
export function spelledId(id: string): string {
  return id.replace(/.{4}(?=.)/g, "$& ");
}
