import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlPortHands, NO_HANDS } from "./hands.ts";

let server: Server;
let url: string;
let asked: unknown[];
let status: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(JSON.parse(body));
    response.writeHead(status).end("{}");
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

  it("of nobody do nothing, and say so", async () => {
    expect(await NO_HANDS.do({ act: "fibreOut" }, 22)).toBe(false);
  });
});
