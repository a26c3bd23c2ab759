import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Outbox } from "./outbox.ts";

let folder: string;
const opened: Outbox[] = [];
const open = (most?: number): Outbox => {
  const outbox = new Outbox(join(folder, "events.db"), most);
  opened.push(outbox);
  return outbox;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-outbox-"));
});
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close();
  rmSync(folder, { recursive: true });
});
const message = (n: number) => ({ subject: `s.${n}`, body: `{"n":${n}}` });

describe("an outbox", () => {
  it("gives the oldest first, and those that are settled never again", () => {
    const outbox = open();
    for (const n of [1, 2, 3]) outbox.add(message(n));
    const [first, second] = outbox.first(2);
    expect([first, second]).toMatchObject([message(1), message(2)]);
    outbox.settle([first?.number ?? 0]);
    expect(outbox.first(9)).toMatchObject([message(2), message(3)]);
    expect(outbox.waiting).toBe(2);
  });

  it("keeps what waits, its name and its numbers over a new start", () => {
    const before = open();
    for (const n of [1, 2]) before.add(message(n));
    const numbers = before.first(9).map(({ number }) => number);
    before.settle(numbers);
    before.add(message(3));
    before.close();
    opened.pop();
    const after = open();
    expect(after.epoch).toBe(before.epoch);
    expect(after.first(9)).toMatchObject([message(3)]);
    expect(after.waiting).toBe(1);
    expect(numbers).not.toContain(after.first(1)[0]?.number);
  });

  it("has another name where it begins anew", () => {
    const before = open();
    before.close();
    opened.pop();
    rmSync(join(folder, "events.db"));
    expect(open().epoch).not.toBe(before.epoch);
  });

  it("gives the oldest up beyond its bound, and says how many", () => {
    const outbox = open(3);
    for (const n of [1, 2, 3, 4, 5]) outbox.add(message(n));
    expect(outbox.first(9)).toMatchObject([message(3), message(4), message(5)]);
    expect([outbox.waiting, outbox.takeDropped(), outbox.takeDropped()]).toEqual([3, 2, 0]);
  });

  it("belongs to one program at a time", () => {
    open();
    expect(() => new Outbox(join(folder, "events.db"))).toThrow(/events\.db/);
  });
});
