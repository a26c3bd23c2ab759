import { createServer } from "node:http";
import { describe, expect, it, type TestContext } from "vitest";
import { emulatedLinkFor } from "../testing/emulated-link-for.ts";
import { controlClient } from "./control-client.ts";

/** A server that gives one answer to everything. */
async function answering(test: TestContext, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe("the control client", () => {
  it("changes the link and sees what it became", async (test) => {
    const link = await emulatedLinkFor(test, {
      clockHz: 1e6,
      control: "tcp://127.0.0.1:0",
      listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    });
    const client = controlClient(link.addresses.control ?? "");
    await client.fault({ event: "cut" });
    const { conditions, stats, alice, bob } = await client.state();
    expect(conditions.fibreCut).toBe(true);
    expect(link.truth.conditions.fibreCut).toBe(true);
    expect(stats).toEqual({
      ...link.stats(),
      gates: "0",
      linkSeconds: expect.any(Number),
      wallSeconds: expect.any(Number),
    });
    expect([alice, bob]).toEqual(
      ["idle", "idle"].map((state) => ({
        serial: expect.any(String),
        state,
        keyExchange: null,
        alarms: expect.any(Array),
        values: expect.objectContaining({ internalTemperatureC: expect.any(Number) }),
      })),
    );
    await expect(client.fault({ event: "ambient", site: "bob", celsius: 900 })).rejects.toMatchObject({
      name: "ConfigError",
      code: "QKD_PHYSICS_RANGE",
      message: expect.stringContaining("900"),
      remedy: "use a value inside the allowed range",
    });
  });

  it.for([
    ["a page of somebody else's", 200, "<html>"],
    ["an error without a reason", 500, "{}"],
    ["a code that does not exist", 400, '{"code":"QKD_MADE_UP","message":"no"}'],
    ["null", 404, "null"],
  ] as const)("calls %s a failure of the control port", async ([, status, body], test) => {
    const url = await answering(test, status, body);
    await expect(controlClient(url).state()).rejects.toMatchObject({
      name: "EmulatorError",
      code: "QKD_EMULATOR_CONTROL",
    });
  });

  it("says that it may be tried again where nobody listens", async () => {
    await expect(controlClient("http://127.0.0.1:1").state()).rejects.toMatchObject({
      code: "QKD_EMULATOR_CONTROL",
      retryable: true,
      context: { url: "http://127.0.0.1:1" },
    });
  });
});
