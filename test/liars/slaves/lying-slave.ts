import { createServer, type Server, type Socket } from "node:net";
import {
  DISCRETE_INPUT_COUNT,
  encodeInputRegisters,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTER_COUNT,
} from "../../../protocol/index.ts";
import { type Answer, ASKED, type Asked, type SlaveDeviation } from "./slave-deviations.ts";

export const UNIT = 9;
export const SERIAL = "0001";
/** What tells the right unit's readings from those of another. */
export const TEMPERATURE_C = { right: 25, other: 60 } as const;

/** A Modbus TCP slave with the readings of a device, and a lie about answers to one kind of request. */
export class LyingSlave {
  lie: { readonly about: Asked; readonly deviation: SlaveDeviation } | null = null;
  lies = 0;
  /** Another unit stands at this address. */
  foreign = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #before: Answer | null = null;

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      let held = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        held = Buffer.concat([held, chunk]);
        for (;;) {
          const length = held.length < 6 ? Number.POSITIVE_INFINITY : held.readUInt16BE(4);
          if (held.length < 6 + length) return;
          this.#asked(socket, held.readUInt16BE(0), held.subarray(6, 6 + length));
          held = held.subarray(6 + length);
        }
      });
    });
  }

  /** Listens on a free port of this machine. */
  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      }),
    );
  }

  /** The line breaks; another one may be made. */
  unplug(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.unplug();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #asked(socket: Socket, transaction: number, request: Uint8Array): void {
    const code = request[1] ?? 0;
    const asked = (Object.keys(ASKED) as Asked[]).find((one) => ASKED[one] === code);
    const answer: Answer = {
      transaction,
      unitAndPdu:
        asked === undefined ? [UNIT, code | 0x80, 1] : [UNIT, code, ...this.#honest(asked, request)],
    };
    const before = this.#before;
    this.#before = answer;
    for (const told of this.#told(asked, answer, before))
      if (told === "hang up") socket.destroy();
      else socket.write(told instanceof Uint8Array ? told : framed(told));
  }

  #told(
    asked: Asked | undefined,
    answer: Answer,
    before: Answer | null,
  ): readonly (Answer | Uint8Array | "hang up")[] {
    const { lie } = this;
    if (lie === null || lie.about !== asked || (this.lies > 0 && lie.deviation.always !== true))
      return [answer];
    this.lies += 1;
    return lie.deviation.told(answer, before);
  }

  #honest(asked: Asked, request: Uint8Array): number[] {
    const start = ((request[2] ?? 0) << 8) | (request[3] ?? 0);
    const count = ((request[4] ?? 0) << 8) | (request[5] ?? 0);
    if (asked === "identification") {
      const serial = new TextEncoder().encode(this.foreign ? "0002" : SERIAL);
      return [14, 3, 0x83, 0, 0, 1, IDENTIFICATION_OBJECTS.serialNumber.id, serial.length, ...serial];
    }
    if (asked === "bits") {
      const bytes = Math.ceil(Math.min(count, DISCRETE_INPUT_COUNT) / 8);
      return [bytes, ...new Array<number>(bytes).fill(0)];
    }
    const internalTemperatureC = this.foreign ? TEMPERATURE_C.other : TEMPERATURE_C.right;
    const image = encodeInputRegisters({ internalTemperatureC });
    const words = Array.from(
      { length: Math.min(count, INPUT_REGISTER_COUNT) },
      (_, at) => image[start + at] ?? 0,
    );
    return [2 * words.length, ...words.flatMap((word) => [word >> 8, word & 0xff])];
  }
}

function framed({ transaction, unitAndPdu }: Answer): Uint8Array {
  const { length } = unitAndPdu;
  return Uint8Array.of(
    (transaction >> 8) & 0xff,
    transaction & 0xff,
    0,
    0,
    (length >> 8) & 0xff,
    length & 0xff,
    ...unitAndPdu,
  );
}
