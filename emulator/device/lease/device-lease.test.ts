import { describe, expect, it } from "vitest";
import { DeviceLease } from "./device-lease.ts";

function leased() {
  const clock = { nowMs: 0 };
  const settings = new Map<"gateDelayPs" | "phaseOffsetRad", number>([
    ["gateDelayPs", 5],
    ["phaseOffsetRad", 0],
  ]);
  const told: string[] = [];
  const occupied = { by: undefined as string | undefined };
  const lease = new DeviceLease<string>(
    {
      occupied: () => occupied.by,
      volatileSettings: () => settings,
      leaseBegan: (holder, seconds) => void told.push(`${holder} for ${seconds}`),
      leaseEnded(owner, restore, why) {
        told.push(`${owner}: ${why}`);
        for (const [name, value] of restore ?? []) settings.set(name as "gateDelayPs", Number(value));
      },
    },
    () => clock.nowMs,
  );
  const take = (owner: string, holder: string, seconds: number, ending: "restore" | "keep" = "restore") =>
    lease.ask(owner, { holder, seconds, ending });
  const codeOf = (work: () => unknown): string => {
    try {
      work();
      return "done";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { clock, settings, told, occupied, lease, take, codeOf };
}

describe("the lease of a device", () => {
  it("lets its owner alone pass, and names the holder to the others", () => {
    const { lease, take } = leased();
    expect(take("A", "ann", 60)).toEqual({ holder: "ann", seconds: 60, yours: true });
    lease.check("A");
    expect(() => lease.check("B")).toThrowError(/^ann has leased this device for 60 s more$/);
    expect(() => take("B", "bob", 5)).toThrowError(expect.objectContaining({ code: "busy" }));
    expect(() => take("B", "bob", 0)).toThrowError(expect.objectContaining({ code: "busy" }));
    expect(take("B", "", 0)).toEqual({ holder: "ann", seconds: 60, yours: false });
  });

  it("ends with its time, and puts back what was found", () => {
    const { clock, settings, lease, take, told } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 99);
    clock.nowMs = 9_999;
    lease.tick();
    expect([lease.holder, settings.get("gateDelayPs")]).toEqual(["ann", 99]);
    clock.nowMs = 10_000;
    lease.check("B");
    expect([lease.holder, settings.get("gateDelayPs")]).toEqual([undefined, 5]);
    expect(told).toEqual(["ann for 10", "A: the lease of ann ended: its time is over"]);
  });

  it("is renewed by asking again, and what was found stays that of its beginning", () => {
    const { clock, settings, lease, take } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 99);
    clock.nowMs = 9_000;
    expect(take("A", "ann", 10).seconds).toBe(10);
    clock.nowMs = 18_000;
    lease.check("A");
    expect(lease.holder).toBe("ann");
    take("A", "ann", 0);
    expect(settings.get("gateDelayPs")).toBe(5);
  });

  it.each(["restore", "keep"] as const)("ends as its last request says: %s", (ending) => {
    const { settings, take } = leased();
    take("A", "ann", 10, ending === "keep" ? "restore" : "keep");
    take("A", "ann", 10, ending);
    settings.set("gateDelayPs", 99);
    take("A", "ann", 0, ending);
    expect(settings.get("gateDelayPs")).toBe(ending === "keep" ? 99 : 5);
  });

  it("given back with another ending than asked for ends as the giving back says", () => {
    const { settings, take } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 99);
    take("A", "ann", 0, "keep");
    expect(settings.get("gateDelayPs")).toBe(99);
  });

  it("ends with its connection and no other", () => {
    const { settings, lease, take } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 99);
    lease.gone("B");
    expect(lease.holder).toBe("ann");
    lease.gone("A");
    expect([lease.holder, settings.get("gateDelayPs")]).toEqual([undefined, 5]);
  });

  it("keeps what the device has found by itself", () => {
    const { settings, lease, take } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 42);
    lease.settled("gateDelayPs", 42);
    settings.set("phaseOffsetRad", 1);
    lease.gone("A");
    expect([...settings.values()]).toEqual([42, 0]);
  });

  it("gives nothing back after a reset that has forgotten it", () => {
    const { settings, lease, take } = leased();
    take("A", "ann", 10);
    settings.set("gateDelayPs", 0);
    lease.forget("hard reset");
    expect([lease.holder, settings.get("gateDelayPs")]).toEqual([undefined, 0]);
  });

  it("passes to the next program on the same connection, which finds what the first one found", () => {
    const { settings, take, told } = leased();
    take("serial", "ann", 600);
    settings.set("gateDelayPs", 99);
    expect(take("serial", "bob", 60)).toEqual({ holder: "bob", seconds: 60, yours: true });
    expect(settings.get("gateDelayPs")).toBe(5);
    expect(told.at(-2)).toMatch(/bob takes over/);
  });

  it("refuses too long a time, a time without a name, and while somebody else is at work", () => {
    const { take, occupied, codeOf, lease } = leased();
    expect(codeOf(() => take("A", "ann", 601))).toBe("outOfRange");
    expect(codeOf(() => take("A", "", 5))).toBe("badParameter");
    occupied.by = "tcp 1 runs a key exchange";
    expect(codeOf(() => take("A", "ann", 5))).toBe("busy");
    expect(lease.holder).toBeUndefined();
    expect(take("A", "ann", 0)).toEqual({ holder: "", seconds: 0, yours: false });
  });
});
