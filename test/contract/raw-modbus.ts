import { connect, type Socket } from "node:net";

/** A Modbus TCP client of bare PDUs: what a master would refuse to send goes out as well. */
export class RawModbus {
  readonly #socket: Socket;
  #transaction = 0;
  #received: Uint8Array = new Uint8Array(0);
  #wake = (): void => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
  }

  /** Connects to `modbus+tcp://host:port`. */
  static async tcp(address: string | undefined): Promise<RawModbus> {
    const { hostname, port } = new URL(address ?? "");
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawModbus(socket);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The answer's PDU. */
  async pdu(request: readonly number[], unit = 1): Promise<number[]> {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const head = [this.#transaction >> 8, this.#transaction & 0xff, 0, 0, 0, request.length + 1, unit];
    this.#socket.write(Uint8Array.from([...head, ...request]));
    const bytes = (): number => 6 + new DataView(Uint8Array.from(this.#received).buffer).getUint16(4);
    while (this.#received.length < 6 || this.#received.length < bytes())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const answer = this.#received.slice(7, bytes());
    this.#received = this.#received.slice(bytes());
    return [...answer];
  }

  /** Words of registers by function 3 or 4. */
  async words(functionCode: 3 | 4, address: number, count: number): Promise<number[]> {
    const [, , ...data] = await this.pdu([functionCode, ...two(address), ...two(count)]);
    return Array.from({ length: data.length / 2 }, (_, i) => data[2 * i]! * 256 + data[2 * i + 1]!);
  }

  /** Bits by function 1 or 2. */
  async bits(functionCode: 1 | 2, address: number, count: number): Promise<boolean[]> {
    const [, , ...data] = await this.pdu([functionCode, ...two(address), ...two(count)]);
    return Array.from({ length: count }, (_, i) => ((data[i >> 3]! >> (i & 7)) & 1) === 1);
  }
}

/** A register's two bytes. */
export const two = (value: number): [number, number] => [value >> 8, value & 0xff];
