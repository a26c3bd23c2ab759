import { afterAll, beforeAll, expect, it } from "vitest";
import { type Notice, WatchedUnits } from "../../cli/index.ts";
import { openTransceiver } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

let link: EmulatedLink;
beforeAll(async () => {
  link = await startEmulatedLink({ preset: "yuan2018", lossDb: 8, clockHz: 1e8 });
});
afterAll(async () => {
  await link.stop();
});

it("both units of a link are read over both planes, no key exchange begins, and what is cut is told once", async () => {
  const { alice, bob } = link.addresses;
  const units = await WatchedUnits.open(
    [alice, bob].map(({ tcp = "", modbusTcp = "" }) => ({ address: tcp, telemetry: modbusTcp })),
    new AbortController().signal,
  );
  const notices: Notice[] = [];
  const sources = new Set<string>();
  try {
    units.follow({
      notice: (_, notice) => notices.push(notice),
      reading: ({ health }) => {
        for (const { source } of health?.quantities ?? []) sources.add(source);
      },
    });
    await expect.poll(() => sources.size, { timeout: 10_000 }).toBe(2);
    expect(units.views.map(({ identity }) => identity.role)).toEqual(["qtx", "qrx"]);
    expect(units.views.map(({ health }) => health?.state)).toEqual(["idle", "idle"]);
    const other = await openTransceiver(alice.tcp ?? "");
    expect((await other.status()).state).toBe("idle");
    await other.close();
  } finally {
    await units.close();
  }
  const told = notices.length;
  expect(notices.filter(({ type }) => type === "connection")).toEqual([]);
  await expect.poll(() => units.views.length, { timeout: 100 }).toBe(2);
  expect(notices.length).toBe(told);
}, 30_000);
