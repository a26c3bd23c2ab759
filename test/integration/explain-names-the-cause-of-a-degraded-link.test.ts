import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTransceiver } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { runExplain } from "./explain-run.ts";

const LISTEN = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
const open = (lossDb: number, seed: number) =>
  startEmulatedLink({
    clockHz: 1e8,
    lossDb,
    seed,
    // Without drift a soak of two seconds is as good as one of a day.
    drift: "none",
    listen: { alice: LISTEN, bob: LISTEN },
  });

let folder: string;
let link: EmulatedLink;
let other: EmulatedLink;
let baseline: string;

const units = ({ addresses }: EmulatedLink) => [addresses.bob.tcp!, addresses.alice.tcp!];
const telemetry = ({ addresses }: EmulatedLink) => [
  "--telemetry",
  addresses.alice.modbusTcp!,
  "--telemetry",
  addresses.bob.modbusTcp!,
];
const whole = (...more: readonly string[]) =>
  runExplain(...units(link), ...telemetry(link), "--baseline", baseline, "--for", "2s", ...more);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "explain-"));
  baseline = join(folder, "built.json");
  [link, other] = [await open(6, 11), await open(9, 12)];
  const { text } = await runExplain(...units(link), ...telemetry(link), "--learn", baseline, "--for", "2s");
  expect(text).toContain(`learnt from one look: ${baseline}`);
}, 60_000);

afterAll(async () => {
  await Promise.all([link.stop(), other.stop()]);
  rmSync(folder, { recursive: true });
});

describe("explain", () => {
  it("finds a healthy link healthy", async () => {
    const { text, code } = await whole();
    expect(text).toMatch(/^ANSWER: the link is as it was built/);
    expect(code).toBeUndefined();
  });

  it("names a cause with its severity, its evidence and the next step, as JSON in one line", async () => {
    await link.faults.apply({ event: "phaseError", radian: 0.45 });
    const { text } = await whole("--json");
    await link.faults.apply({ event: "phaseError", radian: 0 });
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    const { causes, answer, next, frames } = JSON.parse(text);
    expect(answer).toBe("phaseOffset");
    expect(causes[0]).toMatchObject({ cause: "phaseOffset", severity: expect.stringMatching(/0\.4\d rad/) });
    expect(causes[0].for.map((one: { observable: string }) => one.observable)).toEqual(
      expect.arrayContaining(["qberZ", "mismatchedCorrelation"]),
    );
    expect(next).toContain("phase");
    expect(frames.unlike).toBe(0);
    expect(frames.paired).toBeGreaterThan(10);
  });

  it("names an attack where the site's own indicators confirm it", async () => {
    await link.faults.apply({ event: "trojanLight", dbm: -20 });
    const { text } = await whole();
    await link.faults.apply({ event: "end", of: "trojanLight" });
    expect(text).toMatch(/^ANSWER: light sent into the transmitter/);
    expect(text).toContain("output monitor");
  });

  it("leaves both units idle, and no key in its output or in the baseline", async () => {
    for (const address of units(link)) {
      const unit = await openTransceiver(address);
      expect(await unit.status()).toMatchObject({ state: "idle", sessionNumber: 0 });
      await unit.close();
    }
    expect(readFileSync(baseline, "utf8")).not.toMatch(/planes|basis"|"bit"/);
  });

  it("by telemetry alone reads registers of a link that is busy, and disturbs nothing", async () => {
    const [bob, alice] = await Promise.all(units(link).map((address) => openTransceiver(address)));
    await Promise.all([bob!.start(), alice!.start()]);
    await link.faults.apply({ event: "trojanLight", dbm: -20 });
    const { alice: a, bob: b } = link.addresses;
    const watched = await runExplain(
      a.modbusTcp!,
      b.modbusTcp!,
      "--baseline",
      baseline,
      "--for",
      "3s",
      "--json",
    );
    await link.faults.apply({ event: "end", of: "trojanLight" });
    expect(await bob!.status()).toMatchObject({ state: "online" });
    await Promise.all([bob!.close(), alice!.close()]);
    const { answer, frames } = JSON.parse(watched.text);
    expect(answer).toBe("trojan");
    expect(frames).toBeNull();
  });
});

describe("explain refuses", () => {
  const refused = (code: string, sentence: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(sentence) });

  beforeEach(() => {
    process.exitCode = undefined;
  });

  it("while somebody else's key exchange runs, which goes on", async () => {
    const bob = await openTransceiver(units(link)[0]!);
    await bob.start();
    await expect(whole()).rejects.toEqual(refused("QKD_DEVICE_BUSY", /a key exchange runs at the qrx/));
    expect((await bob.status()).sessionNumber).not.toBe(0);
    await bob.close();
  });

  it("a site or a recording beside anything else, and flags that would be passed over", async () => {
    const [bob] = units(link);
    await expect(runExplain("https://site-a:8443", bob!)).rejects.toEqual(
      refused("QKD_USAGE", /a site is .* itself/),
    );
    await expect(runExplain("run.pcapng", bob!)).rejects.toEqual(
      refused("QKD_USAGE", /a recording is .* itself/),
    );
    await expect(runExplain("https://site-a:8443", "--for", "3s")).rejects.toEqual(
      refused("QKD_USAGE", /--for has no effect on a running site/),
    );
    await expect(runExplain("run.pcapng", "--learn")).rejects.toEqual(
      refused("QKD_USAGE", /--learn has no effect on a recording/),
    );
    await expect(runExplain(...units(link), "--token", "x")).rejects.toEqual(
      refused("QKD_USAGE", /--token has no effect on two units/),
    );
  });

  it("one unit without the other", async () => {
    await expect(runExplain(units(link)[0]!)).rejects.toEqual(refused("QKD_USAGE", /both units/));
  });

  it("two units of one role, and units of two links", async () => {
    const [bob] = units(link);
    await expect(runExplain(bob!, bob!)).rejects.toEqual(refused("QKD_USAGE", /same role/));
    await expect(runExplain(bob!, units(other)[1]!)).rejects.toEqual(refused("QKD_USAGE", /different links/));
    const of = (one: EmulatedLink, site: "alice" | "bob") => one.addresses[site].modbusTcp!;
    await expect(runExplain(of(link, "bob"), of(link, "bob"))).rejects.toEqual(
      refused("QKD_USAGE", /same role/),
    );
    await expect(runExplain(of(link, "bob"), of(other, "alice"))).rejects.toEqual(
      refused("QKD_USAGE", /different links/),
    );
  });

  it("telemetry of a unit that no address leads to", async () => {
    await expect(runExplain(...units(link), "--telemetry", other.addresses.bob.modbusTcp!)).rejects.toEqual(
      refused("QKD_USAGE", /which no address leads to/),
    );
  });

  it("to compare with nothing, with another link's baseline, or with another file", async () => {
    const none = join(folder, "none.json");
    await expect(runExplain(...units(link), "--baseline", none)).rejects.toEqual(
      refused("QKD_CONFIG_UNREADABLE", /there is no baseline/),
    );
    await expect(runExplain(...units(other), "--baseline", baseline)).rejects.toEqual(
      refused("QKD_CONFIG_INVALID", /another link/),
    );
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, "{}");
    await expect(runExplain(...units(link), "--baseline", wrong)).rejects.toEqual(
      refused("QKD_CONFIG_INVALID", /wrong\.json/),
    );
  });

  it("to learn where the baseline cannot be written, before it begins, and keeps the one that is there", async () => {
    const before = readFileSync(baseline, "utf8");
    const within = join(baseline, "under-a-file.json");
    await expect(runExplain(...units(link), "--learn", within, "--for", "10min")).rejects.toEqual(
      refused("QKD_OUTPUT_WRITE", /cannot be written/),
    );
    expect(readFileSync(baseline, "utf8")).toBe(before);
  });
});
