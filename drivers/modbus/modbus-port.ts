import { EventEmitter } from "node:events";
import { TransportError } from "../../errors/index.ts";
import { modbusCrc16 } from "../../protocol/index.ts";
import type { Transport } from "../transport/transport.ts";
import type { WireTap } from "../transport/wire-tap.ts";
import { findRtuReply } from "./rtu-reply.ts";
import { encodeTcpRequest, takeTcpReply } from "./tcp-reply.ts";

/** How frames look on the line. */
export type ModbusFraming = "rtu" | "tcp";

const TRANSACTIONS = 256;
const MAX_HELD_BYTES = 2_048;

/**
 * A transport in the shape that modbus-serial expects of its ports: it writes RTU frames with their checksum and
 * emits `data` with the reply frame. Framing and checksums are judged here, so the library sees whole frames alone.
 */
export class ModbusPort extends EventEmitter {
  /** Read by the library: which transaction the emitted reply belongs to, which number the next request gets. */
  _transactionIdRead = 1;
  _transactionIdWrite = 1;
  /** Unit, function and data of the newest reply, without checksum. */
  lastReply: Uint8Array = new Uint8Array();
  /** Bytes that came since the last request, whether they made sense or not. */
  bytesSinceRequest = 0;
  /** Called for every chunk; the quiet period listens. */
  onBytes: () => void = () => {};
  /** Resolves with the reason when the line is gone. */
  readonly closed: Promise<TransportError>;

  readonly #transport: Transport;
  readonly #framing: ModbusFraming;
  readonly #tap: WireTap | undefined;
  #open = true;
  #held: Uint8Array = new Uint8Array();
  #request: Uint8Array = new Uint8Array();
  #resolveClosed: (reason: TransportError) => void = () => {};

  constructor(transport: Transport, framing: ModbusFraming, tap?: WireTap) {
    super();
    this.#transport = transport;
    this.#framing = framing;
    this.#tap = tap;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    transport.bytes$.subscribe({
      next: (chunk) => this.#receive(chunk),
      error: (error: TransportError) => this.#die(error),
      complete: () => this.#die(new TransportError("QKD_TRANSPORT_CLOSED", `${transport.name} is closed`)),
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Bytes that are kept because a reply may begin in them. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** The transport is open already. */
  open(done: (error?: Error) => void): void {
    done();
  }

  write(frame: Buffer): void {
    if (this.#held.length > 0) this.#tap?.modbus("fromDevice", this.#held, false);
    this.#held = new Uint8Array();
    this.bytesSinceRequest = 0;
    this.#request = Uint8Array.from(frame);
    this.#tap?.modbus("toDevice", this.#request, true);
    const bytes =
      this.#framing === "rtu"
        ? this.#request
        : encodeTcpRequest(this._transactionIdWrite, this.#request.subarray(0, -2));
    if (this.#framing === "tcp") this._transactionIdWrite = (this._transactionIdWrite % TRANSACTIONS) + 1;
    this.#transport.write(bytes).catch((error: TransportError) => this.#die(error));
  }

  close(done: () => void): void {
    this.#transport.close().then(done);
  }

  destroy(): void {
    void this.#transport.close();
  }

  #receive(chunk: Uint8Array): void {
    this.bytesSinceRequest += chunk.length;
    this.onBytes();
    const joined = new Uint8Array(this.#held.length + chunk.length);
    joined.set(this.#held);
    joined.set(chunk, this.#held.length);
    this.#held = joined.length > MAX_HELD_BYTES ? joined.slice(-MAX_HELD_BYTES) : joined;
    if (this.#framing === "rtu") this.#receiveRtu();
    else this.#receiveTcp();
  }

  #receiveRtu(): void {
    const reply = findRtuReply(this.#request, this.#held);
    if (reply === undefined) return;
    this.#held = new Uint8Array();
    this.#request = new Uint8Array();
    this.#emitReply(reply.subarray(0, -2));
  }

  #receiveTcp(): void {
    for (;;) {
      const taken = takeTcpReply(this.#held);
      if (taken === "broken") {
        this.#die(
          new TransportError("QKD_MODBUS_GARBAGE", `${this.#transport.name} does not speak Modbus TCP`, {
            retryable: true,
          }),
        );
        void this.#transport.close();
        return;
      }
      if (taken.reply === undefined) return;
      this.#held = this.#held.slice(taken.used);
      this._transactionIdRead = taken.reply.transaction;
      this.#emitReply(taken.reply.unitAndPdu);
    }
  }

  #emitReply(unitAndPdu: Uint8Array): void {
    this.lastReply = unitAndPdu.slice();
    const frame = Buffer.alloc(unitAndPdu.length + 2);
    frame.set(unitAndPdu);
    frame.writeUInt16LE(modbusCrc16(frame, 0, unitAndPdu.length), unitAndPdu.length);
    this.#tap?.modbus("fromDevice", Uint8Array.from(frame), true);
    // The library asks for further identification objects by itself and crashes when that fails; we ask ourselves.
    if (frame[1] === 43 && frame.length > 7) frame[5] = 0;
    frame.writeUInt16LE(modbusCrc16(frame, 0, unitAndPdu.length), unitAndPdu.length);
    this.emit("data", frame);
  }

  #die(reason: TransportError): void {
    if (!this.#open) return;
    this.#open = false;
    this.#resolveClosed(reason);
    this.emit("close");
  }
}
