import { describe, expect, it } from "vitest";
import type { EmulatedLink, HappeningNews } from "../emulator/index.ts";
import { EmulationLog } from "./emulation-log.ts";

const CUT: HappeningNews = { atS: 3, phase: "begins", by: "scenario", happening: { event: "cut" } };
const LINK = {
  addresses: { alice: { all: ["tcp://a:1"] }, bob: { all: ["tcp://b:2"] } },
  link: { channelLossDb: 8, clockHz: 1e8 },
} as unknown as EmulatedLink;

function logged(json: boolean) {
  const out = {
    text: "",
    writableLength: 0,
    write(text: string) {
      out.text += text;
    },
  };
  return { out, log: new EmulationLog(out, json) };
}

describe("what `emulate` prints", () => {
  it("begins with the addresses, whatever happened before they were known", () => {
    const { out, log } = logged(false);
    log.happened(CUT);
    expect(out.text).toBe("");
    log.ready(LINK);
    expect(out.text).toBe(
      "link     8 dB at 100 MHz\nalice    tcp://a:1\nbob      tcp://b:2\nready\n3 s      cut\n",
    );
    log.close();
  });

  it.each([false, true])("does not pile up before a reader that takes nothing (JSON: %s)", (json) => {
    const { out, log } = logged(json);
    log.ready(LINK);
    out.text = "";
    out.writableLength = 1 << 21;
    for (let count = 0; count < 3; count++) log.happened(CUT);
    expect(out.text).toBe("");
    out.writableLength = 0;
    log.happened(CUT);
    const [unprinted = "", event = "", ...rest] = out.text.split("\n");
    expect(rest).toEqual([""]);
    if (json) expect(JSON.parse(unprinted)).toEqual({ type: "unprinted", events: 3 });
    else expect(unprinted).toBe("3 events were not printed: standard output took nothing");
    expect(event).toContain("cut");
    log.close();
  });
});
