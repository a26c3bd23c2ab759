import { describe, expect, it } from "vitest";
import { KeyStoreError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { type KeySource, takeKeys } from "../delivery/take-keys.ts";
import type { FallbackView } from "../policy/fallback/fallback-view.ts";
import type { KeyTerms } from "../policy/key-choice.ts";
import type { KeyOrigin, KeyPool, TakeManyRequest } from "../pool/key-pool.ts";
import { keyAccess } from "./key-access.ts";

const CALM: FallbackView = { engaged: false, reason: null };
const CUT: FallbackView = { engaged: true, reason: "linkDown" };
const BOTH: KeyTerms = { accepts: ["qkd", "pqc"], stockDuringFallback: "refuse" };
const wanted = { bits: 256, count: 2, audience: { master: "a", slave: "b" } };

/** A pool of levels alone. `racedBits` of an origin are taken by others between its status and the first taking. */
class LevelPool {
  readonly levels: Record<string, number>;
  readonly takes: TakeManyRequest[] = [];
  statuses = 0;
  racedBits: Record<string, number> = {};
  broken = false;

  constructor(qkd: number, pqc: number) {
    this.levels = { qkd, pqc };
  }

  status = async (origin: KeyOrigin) => {
    this.statuses += 1;
    return { origin, availableBits: this.levels[origin] ?? 0 };
  };

  takeMany = async (request: TakeManyRequest) => {
    const { origin, bits, count } = request;
    if (this.broken) throw new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "broken");
    const level = (this.levels[origin] ?? 0) - (this.racedBits[origin] ?? 0);
    this.racedBits = {};
    this.levels[origin] = level;
    if (level < bits * count) throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", `${origin} too little`);
    this.levels[origin] = level - bits * count;
    this.takes.push(request);
    const taken = { origin, keyId: "id", blockId: "block", createdAtMs: 0 };
    return Array.from({ length: count }, () => ({ ...taken, key: new SecretBytes(new Uint8Array(32)) }));
  };

  source(fallback = CALM, makes = true): KeySource {
    const morePqc = async (bits: number): Promise<void> => {
      if (!makes) throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "none can be made");
      this.levels.pqc = Math.max(this.levels.pqc ?? 0, bits);
    };
    return { pool: this as unknown as KeyPool, fallback: () => fallback, morePqc };
  }
}

const originsOf = async (taking: ReturnType<typeof takeKeys>) => {
  const taken = await taking;
  return taken.keys === null ? taken.reason : taken.keys.map(({ origin }) => origin);
};

describe("taking keys by the choice", () => {
  it("tells what it served to callers who take QKD keys, whatever the origin, and nothing else", async () => {
    const told: number[] = [];
    const source = (pool: LevelPool) => ({
      ...pool.source(CUT),
      served: (bits: number) => void told.push(bits),
    });
    const plain: KeyTerms = { accepts: ["qkd"], stockDuringFallback: "serve" };
    await takeKeys(source(new LevelPool(512, 0)), plain, wanted);
    await takeKeys(source(new LevelPool(0, 512)), BOTH, { ...wanted, count: 1 });
    expect(told).toEqual([512, 256]);
    await takeKeys(source(new LevelPool(0, 0)), plain, wanted);
    await takeKeys(source(new LevelPool(0, 512)), BOTH, { ...wanted, origin: "pqc" });
    expect(told).toEqual([512, 256]);
  });

  it("asks for levels only where there is something to choose", async () => {
    const pool = new LevelPool(512, 512);
    const plain: KeyTerms = { ...BOTH, accepts: ["qkd"] };
    expect(await originsOf(takeKeys(pool.source(), plain, wanted))).toEqual(["qkd", "qkd"]);
    expect(pool.statuses).toBe(0);
    expect(await originsOf(takeKeys(pool.source(), BOTH, wanted))).toEqual(["pqc", "pqc"]);
    expect(pool.statuses).toBe(2);
  });

  it("goes on when others took what was there a moment ago", async () => {
    const pool = new LevelPool(512, 512);
    pool.racedBits = { qkd: 1 };
    expect(await originsOf(takeKeys(pool.source(), BOTH, wanted))).toEqual(["pqc", "pqc"]);
    pool.levels.pqc = 512;
    pool.racedBits = { pqc: 1 };
    expect(await originsOf(takeKeys(pool.source(CUT), BOTH, wanted))).toEqual(["pqc", "pqc"]);
  });

  it("gives stock where no post-quantum key can be made, and else says that there is none", async () => {
    const pool = new LevelPool(512, 0);
    expect(await originsOf(takeKeys(pool.source(CUT, false), BOTH, wanted))).toEqual(["qkd", "qkd"]);
    expect(await takeKeys(pool.source(CUT, false), BOTH, wanted)).toMatchObject({ reason: "exhausted" });
    expect(await originsOf(takeKeys(pool.source(CUT), { ...BOTH, accepts: ["qkd"] }, wanted))).toBe(
      "stockSpared",
    );
  });

  it("does not pass over a store that fails", async () => {
    const pool = new LevelPool(512, 512);
    pool.broken = true;
    await expect(takeKeys(pool.source(), BOTH, wanted)).rejects.toMatchObject({
      code: "QKD_KEYSTORE_UNREADABLE",
    });
  });
});

describe("keys for the embedding program", () => {
  const request = { bits: 256, count: 2, for: "b" };

  it("are QKD keys from the site's own name, in fallback too, unless it asks for more", async () => {
    const pool = new LevelPool(512, 512);
    const keys = keyAccess(pool.source(CUT), "site");
    expect((await keys.takeMany(request))[0]?.origin).toBe("qkd");
    expect(pool.takes[0]?.audience).toEqual({ master: "site", slave: "b" });
    await expect(keys.takeMany(request)).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
      message: "qkd too little",
    });
    expect((await keys.take({ ...request, as: "app", allowPqc: true })).origin).toBe("pqc");
    expect(pool.takes[1]?.audience).toEqual({ master: "app", slave: "b" });
  });

  it("are taken in the same order as over HTTPS, and end with a code of the store", async () => {
    const pool = new LevelPool(512, 512);
    const calm = keyAccess(pool.source(CALM, false), "site");
    const cut = keyAccess(pool.source(CUT, false), "site");
    expect((await cut.takeMany({ ...request, allowPqc: true }))[0]?.origin).toBe("pqc");
    expect((await calm.takeMany({ ...request, allowPqc: true }))[0]?.origin).toBe("qkd");
    for (const keys of [calm, cut]) {
      await expect(keys.takeMany({ ...request, allowPqc: true })).rejects.toMatchObject({
        code: "QKD_KEYSTORE_EXHAUSTED",
      });
    }
  });
});
