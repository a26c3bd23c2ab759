import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlPortHands, NO_HANDS } from "./hands.ts";

let server: Server;
let url: string;
let asked: unknown[];
let status: number;
let answer: string;

beforeEach(async () => {
  asked = [];
  status = 200;
  answer = "{}";
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(JSON.parse(body));
    response.writeHead(status).end(answer);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

describe("hands", () => {
  it("are the control port's events: fibre out and in, channels dark, alone and together", async () => {
    const hands = controlPortHands(url, ["a", "b"]);
    expect(await hands.do({ act: "fibreOut" }, 22)).toBe(true);
    await hands.do({ act: "fibreIn" }, 22);
    await hands.do({ act: "channelAlone", channel: "b" }, 17);
    const dark = ["a", "b"].map((channel) => ({ event: "darken", channel }));
    expect(asked).toEqual([{ event: "cut" }, { event: "repair" }, ...dark, { event: "light", channel: "b" }]);
  });

  it("say so when the control port refuses or is not there", async () => {
    status = 400;
    const refused = expect.objectContaining({ code: "QKD_EMULATOR_CONTROL" });
    await expect(controlPortHands(url, []).do({ act: "fibreOut" }, 22)).rejects.toThrow(refused);
    await expect(controlPortHands("http://127.0.0.1:9", []).do({ act: "fibreOut" }, 22)).rejects.toThrow(
      refused,
    );
  });

  it("tell in one line why the control port refused, and what to do about a channel that it has not got", async () => {
    status = 400;
    answer = '{"code":"QKD_CONFIG_INVALID","message":"channel is b, allowed is 1","remedy":"correct it"}\n';
    await expect(controlPortHands(url, ["b"]).do({ act: "channelsOn" }, 6)).rejects.toMatchObject({
      message: `the control port ${url} refused light b: channel is b, allowed is 1`,
      remedy: "start the emulator with a scenario whose channels have the names of the plan's",
    });
    answer = "<html>\n</html>";
    await expect(controlPortHands(url, []).do({ act: "fibreOut" }, 22)).rejects.toMatchObject({
      message: `the control port ${url} refused cut: status 400`,
    });
  });

  it("of nobody do nothing, and say so", async () => {
    expect(await NO_HANDS.do({ act: "fibreOut" }, 22)).toBe(false);
  });
});
