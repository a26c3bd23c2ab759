import { readFileSync } from "node:fs";
import type { SiteDraft } from "../config/site-config.ts";
import type { Secret } from "./scrubber.ts";

const WORDS: ReadonlySet<string> = new Set(
  ["communityFile", "authPassphraseFile", "privPassphraseFile"].map((name) => `alarms.snmp.${name}`),
);

/** Everything secret that a site's file has or names, as far as this user may read it. */
export function siteSecrets(site: SiteDraft): readonly Secret[] {
  const files: readonly (readonly [string, string | undefined])[] = [
    ["peer.secretFile", site.peer?.secretFile],
    ["store.keyFile", site.store?.keyFile],
    ["transceiver.privateKey", site.transceiver?.privateKey],
    ["peer.privateKey", site.peer?.privateKey],
    ["delivery.privateKey", site.delivery?.privateKey],
    ["dashboard.privateKey", site.dashboard?.privateKey],
    ["alarms.syslog.privateKey", site.alarms?.syslog?.privateKey],
    ["alarms.snmp.communityFile", site.alarms?.snmp?.communityFile],
    ["alarms.snmp.authPassphraseFile", site.alarms?.snmp?.authPassphraseFile],
    ["alarms.snmp.privPassphraseFile", site.alarms?.snmp?.privPassphraseFile],
    ["nats.privateKey", site.nats?.privateKey],
    ["nats.credentialsFile", site.nats?.credentialsFile],
  ];
  const read = files.flatMap(([name, file]): Secret[] => {
    try {
      if (file === undefined) return [];
      const bytes = readFileSync(file);
      // Of a file with one word the end of the line is no part of the secret.
      return [
        { name, bytes: WORDS.has(name) ? Buffer.from(bytes.toString("latin1").trimEnd(), "latin1") : bytes },
      ];
    } catch {
      // What this user cannot read cannot get into the bundle by this program either.
      return [];
    }
  });
  const seed = site.developmentSeed;
  return seed === undefined ? read : [...read, { name: "developmentSeed", bytes: Buffer.from(seed) }];
}
