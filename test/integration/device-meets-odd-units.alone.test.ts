import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReplyOf } from "../../protocol/index.ts";
import { FakeDevice } from "../contract/fake-device.ts";
import { DEAD_TIME, GATE_DELAY } from "../contract/listed-parameters.ts";
import { device, pressCtrlC, transportOver } from "./device-trial.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-device-"));
const servers: Server[] = [];
const sockets = new Set<Socket>();
beforeAll(() => {
  vi.stubEnv("XDG_STATE_HOME", folder);
});
afterEach(() => {
  process.exitCode = undefined;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Something that listens where a unit should; its address. */
async function listening(served: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    served(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `tcp://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}

const LISTED: ReplyOf<"listParameters"> = {
  parameters: [GATE_DELAY, DEAD_TIME],
};

/** A unit by script, without any extension. */
const scripted = (more: (one: FakeDevice) => void = () => {}) =>
  listening((socket) => {
    const one = new FakeDevice(transportOver(socket));
    one.on("listParameters", () => LISTED);
    one.on("setParameter", (request) => request);
    one.on("timeSync", ({ t1Ns }) => ({ t1Ns, t2Ns: t1Ns, t3Ns: t1Ns }));
    more(one);
  });

const lineOf = (error: unknown) => (error as { readonly line: string }).line;

describe("qkdlink device", () => {
  it("shows and sets a unit without extensions, and says what it cannot", async () => {
    const address = await scripted();
    const { out, error } = await device(address);
    expect(error).toBeUndefined();
    expect(out).toMatch(/^calibrated {2}the unit does not say$/m);
    expect(out).toMatch(/^lease {7}nobody has it$/m);
    expect((await device(address, "set", "gateDelayPs", "5")).out).toBe("gateDelayPs: 0 ps -> 5 ps\n");
    for (const words of [["measure"], ["tune", "phase"], ["alarms", "--clear"]])
      expect((await device(address, ...words)).error).toMatchObject({ code: "QKD_DEVICE_UNKNOWN_OPCODE" });
  });

  it("shows a unit that compares no clocks, as a recording does not", async () => {
    const address = await listening((socket) => {
      new FakeDevice(transportOver(socket)).on("listParameters", () => LISTED);
    });
    const { out, error } = await device(address);
    expect(error).toBeUndefined();
    expect(out).toMatch(/^clock {7}the unit does not say$/m);
    expect(JSON.parse((await device(address, "--json")).out).clock).toBeNull();
  });

  it.concurrent.for<[string, (socket: Socket) => void, string]>([
    ["that says nothing", () => {}, "QKD_REQUEST_TIMEOUT"],
    ["that hangs up", (socket: Socket) => socket.destroy(), "QKD_TRANSPORT_CLOSED"],
    [
      "whose line runs at another speed",
      (socket: Socket) => {
        socket.on("data", () => socket.write(Uint8Array.from({ length: 400 }, (_, at) => (at * 193) & 0xff)));
      },
      "QKD_TRANSPORT_GARBAGE",
    ],
  ])("gives one sentence of a unit %s", async ([, served, code], { expect }) => {
    const address = await listening(served);
    const { error, out } = await device(address, "set", "gateDelayPs", "5", "--timeout", "200");
    expect([lineOf(error)?.startsWith(code), lineOf(error)?.includes("\n"), out]).toEqual([true, false, ""]);
  });

  it("waits for a slow unit", async () => {
    const address = await listening((socket) => {
      const one = new FakeDevice({
        ...transportOver(socket),
        write: async (bytes) => void setTimeout(() => socket.write(bytes), 150),
      });
      one.on("listParameters", () => LISTED);
    });
    expect((await device(address, "get", "gateDelayPs")).out).toMatch(/^gateDelayPs {2}0 ps/);
  });

  it("says what is half set where the unit stays away, and puts it back on the next contact", async () => {
    const values = new Map<number, number | string>([
      [0x22, 0],
      [0x23, 1],
    ]);
    let refuses = false;
    let breaks = true;
    const address = await scripted((one) => {
      one.on("listParameters", () => ({
        parameters: LISTED.parameters.map((each) => ({ ...each, value: values.get(each.id) ?? 0 })),
      }));
      one.on("setParameter", (request) => {
        // The second setting is the last that this unit hears: it breaks, and what it had is set.
        if (refuses) return { refuse: "internal" };
        values.set(request.id, request.value);
        refuses = breaks && request.id === 0x22;
        return request;
      });
    });
    const { error } = await device(address, "set", "gateDelayPs=5", "deadTimeGates=7");
    expect(error).toMatchObject({
      code: "QKD_DEVICE_STATE",
      context: { settings: "gateDelayPs, deadTimeGates" },
    });
    expect(lineOf(error)).toMatch(/half set.*device ADDR restore/);
    expect(values.get(0x22)).toBe(5);
    [refuses, breaks] = [false, false];
    expect((await device(address)).out).toMatch(/^interrupted/m);
    expect((await device(address, "restore")).out).toMatch(/as they were before/);
    expect(values).toEqual(
      new Map([
        [0x22, 0],
        [0x23, 1],
      ]),
    );
    expect((await device(address, "restore")).out).toMatch(/no change of this unit was interrupted/);
  });

  it("puts back what is set when the user presses Ctrl-C in the middle", async () => {
    const values = new Map<number, number | string>();
    let heard = 0;
    const address = await scripted((one) =>
      one.on("setParameter", (request) => {
        heard += 1;
        if (heard === 2) return "silence";
        values.set(request.id, request.value);
        return request;
      }),
    );
    const running = device(address, "set", "gateDelayPs=5", "deadTimeGates=7");
    await expect.poll(() => heard).toBe(2);
    pressCtrlC();
    expect(await running).toMatchObject({ error: undefined, hints: "stopped\n", out: "" });
    expect(values).toEqual(
      new Map([
        [0x22, 0],
        [0x23, 1],
      ]),
    );
    expect(process.exitCode).toBe(1);
  });
});
