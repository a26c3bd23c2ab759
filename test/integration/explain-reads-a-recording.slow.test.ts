import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureFile, interfaceBlock, LINK_TYPES, Recorder, sectionBlock } from "../../capture/index.ts";
import { openTransceiver, wallNs } from "../../drivers/index.ts";
import { type EmulatedLink, type Happening, startEmulatedLink } from "../../emulator/index.ts";
import { runExplain } from "./explain-run.ts";

const LISTEN = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
/** A fibre of 30 km on which the light of a neighbour can be brought. */
const NEIGHBOUR: Happening = {
  event: "multiplex",
  plan: {
    channels: [{ frequencyThz: 194.4, direction: "forward", launchDbm: 0 }],
    quantumWavelengthNm: 1550.116,
    fibreKm: 30,
  },
};
/** Long enough for a look; what is averaged over a second has settled by its end. */
const RECORDED_S = 8;
const LOOK = ["--for", "5s"];

let folder: string;
let link: EmulatedLink;
let other: EmulatedLink;
let baseline: string;

/** Records both units of some links while their keys are exchanged; what happens does so before the recording begins. */
async function record(
  name: string,
  { forS = RECORDED_S, links = [link], happening }: RecordAs = {},
): Promise<string> {
  const path = join(folder, name);
  const file = new CaptureFile({ file: path, stopped: (reason) => expect.fail(reason.line) });
  const recorder = new Recorder({ sink: file, now: wallNs, application: "test", crc32 });
  await file.begin();
  if (happening !== undefined) await link.faults.apply(happening);
  const units = await Promise.all(
    links.flatMap(({ addresses }) =>
      (["alice", "bob"] as const).map((site) => {
        const { tcp = "", modbusTcp = "" } = addresses[site];
        return openTransceiver(tcp, { telemetry: modbusTcp, tap: recorder.unit(site, tcp) });
      }),
    ),
  );
  for (const unit of units) {
    unit.health$.subscribe();
    unit.rawKeys$.subscribe(({ frameId }) => unit.acknowledge(frameId));
  }
  await Promise.all(units.map((unit) => unit.listParameters()));
  await Promise.all(units.map((unit) => unit.start({ detectionsPerFrame: 16_384 })));
  await sleep(1000 * forS);
  await Promise.all(units.map((unit) => unit.close()));
  await file.close(recorder.statistics());
  return path;
}
interface RecordAs {
  readonly forS?: number;
  readonly links?: readonly EmulatedLink[];
  readonly happening?: Happening;
}

let healthy: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-explained-"));
  baseline = join(folder, "built.json");
  const open = (lossDb: number, seed: number) =>
    startEmulatedLink({
      clockHz: 1e8,
      lossDb,
      seed,
      drift: "none",
      listen: { alice: LISTEN, bob: LISTEN },
    });
  [link, other] = [await open(6, 31), await open(9, 32)];
  const { alice, bob } = link.addresses;
  const telemetry = ["--telemetry", alice.modbusTcp!, "--telemetry", bob.modbusTcp!];
  await runExplain(alice.tcp!, bob.tcp!, ...telemetry, "--learn", baseline, "--for", "3s");
  healthy = await record("healthy.pcapng");
}, 60_000);

afterAll(async () => {
  await Promise.all([link.stop(), other.stop()]);
  rmSync(folder, { recursive: true });
});

describe("a recording of a running link", () => {
  it("shows a healthy link as healthy, and says when and what it could not see", async () => {
    const { text, code } = await runExplain(healthy, "--baseline", baseline, ...LOOK);
    expect(text).toMatch(/^Recorded from 2\d{3}-.*Z to 2\d{3}-.*Z\n\nANSWER: the link is as it was built/);
    expect(text).toMatch(/\nNot seen here: .*share of detector 0 in the vacuum clicks/);
    expect(text).not.toMatch(/Not seen here: .*gain of the signal pulses/);
    expect(code).toBeUndefined();
  });

  it.each<[string, Happening, Happening, readonly string[]]>([
    [
      "a bend",
      { event: "bend", lossDb: 2 },
      { event: "end", of: "bend" },
      ["sharedFibreLoss", "quantumPathLoss"],
    ],
    [
      "a modulator off its bias",
      { event: "modulatorOffset", volt: 1.5 },
      { event: "modulatorOffset", volt: 0 },
      ["modulatorBias"],
    ],
    ["a noisy neighbour", NEIGHBOUR, { event: "multiplex" }, ["ramanMetered"]],
  ])(
    "names %s first",
    async (name, happening, ends, causes) => {
      const file = await record(`${name}.pcapng`, { happening });
      await link.faults.apply(ends);
      const { text } = await runExplain(file, "--baseline", baseline, ...LOOK, "--json");
      const said = JSON.parse(text);
      expect(causes).toContain(said.causes[0].cause);
      expect(["not sure", ...causes]).toContain(said.answer);
      expect(said.recording).toMatchObject({ file, units: [1, 2], damage: null });
      expect(said.frames.unlike).toBe(0);
      expect(said.frames.paired).toBeGreaterThan(5);
    },
    40_000,
  );

  it("does not exclude Eve, and does not call her: no indicator of a site is in a recording", async () => {
    const happening: Happening = { event: "interceptResend", fraction: 0.4, basisBias: 1 };
    const file = await record("eve.pcapng", { happening });
    await link.faults.apply({ event: "end", of: "interceptResend" });
    const { text, code } = await runExplain(file, "--baseline", baseline, ...LOOK, "--json");
    const { answer, doubts, causes } = JSON.parse(text);
    expect({ answer, code }).toEqual({ answer: "not sure", code: 1 });
    expect(doubts).toContain("attackUnconfirmed");
    const eve = causes.find(({ cause }: { cause: string }) => cause === "interceptResend");
    expect(eve.probability).toBeGreaterThan(0.99);
  }, 40_000);

  it("of which the end is cut off is explained by what was before it", async () => {
    const cut = join(folder, "cut.pcapng");
    copyFileSync(healthy, cut);
    truncateSync(cut, readFileSync(healthy).length - 7);
    const { text } = await runExplain(cut, "--baseline", baseline, ...LOOK, "--json");
    const { answer, recording } = JSON.parse(text);
    expect(answer).toBe("healthy");
    expect(recording.damage).toMatch(/damaged at byte \d+: it ends inside a block; \d+ packets were read/);
  });

  it("is one of its units alone, where that is asked for", async () => {
    const { text } = await runExplain(healthy, "--baseline", baseline, "--unit", "1", ...LOOK, "--json");
    const { recording, missing } = JSON.parse(text);
    expect(recording.units).toEqual([1]);
    expect(missing).toContain("detectorC");
    expect(missing).not.toContain("laserDb");
  });
});

describe("explain refuses", () => {
  const refused = (code: string, sentence: RegExp, remedy: RegExp) =>
    expect.objectContaining({
      code,
      message: expect.stringMatching(sentence),
      remedy: expect.stringMatching(remedy),
    });
  const file = (name: string, text: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("a file that is none, no recording, empty, or of another program", async () => {
    const remedy = /name a (pcapng file|recording) of qkdlink record/;
    await expect(runExplain(join(folder, "none.pcapng"))).rejects.toEqual(
      refused("QKD_CONFIG_UNREADABLE", /there is no such file/, remedy),
    );
    await expect(runExplain(`${folder}/`)).rejects.toEqual(
      refused("QKD_CONFIG_UNREADABLE", /it is a folder/, remedy),
    );
    await expect(runExplain(file("notes.txt", "link: down\n"))).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /notes\.txt is no recording$/, remedy),
    );
    await expect(runExplain(file("empty.pcapng", ""))).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /is no recording: it is empty/, remedy),
    );
    const foreign = [sectionBlock("dumpcap"), interfaceBlock(1, "eth0", "")];
    await expect(runExplain(file("eth.pcapng", Buffer.concat(foreign)))).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /holds nothing that a unit or a site said/, remedy),
    );
    await expect(runExplain(file("head.pcapng", sectionBlock("x").slice(0, 12)))).rejects.toEqual(
      refused("QKD_CAPTURE_DAMAGED", /ends inside a block; 0 packets/, /record again/),
    );
    const silent = [sectionBlock("x"), interfaceBlock(LINK_TYPES.session, "unit 1 session", "")];
    await expect(runExplain(file("silent.pcapng", Buffer.concat(silent)))).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /holds nothing that a unit or a site said/, remedy),
    );
  });

  it("a recording that is too short", async () => {
    const short = await record("short.pcapng", { forS: 0.3 });
    await expect(runExplain(short, "--baseline", baseline)).rejects.toEqual(
      refused(
        "QKD_CAPTURE_MISSING",
        /holds \d s of counts or readings, which is too short/,
        /for 30 s or longer/,
      ),
    );
  });

  it("units of several links at once, and a unit that is not there", async () => {
    const both = await record("both.pcapng", { links: [link, other], forS: 6 });
    await expect(runExplain(both, "--baseline", baseline)).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /holds 4 units of 2 links/, /with --unit: 1, 2, 3, 4/),
    );
    await expect(runExplain(both, "--baseline", baseline, "--unit", "9")).rejects.toEqual(
      refused("QKD_CAPTURE_MISSING", /has no unit 9/, /one of the units 1, 2, 3, 4/),
    );
    const { text } = await runExplain(
      both,
      "--baseline",
      baseline,
      "--unit",
      "1",
      "--unit",
      "2",
      "--for",
      "4s",
      "--json",
    );
    expect(JSON.parse(text).recording.units).toEqual([1, 2]);
    await expect(runExplain(both, "--baseline", baseline, "--unit", "3")).rejects.toEqual(
      refused("QKD_CONFIG_INVALID", /learnt from another link/, /name the baseline of this link/),
    );
  }, 30_000);
});
