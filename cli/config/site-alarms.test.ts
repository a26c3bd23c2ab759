import "reflect-metadata";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { DevelopmentAuthority } from "../development/development-pki.ts";
import { siteAlarms } from "./site-alarms.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-alarms-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const snmp = (communityFile: string) =>
  siteAlarms({ alarms: { snmp: { address: "udp://noc:162", communityFile } } });

it("a secret of a collector is one word of a file that its owner alone may read", () => {
  const path = file("word", "word-of-community\r\n");
  expect(snmp(path)?.snmp?.community).toBe("word-of-community");
  chmodSync(path, 0o640);
  expect(() => snmp(path)).toThrow(/others may read the file .*word/);
  expect(() => snmp(file("none", ""))).toThrow(/holds 0 bytes/);
  expect(() => snmp(file("many", "two words\n"))).toThrow(/alarms\.snmp\.community is no word/);
  expect(() => snmp(file("long", "x".repeat(1025)))).toThrow(/holds 1025 bytes/);
});

it("an authority of collectors that is none is refused by its name, and so is one without TLS", () => {
  const authority = file("ca.pem", "nothing");
  const syslog = (address: string) => siteAlarms({ alarms: { syslog: { address, authority } } });
  expect(() => syslog("tls://noc:6514")).toThrow(/alarms\.syslog\.authority.* holds no certificate/);
  expect(() => syslog("tcp://noc:601")).toThrow(/alarms\.syslog\.tls has no effect on tcp:/);
  expect(() => siteAlarms({ alarms: { syslog: { address: "tls://noc:6514" } } })).toThrow(
    /alarms\.syslog\.tls is needed/,
  );
});

it("what a site's file says of collectors takes its place, with what files hold", async () => {
  const authority = await DevelopmentAuthority.create();
  const { certificate, privateKey } = await authority.issue("noc");
  const files = {
    authority: file("noc-ca.pem", authority.certificate),
    certificate: file("noc.pem", certificate),
    privateKey: file("noc.key", privateKey),
  };
  const syslog = { serverName: "noc-1", facility: "local5", hostname: "bob-1" } as const;
  const passphrases = {
    authPassphraseFile: file("auth.word", "word-of-auth\n"),
    privPassphraseFile: file("priv.word", "word-of-priv\n"),
  };
  const protocols = { authProtocol: "sha512", privProtocol: "aes256" } as const;
  const alarms = {
    syslog: { address: "tls://noc:6515", ...syslog, ...files },
    snmp: { address: "udp://noc:1162", user: "user-3", ...passphrases, ...protocols },
    enterprise: "32473.7",
  };
  const { serverName, ...told } = syslog;
  const tls = { ca: authority.certificate, cert: certificate, key: privateKey, serverName };
  const user = {
    name: "user-3",
    authPassphrase: "word-of-auth",
    privPassphrase: "word-of-priv",
    ...protocols,
  };
  expect(siteAlarms({ alarms })).toEqual({
    syslog: { address: "tls://noc:6515", tls, ...told },
    snmp: { address: "udp://noc:1162", user },
    enterprise: "32473.7",
  });
  expect(siteAlarms({})).toBeUndefined();
  const trap = { address: "udp://noc:162", communityFile: file("trap", "a-word\n"), confirm: false };
  expect(siteAlarms({ alarms: { snmp: trap } })?.snmp).toEqual({
    address: "udp://noc:162",
    community: "a-word",
    confirm: false,
  });
});
