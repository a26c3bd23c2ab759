import { createServer, type Socket } from "node:net";
import { firstValueFrom } from "rxjs";
import { filter } from "rxjs/operators";
import { expect, it, onTestFinished } from "vitest";
import { openTelemetry, type TelemetryOptions } from "../../drivers/index.ts";
import { DISCRETE_INPUT_COUNT, IDENTIFICATION_OBJECTS, INPUT_REGISTER_COUNT } from "../../protocol/index.ts";

const IDENTIFY = 43;
const ILLEGAL_FUNCTION = 1;
const BUSY = 6;

/** Answers a function on one of the slave's connections, which count from 1, for so many registers; null: not at all. */
type Answers = (functionCode: number, connection: number, quantity: number) => readonly number[] | null;

/** How much a request for registers or bits asks for. */
const asked = (request: Buffer): number => (request.length < 12 ? 0 : request.readUInt16BE(10));

async function slave(answers: Answers, options: TelemetryOptions = {}) {
  let connections = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.push(socket.on("error", () => {}));
    socket.on("data", (request) => {
      const answer = answers(request[7] ?? 0, connection, asked(request));
      if (answer === null) return;
      const head = [...request.subarray(0, 4), (answer.length + 1) >> 8, (answer.length + 1) & 255];
      socket.write(Buffer.from([...head, request[6] ?? 0, ...answer]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const telemetry = openTelemetry(`modbus+tcp://127.0.0.1:${port}`, { expectedSerial: "S-1", ...options });
  onTestFinished(async () => {
    await telemetry.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { telemetry, connections: () => connections };
}

/** Answers the question who it is as told, and readings with zeros. */
const device =
  (identification: readonly number[]): Answers =>
  (functionCode) =>
    functionCode === IDENTIFY ? identification : zeros(functionCode);

function zeros(functionCode: number): number[] {
  const bytes = functionCode === 4 ? 2 * INPUT_REGISTER_COUNT : DISCRETE_INPUT_COUNT / 8;
  return [functionCode, bytes, ...Array<number>(bytes).fill(0)];
}

const named = (id: number, text: string) => {
  const object = [id, text.length, ...Buffer.from(text)];
  return [IDENTIFY, 14, 3, 0x83, 0, 0, 1, ...object];
};
const exception = (code: number) => [IDENTIFY | 0x80, code];
const { serialNumber, vendorName } = IDENTIFICATION_OBJECTS;

it("telemetry reads the device of the serial number that is expected, and one that cannot say who it is", async () => {
  for (const answer of [named(serialNumber.id, "S-1"), exception(ILLEGAL_FUNCTION)]) {
    const { telemetry } = await slave(device(answer));
    expect(await telemetry.read()).toMatchObject({ type: "reading" });
  }
});

it("telemetry reads the shorter map of a device of version 1, and asks it for no more after that", async () => {
  const sizes: number[] = [];
  const identity = named(serialNumber.id, "S-1");
  const { telemetry } = await slave((functionCode, _connection, registers) => {
    if (functionCode === IDENTIFY) return identity;
    if (functionCode !== 4) return zeros(functionCode);
    sizes.push(registers);
    return registers > 108 ? [4 | 0x80, 2] : [4, 216, 0, 1, ...Array<number>(214).fill(0)];
  });
  for (let round = 0; round < 2; round++) {
    const { values } = await telemetry.read();
    expect([values.mapVersion, values.doubleClicks]).toEqual([1, 0]);
    expect(Object.keys(values)).not.toContain("gainU");
  }
  expect(sizes).toEqual([120, 108, 108]);
});

it("telemetry takes no other refusal for an older map", async () => {
  const sizes: number[] = [];
  const identity = named(serialNumber.id, "S-1");
  const { telemetry } = await slave((functionCode, _connection, registers) => {
    if (functionCode === IDENTIFY) return identity;
    if (functionCode === 4) sizes.push(registers);
    return sizes.length === 1 && functionCode === 4 ? [4 | 0x80, BUSY] : zeros(functionCode);
  });
  await expect(telemetry.read()).rejects.toMatchObject({ code: "QKD_MODBUS_EXCEPTION" });
  expect((await telemetry.read()).values.gainU).toBe(0);
  expect(sizes).toEqual([120, 120]);
});

it.each([
  ["names another serial number", named(serialNumber.id, "S-2"), "QKD_DEVICE_IDENTITY"],
  ["names itself without a serial number", named(vendorName.id, "S-1"), "QKD_DEVICE_IDENTITY"],
  ["is too busy to say who it is", exception(BUSY), "QKD_MODBUS_EXCEPTION"],
])("telemetry reads nothing of a device that %s", async (_name, answer, code) => {
  const { telemetry } = await slave(device(answer));
  await expect(telemetry.read()).rejects.toMatchObject({ code });
});

it("telemetry makes a new connection where the other end of the old one is gone without a word", async () => {
  const whole = device(named(serialNumber.id, "S-1"));
  const { telemetry, connections } = await slave(
    (functionCode, connection, quantity) =>
      connection === 1 && functionCode !== IDENTIFY ? null : whole(functionCode, connection, quantity),
    { timeoutMs: 20, intervalMs: 1 },
  );
  await firstValueFrom(telemetry.updates$.pipe(filter(({ type }) => type === "reading")));
  expect(connections()).toBe(2);
});
