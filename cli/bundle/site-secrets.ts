import { readFileSync } from "node:fs";
import type { SiteDraft } from "../config/site-config.ts";
import type { Secret } from "./scrubber.ts";

/** Everything secret that a site's file has or names, as far as this user may read it. */
export function siteSecrets(site: SiteDraft): readonly Secret[] {
  const files: readonly (readonly [string, string | undefined])[] = [
    ["peer.secretFile", site.peer?.secretFile],
    ["store.keyFile", site.store?.keyFile],
    ["transceiver.privateKey", site.transceiver?.privateKey],
    ["peer.privateKey", site.peer?.privateKey],
    ["delivery.privateKey", site.delivery?.privateKey],
  ];
  const read = files.flatMap(([name, file]): Secret[] => {
    try {
      return file === undefined ? [] : [{ name, bytes: readFileSync(file) }];
    } catch {
      // What this user cannot read cannot get into the bundle by this program either.
      return [];
    }
  });
  const seed = site.developmentSeed;
  return seed === undefined ? read : [...read, { name: "developmentSeed", bytes: Buffer.from(seed) }];
}
