import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeDevice } from "../contract/fake-device.ts";
import { DEAD_TIME, GATE_DELAY } from "../contract/listed-parameters.ts";
import { device, transportOver } from "./device-trial.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-device-"));
  vi.stubEnv("XDG_STATE_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A unit with leases and two settings of which it forgets one, that does as `act` says at each lease it is asked for. */
async function unitWith(act: (seconds: number, hangUp: () => void) => "silence" | undefined) {
  const values = new Map<number, number | string>([
    [0x22, 0],
    [0x23, 1],
  ]);
  let found = 0 as number | string;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    const one = new FakeDevice(transportOver(socket));
    one.on("listParameters", () => ({
      parameters: [
        { ...GATE_DELAY, value: values.get(0x22) ?? 0 },
        { ...DEAD_TIME, value: values.get(0x23) ?? 0 },
      ],
    }));
    one.on("setParameter", (request) => {
      values.set(request.id, request.value);
      return request;
    });
    one.on("lease", ({ holder, seconds }) => {
      if (seconds > 0) found = values.get(0x22) ?? 0;
      const answer = act(seconds, () => {
        // As a lease ends that nobody gave back: what is volatile is as it was.
        values.set(0x22, found);
        socket.destroy();
      });
      return answer ?? { holder, seconds, yours: seconds > 0 };
    });
    one.on("readLog", () => {
      // The line breaks after the answer, between two looks at the log.
      setTimeout(() => socket.destroy(), 20);
      return { firstIndex: 0, nextIndex: 0, entries: [] };
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  return { values, server, address: `tcp://127.0.0.1:${port}` };
}

describe("qkdlink device", () => {
  it("puts everything back where the unit went away with the lease that was to keep it", async () => {
    const { values, server, address } = await unitWith((seconds, hangUp) => {
      if (seconds > 0) return undefined;
      hangUp();
      return "silence";
    });
    const { error } = await device(address, "set", "gateDelayPs=5", "deadTimeGates=7");
    expect(error).toMatchObject({ code: expect.stringMatching(/^QKD_TRANSPORT_/) });
    expect([...values.values()]).toEqual([0, 1]);
    expect((await device(address, "restore")).out).toMatch(/no change of this unit was interrupted/);
    server.close();
  });

  it("does not wait for a unit that went away, though it may come back", async () => {
    const { server, address } = await unitWith(() => undefined);
    const { error } = await device(address, "log", "--follow");
    expect(error).toMatchObject({ code: expect.stringMatching(/^QKD_TRANSPORT_/) });
    server.close();
  });
});
