import { createSocket, type Socket } from "node:dgram";
import { describe, it } from "vitest";
import { keeping, telling } from "./alarm-trial.ts";
import { freePort, idOf, ROOT, receiving, tellingBySnmp, USER } from "./snmp-receiver.ts";
import { idsOf, SyslogReceiver } from "./syslog-receiver.ts";

const kept = keeping();
const names = Array.from({ length: 20 }, (_, index) => `x${index}`);
const expected = ["started", ...names.map((name) => `site.${name}`)];

describe.concurrent("alarms by syslog", () => {
  it("wait for one that refuses, and are all told when it is there, with one line of loss and one of return", async ({
    expect,
  }) => {
    const probe = await SyslogReceiver.listen();
    const { port } = probe;
    await probe.close();
    const { news, raise } = telling(kept, { syslog: { address: `tcp://127.0.0.1:${port}` } });
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

  it("are held for one that never reads within a bound, and hold the end of the site up for two seconds at most", async ({
    expect,
  }) => {
    const receiver = kept(await SyslogReceiver.listen({ treat: (socket) => void socket.pause() }));
    const { collectors, news, raise } = telling(kept, {
      syslog: { address: `tcp://127.0.0.1:${receiver.port}` },
    });
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
});

describe.concurrent("alarms by SNMP", () => {
  it("wait for a receiver that is not there, with one line of loss and one of return", async ({ expect }) => {
    const port = await freePort();
    const { raise, news } = tellingBySnmp(kept, port, { user: USER });
    raise("a");
    await expect.poll(() => news.length, { timeout: 15_000 }).toBe(1);
    const receiver = receiving(kept, port);
    await expect.poll(() => receiver.got.map(idOf), { timeout: 15_000 }).toEqual([`${ROOT}.0.4`, "site.a"]);
    expect(news.map(({ type }) => type)).toEqual(["collectorLost", "collectorReached"]);
  }, 40_000);

  it("are not taken for told by a receiver that does not know us, nor by one that answers rubbish", async ({
    expect,
  }) => {
    const port = await freePort();
    receiving(kept, port);
    const stranger = tellingBySnmp(kept, port, { user: { ...USER, authPassphrase: "another passphrase" } });
    const rubbish: Socket = kept(createSocket("udp4"));
    await new Promise<void>((resolve) => {
      rubbish.bind(0, "127.0.0.1", resolve);
    });
    rubbish.on("message", (_message, { port: from, address }) => {
      for (const text of ["", "0", "\u0030\u0082\uffff", "x".repeat(9000)]) rubbish.send(text, from, address);
    });
    const answered = tellingBySnmp(kept, rubbish.address().port, { community: "alarms" });
    await expect.poll(() => stranger.news.length, { timeout: 15_000 }).toBe(1);
    await expect.poll(() => answered.news.length, { timeout: 15_000 }).toBe(1);
    for (const { news, collectors } of [stranger, answered]) {
      expect(news[0]).toMatchObject({ type: "collectorLost" });
      expect(collectors.counts).toMatchObject([{ reached: false, sent: 0, waiting: 1 }]);
    }
  }, 40_000);
});
