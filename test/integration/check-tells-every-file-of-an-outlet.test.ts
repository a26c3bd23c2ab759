import { describe, expect, it } from "vitest";
import { found, type Good } from "./check-trial.ts";

const alarms = (value: object) => (site: Good) => Object.assign(site, { alarms: value });
const nats = (value: object) => (site: Good) => Object.assign(site, { nats: value });

describe("a check of a site", () => {
  it("tells all files of servers of events at once that are not there", async () => {
    const [authority, credentialsFile] = ["no-ca.pem", "no-credentials"];
    const lines = await found(
      nats({ servers: ["tls://bus:4222"], authority, crl: "no.crl", credentialsFile }),
    );
    for (const [field, name] of [
      ["authority", "no-ca.pem"],
      ["crl", "no.crl"],
      ["credentialsFile", "no-credentials"],
    ])
      expect(lines.join("\n")).toMatch(new RegExp(`error .* nats\\.${field}.*/${name}.*ENOENT`));
  });

  it("tells all files of collectors at once that are not there", async () => {
    const [authority, authPassphraseFile, privPassphraseFile] = ["no-ca.pem", "no-auth", "no-priv"];
    const lines = await found(
      alarms({
        syslog: { address: "tls://noc:6514", authority, crl: "no.crl" },
        snmp: { address: "udp://noc:162", user: "u", authPassphraseFile, privPassphraseFile },
      }),
    );
    for (const [field, name] of [
      ["syslog.authority", "no-ca.pem"],
      ["syslog.crl", "no.crl"],
      ["snmp.authPassphraseFile", "no-auth"],
      ["snmp.privPassphraseFile", "no-priv"],
    ])
      expect(lines.join("\n")).toMatch(new RegExp(`error .* alarms\\.${field}.*/${name}.*ENOENT`));
  });
});
