import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
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
