import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

let link: EmulatedLink;
beforeAll(async () => {
  link = await startEmulatedLink({
    speed: "manual",
    clockHz: 1e6,
    lossDb: 5,
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
  });
});
afterAll(() => link.stop());

async function post(path: string, body: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(`${link.addresses.control}${path}`, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const conditions = () => structuredClone(link.truth.conditions);

describe("the control port", () => {
  it.each([
    ["a name of before", '{"type":"fibreCut","cut":true}', "fibreCut is cut or repair now"],
    [
      "a name of before as the event",
      '{"event":"laserPower"}',
      "event is laserPower, which is called age now",
    ],
    ["a slip of the pen", '{"event":"bent","lossDb":1}', "event is bent (did you mean bend?)"],
    ["a member that nobody knows", '{"event":"bend","lossDb":1,"loss":1}', "loss is no known field"],
    [
      "text for a number",
      '{"event":"bend","lossDb":"1"}',
      'lossDb is "1", allowed is a value of type number',
    ],
    ["a list for a name", '{"event":["cut"]}', "event is"],
    [
      "a value beyond its range",
      '{"event":"bend","lossDb":101}',
      "lossDb is 101, allowed is above 0 and at most 100",
    ],
    ["a number that overflows", '{"event":"bend","lossDb":1e999}', "lossDb is Infinity"],
    ["a prototype", '{"event":"cut","__proto__":{"for":"1 s"}}', "__proto__ is no known field"],
    ["a time of the timeline", '{"event":"cut","at":"1 s"}', "at is no known field"],
    ["a channel that is not there", '{"event":"light","channel":"data"}', "channel is data"],
    ["an end of what never ends", '{"event":"end","of":"repair"}', "of is repair, allowed is one of cut"],
    [
      "levels that cannot be together",
      '{"event":"intensities","intensities":[0.1,0.4,0]}',
      "intensities[1] is 0.4",
    ],
    ["a list", '[{"event":"cut"}]', "the happening is a list, allowed is an object"],
    ["null", "null", "the happening is null"],
    ["nothing", "", "the body is no JSON"],
    ["half of it", '{"event":"cut"', "the body is no JSON"],
    ["deep nesting", `${"[".repeat(30_000)}`, "the body is no JSON"],
    [
      "deep nesting that closes",
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
      "the happening is a list, allowed is an object",
    ],
  ])("refuses %s in one sentence, and nothing has changed", async (_what, body, sentence) => {
    const before = conditions();
    const answer = await post("/fault", body);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: expect.stringMatching(/^QKD_(CONFIG_INVALID|PHYSICS_RANGE)$/),
        message: expect.stringContaining(sentence),
        remedy: expect.any(String),
      },
    });
    expect(answer.body.message).not.toMatch(/\p{Cc}/u);
    expect(conditions()).toEqual(before);
  });

  it("refuses what is too long or no text, and says so", async () => {
    const long = await post("/fault", `{"event":"cut"${" ".repeat(65_536)}}`);
    expect(long).toMatchObject({
      status: 400,
      body: { message: "the body has 65551 bytes, allowed are at most 65536" },
    });
    // Two bytes a letter: what counts is bytes.
    const letters = await post("/fault", `"${"ä".repeat(40_000)}"`);
    expect(letters.body.message).toBe("the body has 80002 bytes, allowed are at most 65536");
    const noText = await post("/fault", Uint8Array.of(0x22, 0xff, 0xfe, 0x22));
    expect(noText).toMatchObject({ status: 400, body: { message: "the body is no JSON" } });
    expect((await post("/fault", " ".repeat(1_000_000))).status).toBe(400);
  });

  it.each([
    ['{"ms":"100"}', 'ms is "100", allowed is a value of type number'],
    ['{"ms":-1}', "ms is -1, allowed is at least 0 and at most 86400000"],
    ['{"ms":1,"s":1}', "s is no known field"],
    ["{}", "ms is missing"],
    ["[]", "the body is a list, allowed is a value of type object"],
    ["17", "the body is 17"],
  ])("does not advance by %s", async (body, sentence) => {
    const { linkSeconds } = link.stats();
    expect(await post("/advance", body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(sentence) },
    });
    expect(link.stats().linkSeconds).toBe(linkSeconds);
  });

  it("goes on serving while strangers leave in the middle", async () => {
    const { hostname, port } = new URL(link.addresses.control ?? "");
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.write('POST /fault HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{"event":"cu', () =>
        socket.destroy(),
      );
      await new Promise((resolve) => socket.once("close", resolve));
    }
    expect(await post("/fault", '{"event":"cut","for":"1 s"}')).toEqual({
      status: 200,
      body: { done: true },
    });
    expect(link.truth.conditions.fibreCut).toBe(true);
    expect((await post("/advance", '{"ms":1000}')).status).toBe(200);
    expect(link.truth.conditions.fibreCut).toBe(false);
  });

  it("takes from the library what it takes from strangers, and refuses the same", async () => {
    await link.faults.apply({ event: "trojanLight", dbm: -40 });
    expect(link.truth.conditions.trojanLightDbm).toBe(-40);
    await link.faults.apply({ event: "end", of: "trojanLight" });
    expect(link.truth.conditions.trojanLightDbm).toBeUndefined();
    await expect(link.faults.apply({ type: "fibreCut", cut: true } as never)).rejects.toMatchObject({
      name: "ConfigError",
      code: "QKD_CONFIG_INVALID",
      message: expect.stringContaining("fibreCut is cut or repair now"),
    });
    await expect(link.faults.eve(2)).rejects.toMatchObject({ code: "QKD_PHYSICS_RANGE" });
    await expect(link.faults.loss(Number.NaN)).rejects.toMatchObject({ code: "QKD_PHYSICS_RANGE" });
  });
});
