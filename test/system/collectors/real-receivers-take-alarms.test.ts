import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Subject } from "rxjs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../../cli/index.ts";
import type { AlarmOptions, AlarmView } from "../../../controller/index.ts";
import { AlarmCollectors } from "../../../controller/outlets/collectors/alarm-collectors.ts";
import { freePort } from "../../chain/free-port.ts";
import { describeWith, pathOf } from "./describe-with.ts";

const ALARM: AlarmView = {
  id: "qrx.lossOfSignal",
  name: "lossOfSignal",
  unit: "qrx",
  code: 12,
  group: "light",
  meaning: "no light arrives",
  state: "present",
  level: "bad",
  raisedAtMs: Date.UTC(2026, 10, 30),
  clearedAtMs: null,
  times: 3,
  longestMs: 0,
  acknowledged: null,
  text: '0 counts\n"] forged',
};
/** Debian leaves the modules of SNMPv2 out; the library of SNMP brings them along. */
const BASE_MIBS = fileURLToPath(new URL("../../../node_modules/net-snmp/lib/mibs", import.meta.url));
const MIBS = fileURLToPath(new URL("../../../deploy/snmp", import.meta.url));
const TLS_MODULE = "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so";

let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-receiver-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Raises and clears an alarm, and ends. */
async function tell(alarms: AlarmOptions, taken: () => boolean): Promise<void> {
  const changes$ = new Subject<{ atMs: number; state: "cleared"; alarm: AlarmView }>();
  const source = { linkId: "north-south", node: "kme-bob", changes$, present: [ALARM], now: Date.now };
  const collectors = new AlarmCollectors(alarms, source, () => {});
  changes$.next({ atMs: Date.now(), state: "cleared", alarm: ALARM });
  try {
    await expect.poll(taken, { timeout: 30_000 }).toBe(true);
  } finally {
    await collectors.close();
  }
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** rsyslogd with this input, which writes what it understood of each message as JSON. */
function rsyslogd(input: string): string {
  const out = join(folder, "messages");
  const fields = [
    "pri",
    "hostname",
    "app-name",
    "msgid",
    "structured-data",
    "msg",
    "timereported:::date-rfc3339",
  ];
  const template = fields.map((field) => `%${field}%`).join("|");
  const lines = [
    `global(workDirectory="${folder}" net.enableDNS="off")`,
    input,
    `template(name="all" type="string" string="${template}\\n")`,
    `action(type="omfile" file="${out}" template="all")`,
  ];
  writeFileSync(join(folder, "rsyslog.conf"), `${lines.join("\n")}\n`);
  const options = ["-n", "-f", join(folder, "rsyslog.conf"), "-i", join(folder, "pid")];
  running.push(spawn(pathOf("rsyslogd"), options, { stdio: "ignore" }));
  return out;
}

/** What rsyslogd has to have understood. */
function expectMessages(text: string): void {
  const [started, raised, cleared, ...more] = text.trimEnd().split("\n");
  expect(more.filter((line) => !line.includes("site.stopping"))).toEqual([]);
  expect(started).toMatch(/^133\|[^|]+\|qkdlink\|site\.started\|\[meta sequenceId="1"\]/);
  expect(raised).toMatch(/^130\|[^|]+\|qkdlink\|alarm\.raised\|/);
  expect(raised).toContain('perceivedSeverity="major"');
  expect(raised).toContain('link="north-south"');
  expect(raised).toContain('said="0 counts \\"\\] forged"');
  expect(cleared).toMatch(/^133\|[^|]+\|qkdlink\|alarm\.cleared\|/);
}

describeWith(["rsyslogd"], "rsyslogd", () => {
  it("takes alarms over TCP, each as one message with its structured data", async () => {
    const port = await freePort();
    const out = rsyslogd(`module(load="imtcp")\ninput(type="imtcp" port="${port}" address="127.0.0.1")`);
    await tell({ syslog: { address: `tcp://127.0.0.1:${port}` } }, () =>
      textOf(out).includes("alarm.cleared"),
    );
    expectMessages(textOf(out));
  });

  it("takes alarms by datagrams", async () => {
    const port = await freePort();
    const out = rsyslogd(`module(load="imudp")\ninput(type="imudp" port="${port}" address="127.0.0.1")`);
    await expect
      .poll(() => textOf("/proc/net/udp").includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} `), {
        timeout: 10_000,
      })
      .toBe(true);
    await tell({ syslog: { address: `udp://127.0.0.1:${port}` } }, () =>
      textOf(out).includes("alarm.cleared"),
    );
    expectMessages(textOf(out));
  });
});

describeWith(["rsyslogd", TLS_MODULE], "rsyslogd with GnuTLS", () => {
  it("takes alarms over TLS from who has a certificate of its authority", async () => {
    const authority = await DevelopmentAuthority.create();
    const [server, own] = [await authority.issue("noc", ["noc"]), await authority.issue("site")];
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const [ca, cert, key] = [
      file("ca.pem", authority.certificate),
      file("noc.pem", server.certificate),
      file("noc.key", server.privateKey),
    ];
    const port = await freePort();
    const out = rsyslogd(
      `global(DefaultNetstreamDriverCAFile="${ca}" DefaultNetstreamDriverCertFile="${cert}" DefaultNetstreamDriverKeyFile="${key}")\n` +
        `module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")\n` +
        `input(type="imtcp" port="${port}" address="127.0.0.1")`,
    );
    const tls = { ca: authority.certificate, cert: own.certificate, key: own.privateKey, serverName: "noc" };
    await tell({ syslog: { address: `tls://127.0.0.1:${port}`, tls } }, () =>
      textOf(out).includes("alarm.cleared"),
    );
    expectMessages(textOf(out));
  });
});

describeWith(["snmptrapd"], "snmptrapd", () => {
  const started = async (configuration: string) => {
    const port = await freePort();
    const [conf, out] = [join(folder, "snmptrapd.conf"), join(folder, "notifications")];
    writeFileSync(conf, configuration);
    const options = ["-f", "-C", "-c", conf, "-m", "+QKDLINK-MIB", "-M", `+${MIBS}`, "-Lf", out, "-On"];
    const env = { ...process.env, SNMP_PERSISTENT_DIR: folder };
    running.push(spawn(pathOf("snmptrapd"), [...options, `udp:127.0.0.1:${port}`], { stdio: "ignore", env }));
    return { out, address: `udp://127.0.0.1:${port}` };
  };

  it("takes informs of SNMPv3, and confirms them", async () => {
    const { out, address } = await started(
      'createUser qkdlink SHA-256 "authenticates" AES "encrypts"\nauthUser log qkdlink priv\n',
    );
    const user = { name: "qkdlink", authPassphrase: "authenticates", privPassphrase: "encrypts" };
    await tell({ snmp: { address, user } }, () => textOf(out).includes("8072.9999.9999.0.2"));
    const text = textOf(out);
    expect(text.match(/8072\.9999\.9999\.0\.[1-5]\b/g)?.slice(0, 3)).toEqual([
      "8072.9999.9999.0.4",
      "8072.9999.9999.0.1",
      "8072.9999.9999.0.2",
    ]);
    expect(text).toMatch(/8072\.9999\.9999\.1\.4\.0 = STRING: "?qrx\.lossOfSignal/);
  });

  it("takes traps of a community", async () => {
    const { out, address } = await started("authCommunity log alarms\n");
    await expect.poll(() => textOf(out).includes("NET-SNMP"), { timeout: 10_000 }).toBe(true);
    await tell({ snmp: { address, community: "alarms", confirm: false } }, () =>
      textOf(out).includes("8072.9999.9999.0.2"),
    );
  });
});

describeWith(["snmptranslate"], "the MIB", () => {
  it("is read by Net-SNMP, beside the modules that it imports", () => {
    const run = (name: string) =>
      execFileSync(
        pathOf("snmptranslate"),
        ["-m", "QKDLINK-MIB", "-M", `${BASE_MIBS}:${MIBS}`, "-On", name],
        {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        },
      ).trim();
    expect(run("QKDLINK-MIB::qkdAlarmRaised")).toBe(".1.3.6.1.4.1.8072.9999.9999.0.1");
    expect(run("QKDLINK-MIB::qkdAlarmBy")).toBe(".1.3.6.1.4.1.8072.9999.9999.1.13");
  });
});
