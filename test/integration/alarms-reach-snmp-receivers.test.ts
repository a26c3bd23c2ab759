import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import snmp from "net-snmp";
import { Subject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import type { AlarmView, CollectorNews, SnmpOptions } from "../../controller/index.ts";
import { AlarmCollectors } from "../../controller/outlets/collectors/alarm-collectors.ts";

const ALARM: AlarmView = {
  id: "",
  name: "",
  unit: "site",
  code: null,
  group: "light",
  meaning: "no light arrives",
  state: "present",
  level: "bad",
  raisedAtMs: 1000,
  clearedAtMs: null,
  times: 1,
  longestMs: 0,
  acknowledged: null,
  text: "",
};

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});
const kept = <T extends { close: () => unknown }>(one: T): T => {
  open.push(one);
  return one;
};

interface Received {
  readonly pdu: {
    readonly type: number;
    readonly varbinds: readonly { readonly oid: string; readonly value: unknown }[];
  };
}

const USER = { name: "qkdlink", authPassphrase: "authenticates", privPassphrase: "encrypts" };

async function freePort(): Promise<number> {
  const probe = createSocket("udp4");
  await new Promise<void>((resolve) => {
    probe.bind(0, "127.0.0.1", resolve);
  });
  const { port } = probe.address();
  await new Promise<void>((resolve) => probe.close(resolve));
  return port;
}

/** A receiver of notifications that knows one user and one community. */
function receiving(port: number) {
  const got: string[][] = [];
  const types: number[] = [];
  const refused: string[] = [];
  const receiver = snmp.createReceiver(
    { port, address: "127.0.0.1", transport: "udp4" },
    (error: Error | null, received: Received | undefined) => {
      if (error !== null || received === undefined) return refused.push(String(error));
      types.push(received.pdu.type);
      return got.push(received.pdu.varbinds.map(({ oid, value }) => `${oid}=${value}`));
    },
  );
  receiver.getAuthorizer().addUser({
    name: USER.name,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols.sha256,
    authKey: USER.authPassphrase,
    privProtocol: snmp.PrivProtocols.aes,
    privKey: USER.privPassphrase,
  });
  receiver.getAuthorizer().addCommunity("alarms");
  kept(receiver);
  return { got, types, refused };
}

function telling(port: number, options: Partial<SnmpOptions>) {
  const changes$ = new Subject<{ atMs: number; state: "raised"; alarm: AlarmView }>();
  const news: CollectorNews[] = [];
  const collectors = kept(
    new AlarmCollectors(
      { snmp: { address: `udp://127.0.0.1:${port}`, ...options } },
      { linkId: "link", node: "kme", changes$, present: [], now: () => 5000 },
      (told) => news.push(told),
    ),
  );
  const raise = (id: string) =>
    changes$.next({
      atMs: 1,
      state: "raised",
      alarm: { ...ALARM, id, name: id },
    });
  return { collectors, news, raise };
}

const ROOT = "1.3.6.1.4.1.8072.9999.9999";
const idOf = (varbinds: readonly string[]) =>
  varbinds.find((one) => one.startsWith(`${ROOT}.1.4.0=`))?.split("=")[1] ??
  varbinds.find((one) => one.startsWith("1.3.6.1.6.3.1.1.4.1.0="))?.split("=")[1];
const [INFORM, TRAP] = [166, 167];

describe("alarms by SNMP", () => {
  it.each<[string, Partial<SnmpOptions>, number]>([
    ["a user of SNMPv3, as informs", { user: USER }, INFORM],
    ["a community, as informs", { community: "alarms" }, INFORM],
    ["a community, as traps", { community: "alarms", confirm: false }, TRAP],
  ])("reach a receiver that knows %s, in order", async (_name, options, type) => {
    const port = await freePort();
    const receiver = receiving(port);
    const { raise, collectors } = telling(port, options);
    for (const id of ["a", "b", "c"]) raise(id);
    await expect
      .poll(() => receiver.got.map(idOf), { timeout: 8000 })
      .toEqual([`${ROOT}.0.4`, "a", "b", "c"]);
    await collectors.close();
    await expect.poll(() => receiver.got.map(idOf).at(-1), { timeout: 5000 }).toBe(`${ROOT}.0.5`);
    expect(new Set(receiver.types)).toEqual(new Set([type]));
  });

  it("wait for a receiver that is not there, with one line of loss and one of return", async () => {
    const port = await freePort();
    const { raise, news } = telling(port, { user: USER });
    raise("a");
    await expect.poll(() => news.length, { timeout: 15_000 }).toBe(1);
    const receiver = receiving(port);
    await expect.poll(() => receiver.got.map(idOf), { timeout: 15_000 }).toEqual([`${ROOT}.0.4`, "a"]);
    expect(news.map(({ type }) => type)).toEqual(["collectorLost", "collectorReached"]);
  }, 40_000);

  it("are not taken for told by a receiver that does not know us, nor by one that answers rubbish", async () => {
    const port = await freePort();
    receiving(port);
    const stranger = telling(port, { user: { ...USER, authPassphrase: "another passphrase" } });
    const rubbish: Socket = kept(createSocket("udp4"));
    await new Promise<void>((resolve) => {
      rubbish.bind(0, "127.0.0.1", resolve);
    });
    rubbish.on("message", (_message, { port: from, address }) => {
      for (const text of ["", "0", "\u0030\u0082\uffff", "x".repeat(9000)]) rubbish.send(text, from, address);
    });
    const answered = telling(rubbish.address().port, { community: "alarms" });
    await expect.poll(() => stranger.news.length, { timeout: 15_000 }).toBe(1);
    await expect.poll(() => answered.news.length, { timeout: 15_000 }).toBe(1);
    for (const { news, collectors } of [stranger, answered]) {
      expect(news[0]).toMatchObject({ type: "collectorLost" });
      expect(collectors.counts).toMatchObject([{ reached: false, sent: 0, waiting: 1 }]);
    }
  }, 40_000);

  it("carry what the MIB declares, and the MIB declares nothing else", async () => {
    const port = await freePort();
    const receiver = receiving(port);
    const { raise } = telling(port, { community: "alarms" });
    raise("a");
    await expect.poll(() => receiver.got.length, { timeout: 8000 }).toBe(2);
    const text = readFileSync(
      fileURLToPath(new URL("../../deploy/snmp/QKDLINK-MIB.txt", import.meta.url)),
      "utf8",
    );
    const objects = [...text.matchAll(/^(qkd\w+) OBJECT-TYPE[\s\S]*?::= \{ qkdObjects (\d+) \}/gm)];
    const sent = (receiver.got[1] ?? []).flatMap((one) => /\.9999\.1\.(\d+)\.0=/.exec(one)?.[1] ?? []);
    expect(sent).toEqual(objects.map(([, , number]) => number));
    const raised =
      /qkdAlarmRaised NOTIFICATION-TYPE\s+OBJECTS\s+\{([^}]+)\}[\s\S]*?::= \{ qkdNotifications (\d+) \}/.exec(
        text,
      );
    expect(raised?.[1]?.split(",").map((name) => name.trim())).toEqual(objects.map(([, name]) => name));
    expect(receiver.got[1]?.[1]).toBe(`1.3.6.1.6.3.1.1.4.1.0=${ROOT}.0.${raised?.[2]}`);
    expect(text).toContain("::= { enterprises 8072 9999 9999 }");
  });

  it.each<[string, Partial<SnmpOptions>, RegExp]>([
    ["neither user nor community", {}, /exactly one of user and community/],
    ["both", { user: USER, community: "c" }, /exactly one of user and community/],
    ["traps of SNMPv3", { user: USER, confirm: false }, /confirm: false does not go with a user/],
    [
      "a short passphrase",
      { user: { ...USER, privPassphrase: "7 chars" } },
      /privPassphrase has less than 8/,
    ],
    ["another way", { address: "tcp://a:162", community: "c" }, /is no address of a collector/],
    ["an empty community", { community: "" }, /alarms\.snmp\.community/],
  ])("are refused with %s", (_name, options, sentence) => {
    expect(() => telling(162, options)).toThrow(sentence);
  });
});
