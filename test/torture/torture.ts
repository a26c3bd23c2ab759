import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createKeyFile, PRE_PLACED_SECRET_BYTES } from "../../controller/index.ts";
import { HARMS, type Harm } from "../models/store-harms.ts";
import { Books } from "./books.ts";
import type { Order, Said } from "./lines.ts";
import { SiteProcess } from "./site-process.ts";

const SITES = ["alice", "bob"] as const;
type SiteName = (typeof SITES)[number];
const PROPOSER = "alice";
const ACCEPTOR = "bob";

/** A new block each so often while both sites are up. */
const BLOCK_EVERY_MS = 40;
/** Blocks whose state is asked for after a kill. */
const RECENT_BLOCKS = 40;
/** An opening should be done within this; how many were not depends on what else the machine does. */
const OPEN_WITHIN_MS = 3000;

export interface TortureSettings {
  readonly kills: number;
  readonly seed: number;
  readonly progress: (text: string) => void;
}

/** What a torture found. */
export interface TortureReport {
  readonly kills: number;
  readonly seed: number;
  /** How often each harm befell a store, and what openings made of it. */
  readonly harms: Readonly<Record<string, number>>;
  readonly openings: Readonly<Record<string, number>>;
  readonly refusedOpenings: number;
  readonly keysGiven: number;
  readonly keysFetched: number;
  readonly pads: number;
  readonly blocks: number;
  /** Most bits that an opening without harm burnt. */
  readonly mostBurntBits: number;
  /** The same key fetched again after its store had lost changes. */
  readonly fetchedAgainAfterHarm: number;
  readonly keysLostToHarm: number;
  readonly openingsBeyond3s: number;
  /** Time that the store takes to open, and that the process takes from its start to its first word. */
  readonly openMs: { readonly median: number; readonly most: number };
  readonly readyMs: { readonly median: number; readonly most: number };
  readonly violations: readonly string[];
}

/** Two stores under load, one of them killed again and again, its files harmed every other time. */
export async function torture(settings: TortureSettings): Promise<TortureReport> {
  const root = mkdtempSync(join(tmpdir(), "qkdlink-torture-"));
  const overseer = new Overseer(root, settings);
  try {
    return await overseer.run();
  } finally {
    await overseer.end();
    rmSync(root, { recursive: true });
  }
}

class Overseer {
  readonly #root: string;
  readonly #settings: TortureSettings;
  readonly #books = new Books();
  readonly #up = new Map<SiteName, SiteProcess>();
  readonly #unanswered: Record<SiteName, Set<string>> = { alice: new Set(), bob: new Set() };
  readonly #acknowledged: Record<SiteName, number[]> = { alice: [], bob: [] };
  readonly #older = new Map<SiteName, string>();
  /** Sites whose older copy is of a store that began anew since. */
  readonly #olderIsForeign = new Set<SiteName>();
  readonly #harms: Record<string, number> = {};
  readonly #openings: Record<string, number> = {};
  readonly #openMs: number[] = [];
  readonly #readyMs: number[] = [];
  /** As between two nodes, what is pending is settled before anything new. */
  #agreed = false;
  #heard = 0;
  #sequence = 0;
  #refused = 0;
  #mostBurntBits = 0;
  #random: () => number;

  constructor(root: string, settings: TortureSettings) {
    this.#root = root;
    this.#settings = settings;
    this.#random = drawing(settings.seed);
  }

  async run(): Promise<TortureReport> {
    const { kills, progress } = this.#settings;
    this.#prepare();
    for (const site of SITES) await this.#launch(site, null);
    const blocks = setInterval(() => this.#newBlock(), BLOCK_EVERY_MS);
    try {
      await sleep(300);
      for (let kill = 1, told = 0; kill <= kills; kill += 1) {
        await this.#round(kill);
        for (; told < this.#books.violations.length; told += 1)
          progress(`after ${kill} kills: ${this.#books.violations[told]}`);
        if (kill % 25 === 0 || kill === kills)
          progress(`${kill} kills, ${this.#books.ownKeys} keys, ${this.#books.violations.length} violations`);
      }
      // What is still under way has a moment to come.
      await sleep(500);
    } finally {
      clearInterval(blocks);
    }
    return this.#report();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#up.values()].map((site) => site.kill()));
  }

  #prepare(): void {
    writeFileSync(join(this.#root, "bits.seed"), randomBytes(32));
    const secret = join(this.#root, "link.secret");
    createKeyFile(secret, PRE_PLACED_SECRET_BYTES);
    for (const site of SITES) {
      mkdirSync(this.#folder(site));
      createKeyFile(join(this.#folder(site), "store.kek"));
      copyFileSync(secret, join(this.#folder(site), "link.secret"));
    }
  }

  /** Kills a site at a moment of this round's, harms its files or not, and brings it back. */
  async #round(kill: number): Promise<void> {
    const site: SiteName = this.#random() < 0.5 ? "alice" : "bob";
    const process = this.#up.get(site);
    if (process === undefined) throw new Error("both sites are up between rounds");
    // Every other moment is counted in what was heard, so that all stages of the work are met; the others are drawn.
    if (kill % 2 === 0) await this.#heardMore(kill % 61);
    else await sleep(this.#random() * 120);
    const inOrder = this.#random() < 0.1;
    await (inOrder ? process.close() : process.kill());
    this.#up.delete(site);
    this.#agreed = false;
    for (const keyId of this.#unanswered[site]) this.#books[site].ambiguous.add(keyId);
    this.#unanswered[site].clear();
    const harm = this.#random() < 0.5 ? this.#befall(site) : null;
    if (inOrder && harm === null) this.#keepOlder(site);
    await this.#launch(site, harm);
  }

  #befall(site: SiteName): Harm | null {
    const harm = HARMS[Math.floor(this.#random() * HARMS.length)];
    if (harm === undefined || !harm.befall(this.#folder(site), this.#older.get(site) ?? null)) return null;
    this.#harms[harm.name] = (this.#harms[harm.name] ?? 0) + 1;
    if (harm.intact) return harm;
    this.#books[site].harms += 1;
    this.#books.harmedUpTo = this.#sequence;
    return harm;
  }

  #keepOlder(site: SiteName): void {
    const copy = join(this.#root, `${site}.older.db`);
    copyFileSync(join(this.#folder(site), "keys.db"), copy);
    this.#older.set(site, copy);
    this.#olderIsForeign.delete(site);
  }

  async #launch(site: SiteName, harm: Harm | null): Promise<void> {
    const begun = performance.now();
    const process = new SiteProcess(this.#folder(site), site, (line) => this.#hear(site, line));
    const refused = process.next("refused");
    const ready = await Promise.race([process.next("ready"), refused.then(() => null)]);
    if (ready === null) return this.#movedAway(site, process, harm, await refused);
    this.#readyMs.push(performance.now() - begun);
    this.#openMs.push(ready.openMs);
    this.#openings[ready.kind] = (this.#openings[ready.kind] ?? 0) + 1;
    if (ready.kind === "emptied") this.#olderIsForeign.add(site);
    if (!ready.auditWhole) this.#books.wrong(`${site} has a broken audit log`);
    const harmed = harm !== null && !harm.intact;
    if (!harmed) {
      this.#mostBurntBits = Math.max(this.#mostBurntBits, ready.burntBits);
      if (!["fresh", "clean", "crashed"].includes(ready.kind))
        this.#books.wrong(`${site} takes its store for ${ready.kind}, though nothing was harmed`);
    }
    this.#up.set(site, process);
    if (ready.padsHeldBack) {
      const { padsPast: peerUsed } = this.#books[site === "alice" ? "bob" : "alice"];
      process.tell({ ask: "resume", offset: this.#books[site].padsPast, peerUsed });
    }
    await this.#agree(site, harmed);
    this.#fetchAgain(site);
  }

  /** A store that refuses to open hands out nothing; its operator moves it away. Only harm may bring it there. */
  async #movedAway(
    site: SiteName,
    process: SiteProcess,
    harm: Harm | null,
    line: Extract<Said, { said: "refused" }> | null,
  ): Promise<void> {
    await process.kill();
    const code = line?.code ?? "no word";
    const unreadable = harm?.intact === false && code === "QKD_KEYSTORE_UNREADABLE";
    const foreign =
      harm?.older === true && this.#olderIsForeign.has(site) && code === "QKD_KEYSTORE_CONFLICT";
    if (!unreadable && !foreign)
      this.#books.wrong(`${site} did not open: ${code}, after ${harm?.name ?? "nothing"}`);
    this.#refused += 1;
    truncateSync(join(this.#folder(site), "keys.db"), 0);
    rmSync(join(this.#folder(site), "keys.db-wal"), { force: true });
    this.#books[site].harms += 1;
    this.#books.harmedUpTo = this.#sequence;
    await this.#launch(site, { name: "moved away", intact: false, befall: () => true });
  }

  /**
   * As between two nodes: the proposer releases what the acceptor holds, or destroys it; the acceptor releases what the
   * proposer says it released, and destroys what the proposer does not hold. Then nothing is missing.
   */
  async #agree(site: SiteName, harmed: boolean): Promise<void> {
    const proposer = this.#up.get(PROPOSER);
    const acceptor = this.#up.get(ACCEPTOR);
    const here = this.#up.get(site);
    if (proposer === undefined || acceptor === undefined || here === undefined) return;
    const proposed = await this.#pendingOf(proposer);
    const held = await this.#states(acceptor, proposed);
    for (const sequence of proposed) {
      if (isAbsent(held, sequence)) this.#void.add(sequence);
      proposer.tell({ ask: this.#void.has(sequence) ? "discard" : "release", sequence });
    }
    const accepted = await this.#pendingOf(acceptor);
    const known = await this.#states(proposer, accepted);
    for (const sequence of accepted) {
      if (isAbsent(known, sequence)) this.#void.add(sequence);
      if (this.#void.has(sequence)) acceptor.tell({ ask: "discard", sequence });
      else if (known[sequence] !== "pending") acceptor.tell({ ask: "release", sequence });
    }
    const recent = this.#acknowledged[site].slice(-RECENT_BLOCKS);
    const states = await this.#states(here, recent);
    if (!harmed)
      for (const sequence of recent) if (isAbsent(states, sequence)) this.#books.blockLost(site, sequence);
    this.#agreed = true;
  }

  async #pendingOf(site: SiteProcess): Promise<number[]> {
    const sequences = Array.from({ length: RECENT_BLOCKS }, (_, back) => this.#sequence - back);
    const states = await this.#states(site, sequences);
    return sequences.filter((sequence) => states[sequence] === "pending");
  }

  async #states(site: SiteProcess, sequences: readonly number[]): Promise<Readonly<Record<string, string>>> {
    const answer = site.next("states");
    site.tell({ ask: "states", sequences: sequences.filter((sequence) => sequence > 0) });
    return (await answer)?.states ?? {};
  }

  #newBlock(): void {
    if (this.#up.size < SITES.length || !this.#agreed) return;
    this.#sequence += 1;
    for (const site of this.#up.values()) site.tell({ ask: "hold", sequence: this.#sequence });
  }

  readonly #heldBy = new Map<number, number>();
  /** Blocks that one site was told to destroy: that is final, also where the other one comes to hold them later. */
  readonly #void = new Set<number>();

  #hear(site: SiteName, line: Said): void {
    this.#heard += 1;
    // A store that is full takes no block, and says so.
    if (line.said === "fault" && line.what === "QKD_KEYSTORE_CAPACITY") return;
    this.#books.enter(site, line);
    const other = this.#up.get(site === "alice" ? "bob" : "alice");
    const proposer = this.#up.get(PROPOSER);
    if (line.said === "held" && this.#void.has(line.sequence))
      this.#up.get(site)?.tell({ ask: "discard", sequence: line.sequence });
    else if (line.said === "held") {
      const held = (this.#heldBy.get(line.sequence) ?? 0) + 1;
      this.#heldBy.set(line.sequence, held);
      if (held === SITES.length) proposer?.tell({ ask: "release", sequence: line.sequence });
    } else if (line.said === "released") {
      this.#acknowledged[site].push(line.sequence);
      if (site === PROPOSER) other?.tell({ ask: "release", sequence: line.sequence });
    } else if (line.said === "own") this.#fetch(site === "alice" ? "bob" : "alice", line.keyId);
    else if (line.said === "pad") other?.tell({ ask: "peerPad", offset: line.offset });
    else if (line.said === "fetched" || line.said === "unknown") this.#unanswered[site].delete(line.keyId);
  }

  /** The twin of a key is fetched; some are left for after the next kill, and some asked for a second time. */
  #fetch(site: SiteName, keyId: string): void {
    const draw = this.#random();
    if (draw < 0.2) {
      this.#later[site].push(keyId);
      return;
    }
    this.#ask(site, keyId);
    if (draw > 0.97) this.#later[site].push(keyId);
  }

  readonly #later: Record<SiteName, string[]> = { alice: [], bob: [] };

  #fetchAgain(site: SiteName): void {
    for (const keyId of this.#later[site].splice(0)) this.#ask(site, keyId);
  }

  #ask(site: SiteName, keyId: string): void {
    const process = this.#up.get(site);
    if (process === undefined) {
      this.#later[site].push(keyId);
      return;
    }
    this.#unanswered[site].add(keyId);
    const order: Order = { ask: "fetch", keyId };
    process.tell(order);
  }

  async #heardMore(count: number): Promise<void> {
    const target = this.#heard + count;
    const end = performance.now() + 2000;
    while (this.#heard < target && performance.now() < end) await sleep(0);
  }

  #folder(site: SiteName): string {
    return join(this.#root, site);
  }

  #report(): TortureReport {
    const books = this.#books;
    return {
      kills: this.#settings.kills,
      seed: this.#settings.seed,
      harms: this.#harms,
      openings: this.#openings,
      refusedOpenings: this.#refused,
      keysGiven: books.ownKeys,
      keysFetched: books.fetchedKeys,
      pads: books.pads,
      blocks: this.#sequence,
      mostBurntBits: this.#mostBurntBits,
      fetchedAgainAfterHarm: books.repeatedAfterHarm,
      keysLostToHarm: books.lostToHarm,
      openingsBeyond3s: this.#openMs.filter((ms) => ms > OPEN_WITHIN_MS).length,
      openMs: spread(this.#openMs),
      readyMs: spread(this.#readyMs),
      violations: books.violations,
    };
  }
}

const isAbsent = (states: Readonly<Record<string, string>>, sequence: number) =>
  (states[sequence] ?? "absent") === "absent";

function spread(values: readonly number[]): { median: number; most: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: Math.round(sorted[sorted.length >> 1] ?? 0), most: Math.round(sorted.at(-1) ?? 0) };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
