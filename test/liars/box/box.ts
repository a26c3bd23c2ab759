import { connect, createServer, type Server, type Socket } from "node:net";
import { seededNumbers } from "../../fuzz/engine/seeded-numbers.ts";

/** What a box in the way does to what goes through it. */
export const BOUTS = ["cut", "delay", "drop", "trickle", "garbage", "flood"] as const;
/** What a box in the way does to what goes through it. */
export type Bout = (typeof BOUTS)[number];

const DELAY_MS = 700;
const TRICKLE_BYTES = 50;
const TRICKLE_MS = 20;
/** Callers of a flood, and what each says. */
const FLOOD_CALLERS = 20;
const FLOOD_BYTES = 1 << 16;

interface Pipe {
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * A box between the two sites that sees and moves their bytes, and holds no key: lets them through, cuts connections, delays,
 * swallows, trickles or spoils bytes, or floods the site behind it with callers.
 */
export class Box {
  /** Bouts played, by what they were. */
  readonly played = new Map<Bout, number>();
  connections = 0;
  readonly #server: Server;
  readonly #pipes = new Set<Pipe>();
  readonly #callers = new Set<Socket>();
  readonly #random: () => number;
  #bout: Bout | null = null;
  #target = 0;

  constructor(seed: number) {
    this.#random = seededNumbers(seed);
    this.#server = createServer((near) => this.#join(near));
  }

  /** Listens on a free port of this machine, and brings to `port` whoever calls there. */
  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      }),
    );
  }

  leadTo(port: number): void {
    this.#target = port;
  }

  /** A bout of the box's choice begins; how long it shall last. */
  begin(): number {
    const bout = BOUTS[Math.floor(this.#random() * BOUTS.length)] ?? "cut";
    this.played.set(bout, (this.played.get(bout) ?? 0) + 1);
    this.#bout = bout;
    if (bout === "cut") this.cut();
    if (bout === "flood") this.#flood();
    return 200 + 3000 * this.#random() ** 2;
  }

  /** Everything goes through again; what was swallowed or spoilt leaves no connection that could go on. */
  calm(): void {
    const spoilt = this.#bout === "drop" || this.#bout === "garbage";
    this.#bout = null;
    for (const caller of this.#callers) caller.destroy();
    this.#callers.clear();
    if (spoilt) this.cut();
  }

  cut(): void {
    for (const { near, far } of this.#pipes) {
      near.destroy();
      far.destroy();
    }
  }

  close(): Promise<void> {
    this.calm();
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    if (this.#bout === "cut") {
      near.destroy();
      return;
    }
    this.connections += 1;
    const pipe = { near, far: connect(this.#target, "127.0.0.1") };
    this.#pipes.add(pipe);
    for (const [from, to] of [
      [pipe.near, pipe.far],
      [pipe.far, pipe.near],
    ] as const) {
      const line = new Line(to);
      from.setNoDelay(true);
      from.on("data", (chunk) => {
        if (this.#bout === "drop") return;
        line.put(this.#bout === "garbage" ? spoil(chunk, this.#random) : chunk, this.#bout);
        // What waits in a box is bounded by what the socket before it takes.
        if (line.waiting > MOST_WAITING) from.pause();
        line.onDrain = () => from.resume();
      });
      from.on("error", () => {});
      from.on("close", () => {
        to.destroy();
        this.#pipes.delete(pipe);
      });
    }
  }

  #flood(): void {
    for (let at = 0; at < FLOOD_CALLERS; at++) {
      const caller = connect(this.#target, "127.0.0.1");
      this.#callers.add(caller);
      caller.on("error", () => {});
      // Half of them say nothing, and stay.
      if (at % 2 === 0) caller.write(Uint8Array.from({ length: FLOOD_BYTES }, () => 256 * this.#random()));
    }
  }
}

const MOST_WAITING = 1 << 22;

/** One direction: chunks in order, each when its time has come. */
class Line {
  waiting = 0;
  onDrain: () => void = () => {};
  readonly #to: Socket;
  #last: Promise<void> = Promise.resolve();

  constructor(to: Socket) {
    this.#to = to;
  }

  put(chunk: Uint8Array, bout: Bout | null): void {
    this.waiting += chunk.length;
    this.#last = this.#last.then(() => this.#carry(chunk, bout));
  }

  async #carry(chunk: Uint8Array, bout: Bout | null): Promise<void> {
    if (bout === "delay") await pause(DELAY_MS * (chunk.length > 100 ? 1 : 0.3));
    if (bout === "trickle")
      for (let at = 0; at < Math.min(chunk.length, 10 * TRICKLE_BYTES); at += TRICKLE_BYTES)
        await pause(TRICKLE_MS);
    if (!this.#to.destroyed) this.#to.write(chunk);
    this.waiting -= chunk.length;
    if (this.waiting < MOST_WAITING / 2) this.onDrain();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function spoil(chunk: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(chunk);
  const at = Math.floor(random() * copy.length);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}
