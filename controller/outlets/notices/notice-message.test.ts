import { describe, expect, it } from "vitest";
import type { AlarmView } from "../api/index.ts";
import type { Notice } from "./notice.ts";
import { noticeMessage } from "./notice-message.ts";
import { noticeNotification } from "./notice-variables.ts";
import { plainText } from "./plain-text.ts";
import { octetCounted, rfc3339 } from "./syslog-message.ts";

const ALARM: AlarmView = {
  id: "qrx.lossOfSignal",
  name: "lossOfSignal",
  unit: "qrx",
  code: 12,
  group: "light",
  meaning: "no light arrives",
  state: "present",
  level: "bad",
  raisedAtMs: Date.UTC(2026, 10, 30, 7, 5, 9, 42),
  clearedAtMs: null,
  times: 3,
  longestMs: 10,
  acknowledged: null,
  text: "0 counts",
};
const TELLER = { linkId: "north-south", node: "kme-bob", enterprise: "32473" };
const ORIGIN = { facility: 16, hostname: "bob.example", procId: "77" };
const AT_MS = Date.UTC(2026, 10, 30, 7, 5, 10);

const notice = (state: "raised" | "cleared" | "acknowledged", alarm: Partial<AlarmView> = {}): Notice => ({
  type: "alarm",
  sequence: 9,
  atMs: AT_MS,
  state,
  alarm: { ...ALARM, ...alarm },
});
const message = (of: Notice) => noticeMessage(of, TELLER, ORIGIN);

/** Reads a message as RFC 5424 section 6 writes its grammar; throws for one that does not follow it. */
function read(text: string) {
  const head =
    /^<(\d{1,3})>1 (\S+) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ((?:\[.*?(?<!\\)\])+|-)(?: (.*))?$/s.exec(
      text,
    );
  if (head === null) throw new Error(`no message: ${text}`);
  const [, priority, at, , , , msgId, data = "", said = ""] = head;
  const params: Record<string, string> = {};
  let rest = data;
  while (rest !== "") {
    const element = /^\[([!-~]{1,32}?)((?: [!-~]+?="(?:[^"\\\]]|\\["\\\]])*")*)\]/.exec(rest);
    if (element === null) throw new Error(`no element: ${rest}`);
    for (const [, name = "", value = ""] of (element[2] ?? "").matchAll(
      / ([!-~]+?)="((?:[^"\\\]]|\\["\\\]])*)"/g,
    ))
      params[`${element[1]}/${name}`] = value.replaceAll(/\\(["\\\]])/g, "$1");
    rest = rest.slice(element[0].length);
  }
  return { priority: Number(priority), at, msgId, params, said };
}

describe("a notice as a message of syslog", () => {
  it("is the line that RFC 5424 and RFC 5674 ask for", () => {
    expect(message(notice("raised"))).toBe(
      "<130>1 2026-11-30T07:05:10.000Z bob.example qkdlink 77 alarm.raised " +
        '[meta sequenceId="9"]' +
        '[alarm resource="kme-bob/qrx" probableCause="lossOfSignal" perceivedSeverity="major" eventType="communicationsAlarm"]' +
        '[qkdAlarm@32473 id="qrx.lossOfSignal" link="north-south" node="kme-bob" state="raised" severity="major" ' +
        'firstSeen="2026-11-30T07:05:09.042Z" times="3" code="12" said="0 counts"] ' +
        "link north-south: qrx.lossOfSignal raised (major): no light arrives",
    );
  });

  it("tells by the priority how weighty it is", () => {
    const priority = (of: Notice) => read(message(of)).priority - 8 * 16;
    expect(priority(notice("raised"))).toBe(2);
    expect(priority(notice("raised", { level: "warn" }))).toBe(3);
    expect(priority(notice("cleared"))).toBe(5);
    expect(priority(notice("acknowledged"))).toBe(6);
  });

  it("tells who acknowledged, and that a run began or ends", () => {
    const seen = read(message(notice("acknowledged", { acknowledged: { atMs: 1, by: "op 14" } })));
    expect(seen.params).toMatchObject({
      "qkdAlarm@32473/by": "op 14",
      "qkdAlarm@32473/state": "acknowledged",
    });
    expect(seen.params).not.toHaveProperty("alarm/perceivedSeverity");
    const started = read(message({ type: "site", sequence: 1, atMs: AT_MS, state: "started" }));
    expect(started).toMatchObject({
      msgId: "site.started",
      params: {
        "meta/sequenceId": "1",
        "qkdSite@32473/state": "started",
        "qkdSite@32473/link": "north-south",
      },
    });
  });

  it("lets a unit that lies end neither value nor line, whatever it says of its alarm", () => {
    const lie = '"] <0>1 - - - - - x\n<0>1 forged\r\0\u2028\u202e \\"] [alarm resource="y"]';
    const text = message(notice("raised", { text: lie, meaning: lie, id: `qrx.${lie}` }));
    expect(text).not.toMatch(/[\n\r\0\u2028\u202e]/);
    const { params } = read(text);
    expect(params["qkdAlarm@32473/said"]).toBe(
      '"] <0>1 - - - - - x <0>1 forged     \\"] [alarm resource="y"]',
    );
    expect(params["alarm/resource"]).toBe("kme-bob/qrx");
  });

  it("stays short, and leaves out of its head what no head may hold", () => {
    const long = "x".repeat(100_000);
    expect(message(notice("raised", { text: long, meaning: long })).length).toBeLessThan(2048);
    const line = noticeMessage(notice("raised"), TELLER, { ...ORIGIN, hostname: "a b\n\u00e9", procId: "" });
    expect(line).toContain(" ab qkdlink - alarm.raised ");
  });

  it("marks a text beyond US-ASCII as UTF-8", () => {
    expect(read(message(notice("raised", { meaning: "zu heiß" }))).said).toMatch(/^\uFEFFlink .* zu heiß$/);
  });

  it("has no date where there is none", () => {
    expect([rfc3339(Number.NaN), rfc3339(-1), rfc3339(1e18), rfc3339(0)]).toEqual([
      "-",
      "-",
      "-",
      "1970-01-01T00:00:00.000Z",
    ]);
  });

  it("is counted in octets, not in characters", () => {
    expect(new TextDecoder().decode(octetCounted("aß"))).toBe("3 aß");
  });
});

describe("a text of somebody else's", () => {
  it("keeps what people write and loses what ends a line", () => {
    expect(plainText("a\tb\u0085c\ud800d 10 µs 量")).toBe("a b c\ufffdd 10 µs 量");
    expect([...plainText("量".repeat(300))]).toHaveLength(256);
  });
});

describe("a notice as a notification of SNMP", () => {
  it("names what the MIB names, below the enterprise", () => {
    const { oid, variables } = noticeNotification(notice("cleared"), TELLER);
    expect(oid).toBe("1.3.6.1.4.1.32473.0.2");
    expect(variables.map(({ oid: of, value }) => [of.replace("1.3.6.1.4.1.32473.1.", ""), value])).toEqual([
      ["1.0", "north-south"],
      ["2.0", "kme-bob"],
      ["3.0", 9],
      ["4.0", "qrx.lossOfSignal"],
      ["5.0", 2],
      ["6.0", 1],
      ["7.0", "lossOfSignal"],
      ["8.0", "qrx"],
      ["9.0", "2026-11-30T07:05:09.042Z"],
      ["10.0", 3],
      ["11.0", "no light arrives"],
      ["12.0", "0 counts"],
      ["13.0", ""],
    ]);
    expect(
      noticeNotification({ type: "site", sequence: 1, atMs: 0, state: "stopping" }, TELLER),
    ).toMatchObject({
      oid: "1.3.6.1.4.1.32473.0.5",
    });
  });
});
