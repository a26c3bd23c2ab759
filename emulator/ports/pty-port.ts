import { lstatSync, readlinkSync, symlinkSync, unlinkSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { EmulatorError } from "../../errors/index.ts";
import { LinePacer } from "./line-pacer.ts";
import { charactersPerSecond, type LineSettings, understandEachOther } from "./line-settings.ts";
import { type NativePty, openNativePty } from "./native-pty.ts";
import type { AcceptConnection, ConnectionHandler, Port, PortConnection } from "./port.ts";
import { receiveAs } from "./uart.ts";

/** Bytes a reader may leave in the terminal for this long before they are lost, as on a line nobody listens to. */
const UNREAD_MS = 1000;
/** Received bytes held back by pacing before the client is made to wait. */
const RECEIVE_LIMIT = 65_536;

/** Options of an emulated serial port. */
export interface PtyPortOptions {
  readonly line: LineSettings;
  /** A symbolic link to make, for a name that outlives restarts. Replaces an older link, never a file. */
  readonly symlink?: string;
}

/** Opens an emulated serial port: one line, paced to its speed, garbled when the client's settings differ. */
export async function openPtyPort(options: PtyPortOptions, accept: AcceptConnection): Promise<Port> {
  const pty = await openNativePty(options.line);
  const line = new PtyLine(pty, options.line);
  try {
    if (options.symlink !== undefined) makeLink(pty.path, options.symlink);
  } catch (error) {
    line.close();
    throw error;
  }
  line.start(accept(line));
  const { baud, parity, stopBits } = options.line;
  const format = `${parity === "none" ? "" : `&parity=${parity}`}${stopBits === 1 ? "" : `&stopBits=${stopBits}`}`;
  return {
    address: `serial:${options.symlink ?? pty.path}?baud=${baud}${format}`,
    close: async () => {
      line.close();
      if (options.symlink !== undefined) removeLink(pty.path, options.symlink);
    },
  };
}

class PtyLine implements PortConnection {
  readonly name: string;
  readonly kind = "serial";
  readonly hangUpVisible = false;
  readonly #pty: NativePty;
  readonly #line: LineSettings;
  readonly #input: ReadStream;
  readonly #sendPacer: LinePacer;
  readonly #receivePacer: LinePacer;
  readonly #toSend: Uint8Array[] = [];
  #toSendBytes = 0;
  /** On the line already, not yet accepted by the terminal. */
  #unaccepted: Uint8Array = new Uint8Array(0);
  #stalledSince: number | undefined;
  #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #handler: ConnectionHandler | undefined;
  #pumping = false;
  #closed = false;

  constructor(pty: NativePty, line: LineSettings) {
    this.name = `serial ${pty.path}`;
    this.#pty = pty;
    this.#line = line;
    this.#sendPacer = new LinePacer(charactersPerSecond(line));
    this.#receivePacer = new LinePacer(charactersPerSecond(line));
    this.#input = new ReadStream(pty.masterFd);
    this.#input.on("error", () => this.close());
  }

  start(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#input.on("data", (chunk: Uint8Array) => this.#arrived(chunk));
    if (this.#toSendBytes > 0) this.#pump();
  }

  get pendingBytes(): number {
    return this.#toSendBytes + this.#unaccepted.length;
  }

  write(bytes: Uint8Array, finished?: () => void): void {
    if (!this.#closed && bytes.length > 0) {
      // A line this slow can copy what it keeps for long.
      this.#toSend.push(bytes.slice());
      this.#toSendBytes += bytes.length;
      this.#pump();
    }
    finished?.();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#input.destroy();
    this.#pty.releaseClientEnd();
    this.#handler?.closed();
  }

  #arrived(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > RECEIVE_LIMIT) this.#input.pause();
    this.#pump();
  }

  /** Moves what the line's pace allows in both directions, then comes back for the rest. */
  #pump(): void {
    // A device that answers what it is given comes here again from inside; the outer turn takes care of it.
    if (this.#pumping) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    const hadPending = this.pendingBytes > 0;
    this.#pumping = true;
    try {
      this.#send(now);
      this.#receive(now);
    } finally {
      this.#pumping = false;
    }
    if (this.#closed) return;
    if (hadPending && this.pendingBytes === 0) this.#handler?.drained();
    if (this.#closed || this.#timer !== undefined) return;
    if (this.pendingBytes === 0 && this.#receivedBytes === 0) return;
    const wait = this.#unaccepted.length > 0 ? 5 : 1;
    const sendWait = this.#toSendBytes > 0 ? this.#sendPacer.waitMs(now) : Number.POSITIVE_INFINITY;
    const receiveWait = this.#receivedBytes > 0 ? this.#receivePacer.waitMs(now) : Number.POSITIVE_INFINITY;
    const due = Math.min(sendWait, receiveWait);
    this.#timer = setTimeout(() => this.#pump(), Math.max(wait, Number.isFinite(due) ? due : wait));
  }

  #send(now: number): void {
    if (this.#unaccepted.length === 0) {
      const count = this.#sendPacer.grant(this.#toSendBytes, now);
      if (count > 0) {
        this.#toSendBytes -= count;
        this.#unaccepted = this.#onTheLine(takeFront(this.#toSend, count), "toClient");
      }
    }
    if (this.#unaccepted.length === 0) return;
    const written = writeSome(this.#pty.masterFd, this.#unaccepted);
    if (written > 0) {
      this.#unaccepted = this.#unaccepted.subarray(written);
      this.#stalledSince = undefined;
      return;
    }
    this.#stalledSince ??= now;
    if (now - this.#stalledSince < UNREAD_MS) return;
    this.#unaccepted = new Uint8Array(0);
    this.#toSend.length = 0;
    this.#toSendBytes = 0;
  }

  #receive(now: number): void {
    const count = this.#receivePacer.grant(this.#receivedBytes, now);
    if (count === 0) return;
    this.#receivedBytes -= count;
    if (this.#receivedBytes <= RECEIVE_LIMIT) this.#input.resume();
    const bytes = this.#onTheLine(takeFront(this.#received, count), "toDevice");
    if (bytes.length > 0) this.#handler?.bytes(bytes);
  }

  #onTheLine(bytes: Uint8Array, direction: "toClient" | "toDevice"): Uint8Array {
    const client = this.#pty.clientLine();
    if (understandEachOther(client.settings, this.#line)) return bytes;
    return direction === "toClient"
      ? receiveAs(bytes, this.#line, client.settings, client.badCharacter)
      : receiveAs(bytes, client.settings, this.#line, "drop");
  }
}

/** Removes the first `count` bytes of a queue of chunks. */
function takeFront(queue: Uint8Array[], count: number): Uint8Array {
  const first = queue[0];
  if (first !== undefined && first.length === count) {
    queue.shift();
    return first;
  }
  const taken = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const chunk = queue[0]!;
    const part = chunk.subarray(0, count - at);
    taken.set(part, at);
    at += part.length;
    if (part.length === chunk.length) queue.shift();
    else queue[0] = chunk.subarray(part.length);
  }
  return taken;
}

/** Bytes the terminal took without blocking; 0 when it is full or gone. */
function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch {
    return 0;
  }
}

function makeLink(target: string, link: string): void {
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(link);
    symlinkSync(target, link);
  } catch (cause) {
    throw new EmulatorError("QKD_EMULATOR_PORT", `The link ${link} cannot be made`, {
      cause,
      context: { link },
    });
  }
}

function removeLink(target: string, link: string): void {
  try {
    if (readlinkSync(link) === target) unlinkSync(link);
  } catch {
    // Somebody else removed or replaced it: nothing of ours is left.
  }
}
