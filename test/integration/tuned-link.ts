import type { TestContext } from "vitest";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { errorReply, PARAMETERS, type ParameterName, type RequestOf } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

/** A link without drift that stands still until it is advanced, and clients of its units. */
export async function linkOf(test: TestContext) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
  const at = async (site: "alice" | "bob") => {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    test.onTestFinished(() => client.close());
    return client;
  };
  const tuned = async (client: TestClient, request: RequestOf<"tune">, seconds = 12) => {
    const { run } = await client.call("tune", request);
    await link.advance(1000 * seconds);
    return client.until(() => client.events("tuned").findLast((event) => event.run === run));
  };
  return { link, at, tuned };
}

export const parameter = async (client: TestClient, name: ParameterName) =>
  Number((await client.call("getParameter", { id: PARAMETERS[name].id })).value);
export const set = (client: TestClient, name: ParameterName, value: number) =>
  client.call("setParameter", { id: PARAMETERS[name].id, value });
export const once = (what: RequestOf<"tune">["what"]) => ({ what, mode: "once", intervalS: 0 }) as const;
export const codeOf = async (client: TestClient, request: RequestOf<"tune">) => {
  const frame = await client.ask("tune", request);
  return frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
};
