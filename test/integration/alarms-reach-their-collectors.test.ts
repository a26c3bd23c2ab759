import { Subject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import type { AlarmView, CollectorNews } from "../../controller/index.ts";
import { AlarmCollectors, type AlarmSource } from "../../controller/outlets/collectors/alarm-collectors.ts";
import type { AlarmOptions } from "../../controller/outlets/collectors/alarm-options.ts";
import { datagramReceiver, SyslogReceiver } from "./syslog-receiver.ts";

const ALARM: AlarmView = {
  id: "site.linkDown",
  name: "linkDown",
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

const open: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});
const kept = <T extends { close: () => Promise<unknown> }>(one: T): T => {
  open.push(one);
  return one;
};

/** A site whose alarms the test raises, with one set of collectors. */
function telling(options: AlarmOptions, present: readonly AlarmView[] = []) {
  const changes$ = new Subject<{ atMs: number; state: "raised" | "cleared"; alarm: AlarmView }>();
  const news: CollectorNews[] = [];
  const source: AlarmSource = { linkId: "link", node: "kme", changes$, present, now: () => 5000 };
  const collectors = kept(new AlarmCollectors(options, source, (told) => news.push(told)));
  const raise = (name: string) =>
    changes$.next({ atMs: 2000, state: "raised", alarm: { ...ALARM, id: `site.${name}`, name } });
  return { collectors, news, raise };
}

const idsOf = (messages: readonly string[]) =>
  messages.flatMap((message) => {
    const [, id] = /\[qkdAlarm@\S+ id="([^"]+)"/.exec(message) ?? [];
    const [, state] = /\[qkdSite@[^\]]* state="([^"]+)"/.exec(message) ?? [];
    return id ?? state ?? [];
  });

const names = Array.from({ length: 20 }, (_, index) => `x${index}`);
const expected = ["started", ...names.map((name) => `site.${name}`)];

describe("alarms by syslog", () => {
  it("reach a collector over TCP, in order, with what was present at the start", async () => {
    const receiver = kept(await SyslogReceiver.listen());
    const { collectors, raise } = telling({ syslog: { address: `tcp://127.0.0.1:${receiver.port}` } }, [
      ALARM,
    ]);
    for (const name of names) raise(name);
    await expect.poll(() => receiver.messages.length, { timeout: 5000 }).toBe(22);
    expect(idsOf(receiver.messages)).toEqual(["started", "site.linkDown", ...expected.slice(1)]);
    expect(receiver.messages[0]).toMatch(/^<133>1 1970-01-01T00:00:05\.000Z \S+ qkdlink \d+ site\.started /);
    await collectors.close();
    await expect.poll(() => idsOf(receiver.messages).at(-1)).toBe("stopping");
  });

  it("reach a collector by datagrams", async () => {
    const receiver = kept(await datagramReceiver());
    const { raise } = telling({ syslog: { address: `udp://127.0.0.1:${receiver.port}` } });
    for (const name of names) raise(name);
    await expect.poll(() => idsOf(receiver.messages), { timeout: 5000 }).toEqual(expected);
  });

  it("reach a collector over TLS that proves itself, and asks for our certificate", async () => {
    const authority = await DevelopmentAuthority.create();
    const [server, own] = [await authority.issue("noc", ["127.0.0.1"]), await authority.issue("site")];
    const tls = {
      cert: server.certificate,
      key: server.privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const receiver = kept(await SyslogReceiver.listen({ tls }));
    const ours = { ca: authority.certificate, cert: own.certificate, key: own.privateKey, serverName: "noc" };
    const { raise } = telling({
      syslog: { address: `tls://localhost:${receiver.port}`, tls: ours },
    });
    for (const name of names) raise(name);
    await expect.poll(() => idsOf(receiver.messages), { timeout: 5000 }).toEqual(expected);
  });

  it("go to nobody who has another's certificate or name, and wait", async () => {
    const [authority, stranger] = [
      await DevelopmentAuthority.create(),
      await DevelopmentAuthority.create("other"),
    ];
    for (const [issuer, serverName] of [
      [stranger, "noc"],
      [authority, "another name"],
    ] as const) {
      const server = await issuer.issue("noc", ["noc"]);
      const tls = { cert: server.certificate, key: server.privateKey };
      const receiver = kept(await SyslogReceiver.listen({ tls }));
      const { news, collectors } = telling({
        syslog: {
          address: `tls://127.0.0.1:${receiver.port}`,
          tls: { ca: authority.certificate, serverName },
        },
      });
      await expect.poll(() => news.length, { timeout: 5000 }).toBe(1);
      expect(news[0]).toMatchObject({
        type: "collectorLost",
        reason: expect.stringMatching(/^its certificate is not trusted \(/),
        waiting: 1,
      });
      await collectors.close();
      expect(news.at(-1)).toMatchObject({ type: "collectorMissed", notices: 2 });
      expect(receiver.messages).toEqual([]);
    }
  });

  it("wait for one that refuses, and are all told when it is there, with one line of loss and one of return", async () => {
    const probe = await SyslogReceiver.listen();
    const { port } = probe;
    await probe.close();
    const { news, raise } = telling({ syslog: { address: `tcp://127.0.0.1:${port}` } });
    for (const name of names) raise(name);
    await expect.poll(() => news.length, { timeout: 5000 }).toBe(1);
    const receiver = kept(await SyslogReceiver.listen({ port }));
    await expect.poll(() => idsOf(receiver.messages), { timeout: 10_000 }).toEqual(expected);
    await expect.poll(() => news.length, { timeout: 10_000 }).toBe(2);
    expect(news).toMatchObject([
      { type: "collectorLost", reason: "ECONNREFUSED" },
      { type: "collectorReached", waiting: 0, dropped: 0 },
    ]);
  }, 30_000);

  it("are told again after a connection that broke, so that none is missing", async () => {
    const receiver = kept(await SyslogReceiver.listen());
    const { raise } = telling({ syslog: { address: `tcp://127.0.0.1:${receiver.port}` } });
    for (const name of names) raise(name);
    await expect.poll(() => receiver.messages.length, { timeout: 5000 }).toBe(21);
    receiver.breakAll();
    raise("after");
    await expect.poll(() => idsOf(receiver.messages).at(-1), { timeout: 10_000 }).toBe("site.after");
    expect(new Set(idsOf(receiver.messages))).toEqual(new Set([...expected, "site.after"]));
  }, 20_000);

  it("are held for one that never reads within a bound, and hold the end of the site up for two seconds at most", async () => {
    const receiver = kept(await SyslogReceiver.listen({ treat: (socket) => void socket.pause() }));
    const { collectors, news, raise } = telling({ syslog: { address: `tcp://127.0.0.1:${receiver.port}` } });
    await expect.poll(() => receiver.connections, { timeout: 5000 }).toBe(1);
    for (let round = 0; round < 40; round += 1) {
      for (let index = 0; index < 1000; index += 1) raise(`${round} ${index}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collectors.counts[0]?.waiting).toBe(512);
    const closed = await Promise.race([
      collectors.close().then(() => "closed"),
      new Promise((resolve) => setTimeout(() => resolve("late"), 4500)),
    ]);
    expect(closed).toBe("closed");
    expect(news.at(-1)).toMatchObject({ type: "collectorMissed", notices: 512 });
  }, 20_000);

  it("wait for one that takes connections and closes them, that never shakes hands, that talks", async () => {
    const authority = await DevelopmentAuthority.create();
    const closes = kept(await SyslogReceiver.listen({ treat: (socket) => void socket.end() }));
    const silent = kept(await SyslogReceiver.listen({ treat: () => {} }));
    const talks = kept(
      await SyslogReceiver.listen({ treat: (socket) => void socket.write(Buffer.alloc(1_000_000, 0x41)) }),
    );
    const closing = telling({ syslog: { address: `tcp://127.0.0.1:${closes.port}` } });
    const slow = telling({
      syslog: { address: `tls://127.0.0.1:${silent.port}`, tls: { ca: authority.certificate } },
    });
    const talking = telling({ syslog: { address: `tcp://127.0.0.1:${talks.port}` } });
    await expect.poll(() => closing.news.length, { timeout: 5000 }).toBe(1);
    await expect.poll(() => talking.news.length, { timeout: 5000 }).toBe(1);
    expect(closing.news[0]).toMatchObject({
      reason: expect.stringMatching(/^it closed the connection|ECONNRESET/),
    });
    expect(talking.news[0]).toMatchObject({ reason: "it speaks, which no collector does" });
    await slow.collectors.close();
    expect(slow.news).toMatchObject([{ type: "collectorMissed", notices: 2 }]);
  });

  it("go another way when certificates or addresses are renewed", async () => {
    const [first, second] = [kept(await SyslogReceiver.listen()), kept(await SyslogReceiver.listen())];
    const { collectors, raise } = telling({ syslog: { address: `tcp://127.0.0.1:${first.port}` } });
    await expect.poll(() => first.messages.length, { timeout: 5000 }).toBe(1);
    collectors.renew({ syslog: { address: `tcp://127.0.0.1:${second.port}` } });
    raise("later");
    await expect.poll(() => idsOf(second.messages).at(-1), { timeout: 5000 }).toBe("site.later");
    expect(first.connections).toBe(0);
    expect(() => collectors.renew({ syslog: { address: "tcp://nowhere" } })).toThrow(
      /alarms\.syslog\.address \(tcp:\/\/nowhere\) is no address of a collector/,
    );
    raise("still");
    await expect.poll(() => idsOf(second.messages).at(-1), { timeout: 5000 }).toBe("site.still");
  });
});
