import type { Digests, Said } from "./lines.ts";

/** What was given at one site. */
export class SiteBooks {
  /** Behind the last pad that left. */
  padsPast = 0;
  /** Keys that this site handed out, by ID. */
  readonly own = new Map<string, { readonly sequence: number; readonly digests: Digests }>();
  /** Keys that were fetched here, by ID: how often the store had been harmed then. */
  readonly fetched = new Map<string, number>();
  /** Fetches whose answer was lost with the process. */
  readonly ambiguous = new Set<string>();
  /** How often the store lost changes. */
  harms = 0;
}

/** Everything that both sites ever gave, and what must not have been: a sentence for each. */
export class Books {
  readonly alice = new SiteBooks();
  readonly bob = new SiteBooks();
  readonly violations: string[] = [];
  /** Blocks up to this one may miss at either site what a harm took. */
  harmedUpTo = -1;
  ownKeys = 0;
  fetchedKeys = 0;
  pads = 0;
  repeatedAfterHarm = 0;
  lostToHarm = 0;
  readonly #pieces = new Set<string>();
  readonly #padDigests = new Map<string, Digests>();

  /** Enters what a site said. */
  enter(name: "alice" | "bob", line: Said): void {
    const [here, there] = name === "alice" ? [this.alice, this.bob] : [this.bob, this.alice];
    switch (line.said) {
      case "own":
        this.ownKeys += 1;
        for (const piece of line.digests) {
          if (this.#pieces.has(piece)) this.#violated(`${name} handed a bit out twice, in key ${line.keyId}`);
          this.#pieces.add(piece);
        }
        here.own.set(line.keyId, { sequence: line.sequence, digests: line.digests });
        return;
      case "fetched":
        this.#fetched(name, here, there, line.keyId, line.digests);
        return;
      case "unknown":
        this.#unknown(name, here, there, line.keyId);
        return;
      case "pad":
        this.pads += 1;
        if (line.offset < here.padsPast) this.#violated(`${name} used the pad at ${line.offset} twice`);
        here.padsPast = Math.max(here.padsPast, line.past);
        this.#padDigests.set(`${name}/${line.offset}`, line.digests);
        return;
      case "peerPad": {
        const made = this.#padDigests.get(`${name === "alice" ? "bob" : "alice"}/${line.offset}`);
        if (made?.join() !== line.digests.join())
          this.#violated(`${name} holds another pad at ${line.offset}`);
        return;
      }
      case "fault":
        this.#violated(`${name} failed: ${line.what}`);
        return;
      default:
    }
  }

  /** A block that was acknowledged is gone though nothing was harmed. */
  blockLost(name: string, sequence: number): void {
    if (sequence > this.harmedUpTo) this.#violated(`${name} lost block ${sequence}, which was acknowledged`);
  }

  /** Anything else that must not happen. */
  wrong(sentence: string): void {
    this.#violated(sentence);
  }

  #fetched(name: string, here: SiteBooks, there: SiteBooks, keyId: string, digests: Digests): void {
    this.fetchedKeys += 1;
    if (there.own.get(keyId)?.digests.join() !== digests.join())
      this.#violated(`${name} gave another key than its twin, under ${keyId}`);
    const before = here.fetched.get(keyId);
    if (before !== undefined && before === here.harms) this.#violated(`${name} gave key ${keyId} twice`);
    if (before !== undefined) this.repeatedAfterHarm += 1;
    here.fetched.set(keyId, here.harms);
  }

  #unknown(name: string, here: SiteBooks, there: SiteBooks, keyId: string): void {
    const sequence = there.own.get(keyId)?.sequence ?? 0;
    if (here.fetched.has(keyId) || here.ambiguous.has(keyId)) return;
    if (sequence <= this.harmedUpTo) this.lostToHarm += 1;
    else this.#violated(`${name} lost key ${keyId} of block ${sequence}, which its twin had handed out`);
  }

  #violated(sentence: string): void {
    this.violations.push(sentence);
  }
}
