import { createServer, type Socket } from "node:net";
import { firstValueFrom } from "rxjs";
import { filter } from "rxjs/operators";
import { expect, it, onTestFinished } from "vitest";
import { openTelemetry, type TelemetryOptions } from "../../drivers/index.ts";
import { DISCRETE_INPUT_COUNT, IDENTIFICATION_OBJECTS, INPUT_REGISTER_COUNT } from "../../protocol/index.ts";

const IDENTIFY = 43;
const ILLEGAL_FUNCTION = 1;
const BUSY = 6;

/** Answers a function on one of the slave's connections, which count from 1; null: not at all. */
type Answers = (functionCode: number, connection: number) => readonly number[] | null;

async function slave(answers: Answers, options: TelemetryOptions = {}) {
  let connections = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.push(socket.on("error", () => {}));
    socket.on("data", (request) => {
      const answer = answers(request[7] ?? 0, connection);
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
    (functionCode, connection) =>
      connection === 1 && functionCode !== IDENTIFY ? null : whole(functionCode, connection),
    { timeoutMs: 20, intervalMs: 1 },
  );
  await firstValueFrom(telemetry.updates$.pipe(filter(({ type }) => type === "reading")));
  expect(connections()).toBe(2);
});
