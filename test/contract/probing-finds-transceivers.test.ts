import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTransport, parseDeviceAddress, probeAddress } from "../../drivers/index.ts";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { commandOf, FrameScanner } from "../../protocol/index.ts";

/** A server that is no transceiver; what was written to it. */
async function stranger(answer: (socket: Socket) => void) {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("data", (chunk) => heard.push(chunk));
    answer(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

describe("probing", () => {
  it.concurrent("finds an emulated pair on every kind of port, with its state", async (test) => {
    const { expect } = test;
    const { addresses } = await emulatedLinkFor(test, { clockHz: 1e6 });
    const findsAll = async (site: "alice" | "bob", role: "qtx" | "qrx") => {
      const { tcp = "", serial = "", modbusTcp = "", modbusRtu = "" } = addresses[site];
      for (const address of [tcp, serial])
        expect(await probeAddress(address)).toMatchObject({
          found: "transceiver",
          identity: { role, serial: expect.stringMatching(/^E[TR]\d+$/) },
          state: "idle",
        });
      for (const address of [modbusTcp, modbusRtu])
        expect(await probeAddress(address)).toMatchObject({ found: "telemetry", identity: { role } });
    };
    await Promise.all([findsAll("alice", "qtx"), findsAll("bob", "qrx")]);
  });

  it.concurrent("finds the settings of a line that are not known", async (test) => {
    const { expect } = test;
    const { addresses } = await emulatedLinkFor(test, {
      clockHz: 1e6,
      listen: { alice: [], bob: ["serial:?baud=921600"] },
    });
    const path = parseDeviceAddress(addresses.bob.serial ?? "").kind === "serial" ? addresses.bob.serial : "";
    const tried: string[] = [];
    const finding = await probeAddress(path?.replace(/\?.*/, "") ?? "", { trying: (one) => tried.push(one) });
    expect(finding).toMatchObject({ found: "transceiver", address: expect.stringContaining("baud=921600") });
    expect(tried).toHaveLength(3);
  });

  it("writes identify and nothing else", async () => {
    const { address, heard } = await stranger(() => {});
    expect(await probeAddress(address, { timeoutMs: 200 })).toMatchObject({
      found: "nothing",
      error: { code: "QKD_REQUEST_TIMEOUT" },
    });
    const frames = new FrameScanner()
      .push(Buffer.concat(heard))
      .flatMap((event) => (event.kind === "frame" ? [event.frame] : []));
    expect(frames.map(({ kind, opcode }) => [kind, opcode])).toEqual([
      ["request", commandOf("identify").opcode],
    ]);
  });

  it.each<[string, (socket: Socket) => void]>([
    ["hangs up", (socket) => socket.destroy()],
    ["ends at the first byte", (socket) => socket.once("data", () => socket.destroy())],
    ["answers in another language", (socket) => socket.write("220 ready\r\n".repeat(1000))],
  ])("says of a stranger that nothing answers: one that %s", async (_name, answer) => {
    const { address } = await stranger(answer);
    expect(await probeAddress(address, { timeoutMs: 300 })).toMatchObject({ found: "nothing", address });
  });

  it("says of a port that is not there that it is not there, at once", async () => {
    const tried: string[] = [];
    expect(await probeAddress("serial:/dev/ttyNOT0", { trying: (one) => tried.push(one) })).toMatchObject({
      found: "nothing",
      address: "serial:/dev/ttyNOT0",
      trouble: { why: "absent" },
    });
    expect(tried).toHaveLength(1);
  });

  it("says of a port that another driver holds that it is busy", async (test) => {
    const { addresses } = await emulatedLinkFor(test, {
      clockHz: 1e6,
      listen: { alice: [], bob: ["serial:"] },
    });
    const address = addresses.bob.serial ?? "";
    const holder = await openTransport(parseDeviceAddress(address));
    onTestFinished(() => holder.close());
    expect(await probeAddress(address)).toMatchObject({ found: "nothing", trouble: { why: "busy" } });
  });

  it.each(["", "nonsense", "http://host"])("refuses what is no address: %j", async (text) => {
    await expect(probeAddress(text)).rejects.toMatchObject({
      code: expect.stringMatching(/^QKD_(CONFIG|TRANSPORT)/),
    });
  });
});
