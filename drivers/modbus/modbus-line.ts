import modbus from "modbus-serial";
import { RequestError, TransportError } from "../../errors/index.ts";
import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import type { Transport } from "../transport/transport.ts";
import { OPEN_TRANSPORT } from "../transport/transport.ts";
import { WIRE_TAP, type WireTap } from "../transport/wire-tap.ts";
import { normalizeModbusError } from "./modbus-errors.ts";
import { type ModbusFraming, ModbusPort } from "./modbus-port.ts";

const MAX_WAITING = 32;
/** Objects a device can have; a device that claims more follow-ups than that lies. */
const MAX_IDENTIFICATION_REQUESTS = 256;
/** Device identification, access type "extended": every object from the given one on. */
const EXTENDED = 3;

/** One Modbus line to one unit. Its methods take turns by themselves: one transaction is in flight at a time. */
export interface ModbusLine {
  readonly name: string;
  /** Function 4. At most 125 registers. */
  readInputRegisters(address: number, count: number): Promise<readonly number[]>;
  /** Function 3. At most 125 registers. */
  readHoldingRegisters(address: number, count: number): Promise<readonly number[]>;
  /** Function 2. At most 2000 bits. */
  readDiscreteInputs(address: number, count: number): Promise<readonly boolean[]>;
  /** Function 1. At most 2000 bits. */
  readCoils(address: number, count: number): Promise<readonly boolean[]>;
  /** Function 5. */
  writeCoil(address: number, state: boolean): Promise<void>;
  /** Function 16. */
  writeRegisters(address: number, values: readonly number[]): Promise<void>;
  /** Function 43/14: object id -> text. */
  readIdentification(): Promise<ReadonlyMap<number, string>>;
  /** Resolves with the reason when the line is gone. */
  readonly closed: Promise<TransportError>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface ModbusLineOptions {
  readonly framing: ModbusFraming;
  readonly unit: number;
  /** Longest wait for a reply, 1 s unless told. */
  readonly timeoutMs?: number;
  /**
   * Silence kept on an RTU line after a failed transaction, 200 ms unless told: a register reply does not say which
   * registers it holds, so a late one would be taken for the next. Modbus TCP numbers its transactions and needs none.
   */
  readonly quietMs?: number;
  /** Silence between a reply and the next request on an RTU line, at least 3.5 characters; 2 ms unless told. */
  readonly gapMs?: number;
  /** Is told of every frame in both directions. */
  readonly tap?: WireTap;
}

const RULES: RulesOf<ModbusLineOptions> = {
  framing: rule.choice("rtu", "tcp"),
  unit: rule.whole(0, 255),
  timeoutMs: maybe(rule.wait()),
  quietMs: maybe(rule.wait(0)),
  gapMs: maybe(rule.wait(0)),
  tap: maybe(WIRE_TAP),
};

/** Speaks Modbus over an open transport, which belongs to the line from here on. */
export function createModbusLine(transport: Transport, options: ModbusLineOptions): ModbusLine {
  checkArgument("transport", transport, OPEN_TRANSPORT);
  checkOptions("the options of createModbusLine", options, RULES);
  const { name } = transport;
  const port = new ModbusPort(transport, options.framing, options.tap);
  const client = new modbus.default(port);
  const quietMs = options.framing === "rtu" ? (options.quietMs ?? 200) : 0;
  const gapMs = options.framing === "rtu" ? (options.gapMs ?? 2) : 0;
  client.setID(options.unit);
  client.setTimeout(options.timeoutMs ?? 1_000);
  client.on("error", () => {});
  client.open(() => {});

  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let nextRequestAtMs = 0;
  const lost = port.closed.then((reason) => {
    throw reason;
  });
  lost.catch(() => {});

  const transact = <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= MAX_WAITING)
      return Promise.reject(
        new RequestError("QKD_REQUEST_WINDOW", `${MAX_WAITING} transactions wait for ${name} already`, {
          retryable: true,
        }),
      );
    waiting += 1;
    const mine = turn.then(async () => {
      const waitMs = nextRequestAtMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      try {
        return await Promise.race([work(), lost]);
      } catch (cause) {
        const error = normalizeModbusError(cause, name, port.bytesSinceRequest);
        if (port.isOpen && error.code !== "QKD_MODBUS_EXCEPTION") await silence(port, quietMs);
        throw error;
      } finally {
        waiting -= 1;
        nextRequestAtMs = performance.now() + gapMs;
      }
    });
    turn = mine.catch(() => {});
    return mine;
  };

  return {
    name,
    closed: port.closed,
    readInputRegisters: (address, count) =>
      transact(() =>
        client.readInputRegisters(address, count).then(({ data }) => exactly(data, count, name)),
      ),
    readHoldingRegisters: (address, count) =>
      transact(() =>
        client.readHoldingRegisters(address, count).then(({ data }) => exactly(data, count, name)),
      ),
    readDiscreteInputs: (address, count) =>
      transact(() =>
        client.readDiscreteInputs(address, count).then(({ data }) => atLeast(data, count, name)),
      ),
    readCoils: (address, count) =>
      transact(() => client.readCoils(address, count).then(({ data }) => atLeast(data, count, name))),
    writeCoil: (address, state) => transact(() => client.writeCoil(address, state).then(() => {})),
    writeRegisters: (address, values) =>
      transact(() => client.writeRegisters(address, [...values]).then(() => {})),
    readIdentification: () => readIdentification(transact, client, port, name),
    close: async () => {
      client.destroy(() => {});
      await transport.close();
    },
  };
}

/** Reads the identification piece by piece, each piece a transaction of its own. */
async function readIdentification(
  transact: <T>(work: () => Promise<T>) => Promise<T>,
  client: { readDeviceIdentification(code: number, object: number): Promise<{ data: object }> },
  port: ModbusPort,
  name: string,
): Promise<ReadonlyMap<number, string>> {
  const objects = new Map<number, string>();
  let next: number | undefined = 0;
  for (let request = 0; next !== undefined && request < MAX_IDENTIFICATION_REQUESTS; request++) {
    const from: number = next;
    next = await transact(async () => {
      const { data } = await client.readDeviceIdentification(EXTENDED, from);
      for (const [id, text] of Object.entries(data)) objects.set(Number(id), String(text));
      const moreFollows = port.lastReply[5] === 0xff;
      return moreFollows ? port.lastReply[6] : undefined;
    });
    if (next !== undefined && next <= from)
      throw new TransportError("QKD_MODBUS_GARBAGE", `${name} sends its identification in circles`);
  }
  return objects;
}

/** Waits until nothing has arrived for `quietMs`, at most ten times as long. */
function silence(port: ModbusPort, quietMs: number): Promise<void> {
  if (quietMs === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(quiet);
      clearTimeout(patience);
      port.onBytes = () => {};
      resolve();
    };
    const quiet = setTimeout(done, quietMs);
    const patience = setTimeout(done, 10 * quietMs);
    port.onBytes = () => quiet.refresh();
    port.closed.then(done);
  });
}

function exactly(data: readonly number[], count: number, name: string): readonly number[] {
  if (data.length === count) return data;
  throw new TransportError("QKD_MODBUS_GARBAGE", `${name} sent ${data.length} registers instead of ${count}`);
}

/** Bits come in whole bytes: the rest of the last byte is cut off. */
function atLeast(data: readonly boolean[], count: number, name: string): readonly boolean[] {
  if (data.length >= count) return data.slice(0, count);
  throw new TransportError("QKD_MODBUS_GARBAGE", `${name} sent ${data.length} bits instead of ${count}`);
}
