import { createHmac } from "node:crypto";
import type { TakenKey } from "../../controller/index.ts";
import { waitUntil } from "../measuring/wait-until.ts";
import { SITE_NAME } from "../sites/open-sites.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 23: whether both sites hand out the same keys. They are used up by it, and compared by a salted digest. */
export const keys: Step = { id: "keys", number: 23, name: "step_keys", needs: [20], withSites: true, run };

const KEYS = 100;
const BITS = 256;
const PATIENCE_MS = 60_000;

async function run(context: StepContext): Promise<StepOutcome> {
  const { judging, table, salt, signal } = context;
  const { alice, bob } = await context.sites();
  await waitUntil(
    async () => ((await alice.pool.status()).availableBits > KEYS * BITS ? true : undefined),
    PATIENCE_MS,
    signal,
  );
  const taken = await alice.pool.takeMany({ bits: BITS, count: KEYS, for: SITE_NAME });
  const rows: (readonly (string | number)[])[] = [];
  let differing = 0;
  for (const key of taken) {
    const fetched = await bob.pool.takeById(key.keyId, { from: SITE_NAME });
    const equal = digestOf(key, salt) === digestOf(fetched, salt);
    if (!equal) differing += 1;
    rows.push([key.keyId, key.origin, equal ? 1 : 0]);
  }
  table("23-keys", ["keyId", "origin", "equal"], rows);
  return {
    judgements: [
      judging.none(
        { id: "keysEqual", text: "check_keysEqual", values: { keys: KEYS } },
        differing + (KEYS - rows.length),
        KEYS,
        { origin: "O", text: "from_keys" },
        { find: "find_keysDiffer", fix: "fix_keysDiffer", values: { differing, keys: KEYS } },
      ),
    ],
  };
}

/** Digest of a key under this report's salt: two sites may show it to each other, and it is of no use elsewhere. */
export function digestOf({ key }: Pick<TakenKey, "key">, salt: string): string {
  const bytes = key.reveal();
  const digest = createHmac("sha256", bytes).update(salt).digest("hex");
  key.wipe();
  return digest;
}
