import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import type { SnmpOptions } from "../../controller/index.ts";
import { keeping } from "./alarm-trial.ts";
import { freePort, idOf, ROOT, receiving, tellingBySnmp, USER } from "./snmp-receiver.ts";

const kept = keeping();
const [INFORM, TRAP] = [166, 167];

describe.concurrent("alarms by SNMP", () => {
  it.for<[string, Partial<SnmpOptions>, number]>([
    ["a user of SNMPv3, as informs", { user: USER }, INFORM],
    ["a community, as informs", { community: "alarms" }, INFORM],
    ["a community, as traps", { community: "alarms", confirm: false }, TRAP],
  ])("reach a receiver that knows %s, in order", async ([, options, type], { expect }) => {
    const port = await freePort();
    const receiver = receiving(kept, port);
    const { raise, collectors } = tellingBySnmp(kept, port, options);
    for (const id of ["a", "b", "c"]) raise(id);
    await expect
      .poll(() => receiver.got.map(idOf), { timeout: 8000 })
      .toEqual([`${ROOT}.0.4`, "site.a", "site.b", "site.c"]);
    await collectors.close();
    await expect.poll(() => receiver.got.map(idOf).at(-1), { timeout: 5000 }).toBe(`${ROOT}.0.5`);
    expect(new Set(receiver.types)).toEqual(new Set([type]));
  });

  it("carry what the MIB declares, and the MIB declares nothing else", async ({ expect }) => {
    const port = await freePort();
    const receiver = receiving(kept, port);
    const { raise } = tellingBySnmp(kept, port, { community: "alarms" });
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

  it.for<[string, Partial<SnmpOptions>, RegExp]>([
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
  ])("are refused with %s", ([, options, sentence], { expect }) => {
    expect(() => tellingBySnmp(kept, 162, options)).toThrow(sentence);
  });
});
