import { describe, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { ALARM, keeping, telling } from "./alarm-trial.ts";
import { datagramReceiver, idsOf, SyslogReceiver } from "./syslog-receiver.ts";

const kept = keeping();
const names = Array.from({ length: 20 }, (_, index) => `x${index}`);
const expected = ["started", ...names.map((name) => `site.${name}`)];

describe.concurrent("alarms by syslog", () => {
  it("reach a collector over TCP, in order, with what was present at the start", async ({ expect }) => {
    const receiver = kept(await SyslogReceiver.listen());
    const { collectors, raise } = telling(kept, { syslog: { address: `tcp://127.0.0.1:${receiver.port}` } }, [
      ALARM,
    ]);
    for (const name of names) raise(name);
    await expect.poll(() => receiver.messages.length, { timeout: 5000 }).toBe(22);
    expect(idsOf(receiver.messages)).toEqual(["started", "site.linkDown", ...expected.slice(1)]);
    expect(receiver.messages[0]).toMatch(/^<133>1 1970-01-01T00:00:05\.000Z \S+ qkdlink \d+ site\.started /);
    await collectors.close();
    await expect.poll(() => idsOf(receiver.messages).at(-1)).toBe("stopping");
  });

  it("reach a collector by datagrams", async ({ expect }) => {
    const receiver = kept(await datagramReceiver());
    const { raise } = telling(kept, { syslog: { address: `udp://127.0.0.1:${receiver.port}` } });
    for (const name of names) raise(name);
    await expect.poll(() => idsOf(receiver.messages), { timeout: 5000 }).toEqual(expected);
  });

  it("reach a collector over TLS that proves itself, and asks for our certificate", async ({ expect }) => {
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
    const { raise } = telling(kept, {
      syslog: { address: `tls://localhost:${receiver.port}`, tls: ours },
    });
    for (const name of names) raise(name);
    await expect.poll(() => idsOf(receiver.messages), { timeout: 5000 }).toEqual(expected);
  });

  it("go to nobody who has another's certificate or name, and wait", async ({ expect }) => {
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
      const { news, collectors } = telling(kept, {
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

  it("are told again after a connection that broke, so that none is missing", async ({ expect }) => {
    const receiver = kept(await SyslogReceiver.listen());
    const { raise } = telling(kept, { syslog: { address: `tcp://127.0.0.1:${receiver.port}` } });
    for (const name of names) raise(name);
    await expect.poll(() => receiver.messages.length, { timeout: 5000 }).toBe(21);
    receiver.breakAll();
    raise("after");
    await expect.poll(() => idsOf(receiver.messages).at(-1), { timeout: 10_000 }).toBe("site.after");
    expect(new Set(idsOf(receiver.messages))).toEqual(new Set([...expected, "site.after"]));
  }, 20_000);

  it("wait for one that takes connections and closes them, that never shakes hands, that talks", async ({
    expect,
  }) => {
    const authority = await DevelopmentAuthority.create();
    const closes = kept(await SyslogReceiver.listen({ treat: (socket) => void socket.end() }));
    const silent = kept(await SyslogReceiver.listen({ treat: () => {} }));
    const talks = kept(
      await SyslogReceiver.listen({ treat: (socket) => void socket.write(Buffer.alloc(1_000_000, 0x41)) }),
    );
    const closing = telling(kept, { syslog: { address: `tcp://127.0.0.1:${closes.port}` } });
    const slow = telling(kept, {
      syslog: { address: `tls://127.0.0.1:${silent.port}`, tls: { ca: authority.certificate } },
    });
    const talking = telling(kept, { syslog: { address: `tcp://127.0.0.1:${talks.port}` } });
    await expect.poll(() => closing.news.length, { timeout: 5000 }).toBe(1);
    await expect.poll(() => talking.news.length, { timeout: 5000 }).toBe(1);
    expect(closing.news[0]).toMatchObject({
      reason: expect.stringMatching(/^it closed the connection|ECONNRESET/),
    });
    expect(talking.news[0]).toMatchObject({ reason: "it speaks, which no collector does" });
    await slow.collectors.close();
    expect(slow.news).toMatchObject([{ type: "collectorMissed", notices: 2 }]);
  });

  it("go another way when certificates or addresses are renewed", async ({ expect }) => {
    const [first, second] = [kept(await SyslogReceiver.listen()), kept(await SyslogReceiver.listen())];
    const { collectors, raise } = telling(kept, { syslog: { address: `tcp://127.0.0.1:${first.port}` } });
    await expect.poll(() => first.messages.length, { timeout: 5000 }).toBe(1);
    collectors.renew({ syslog: { address: `tcp://127.0.0.1:${second.port}` } });
    raise("later");
    await expect.poll(() => idsOf(second.messages).at(-1), { timeout: 5000 }).toBe("site.later");
    expect(first.connections).toBe(0);
    expect(() => collectors.renew({ syslog: { address: "tcp://nowhere" } })).toThrow(
      /alarms\.syslog\.address \(tcp:\/\/nowhere\) is no address of a collector/,
    );
    const unnamed = { syslog: { address: `tcp://127.0.0.1:${second.port}` }, enterprise: "none" };
    expect(() => collectors.renew(unnamed)).toThrow(/alarms\.enterprise \(none\) is no enterprise number/);
    raise("still");
    await expect.poll(() => idsOf(second.messages).at(-1), { timeout: 5000 }).toBe("site.still");
  });
});
