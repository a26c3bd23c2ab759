import { setTimeout as sleep } from "node:timers/promises";
import { type Check, found, type Outcome, skipped } from "../check.ts";
import type { Examination } from "../kme/examination.ts";
import type { KeyFacts } from "../kme/key-facts.ts";
import { accepted, type Seen } from "../kme/seen.ts";
import { refusalFault, told } from "./answers.ts";
import { FIXED } from "./refusal-checks.ts";

const ASK_AGAIN_MS = 500;

/** A check at the slave's KME, with fresh keys of the master. */
const withKeys =
  (number: number, run: (kme: Examination, keys: readonly KeyFacts[]) => Promise<Outcome>) =>
  async (kme: Examination): Promise<Outcome> => {
    if (kme.slave === null) return skipped("no certificate and address of the slave were given");
    const keys: KeyFacts[] = [];
    while (keys.length < number) {
      const seen = await kme.get();
      const [key] = kme.took(seen, 1);
      if (key === undefined) return skipped(`the master got no key (status ${seen.status})`);
      keys.push(key);
    }
    return run(kme, keys);
  };

const idsOf = (keys: readonly KeyFacts[]): readonly string[] => keys.map(({ keyId }) => keyId);

/** Whether an answer brings just these keys, compared by digest. */
function equalFault(kme: Examination, seen: Seen, keys: readonly KeyFacts[], what: string): string | null {
  if (seen.fault !== null) return `${what} got no answer: ${seen.fault}`;
  if (!accepted(seen)) return `${what} was refused with status ${seen.status} and ${told(seen)}`;
  const got = new Map(kme.facts(seen, keys.length).map((key) => [key.keyId.toLowerCase(), key.digest]));
  const missing = keys.filter(({ keyId }) => !got.has(keyId.toLowerCase()));
  if (missing.length > 0)
    return `${what} brought ${got.size} keys, ${missing.length} asked for are not among them`;
  return keys.every(({ keyId, digest }) => got.get(keyId.toLowerCase()) === digest)
    ? null
    : `${what} brought other bits than the master got`;
}

/** A certificate that no key at the slave's KME is meant for. */
async function askAsOther(kme: Examination, keys: readonly KeyFacts[]): Promise<Seen> {
  const { other, master, slave } = kme.options;
  const side = kme.side({ ca: slave?.ca ?? kme.options.ca, ...(other ?? master) }, slave?.url);
  try {
    return await kme.fetch(idsOf(keys), side);
  } finally {
    side.close();
  }
}

/** "Get key with key IDs". */
export const KEY_ID_CHECKS: readonly Check[] = [
  {
    id: "same-keys",
    clause: "5.4, 6.4",
    rule: "the slave gets the keys that the master got, several at once by POST",
    run: withKeys(3, async (kme, keys) =>
      found(equalFault(kme, await kme.fetch(idsOf(keys)), keys, "POST of three key IDs")),
    ),
  },
  {
    id: "same-keys-get",
    clause: "5.4",
    rule: "the slave gets one key by GET with ?key_ID=",
    run: withKeys(1, async (kme, keys) => {
      const path = `${kme.decPath}?key_ID=${encodeURIComponent(keys[0]?.keyId ?? "")}`;
      const seen = await kme.ask(kme.slave as NonNullable<typeof kme.slave>, { method: "GET", path });
      return found(equalFault(kme, seen, keys, "GET with ?key_ID="));
    }),
  },
  {
    id: "id-case",
    clause: "6.3, RFC 9562, 4",
    rule: "key IDs, which are UUIDs, are taken in upper case too",
    run: withKeys(1, async (kme, keys) => {
      const seen = await kme.fetch(idsOf(keys).map((keyId) => keyId.toUpperCase()));
      return found(equalFault(kme, seen, keys, "a key ID in upper case"));
    }),
  },
  {
    id: "used-once",
    clause: "5.4",
    rule: `a key that was fetched is gone: 400 and "${FIXED.notFound}", after a short time for repetitions at most`,
    run: withKeys(1, async (kme, keys) => {
      const first = await kme.fetch(idsOf(keys));
      if (!accepted(first)) return skipped(`the key could not be fetched (status ${first.status})`);
      const endMs = performance.now() + kme.options.windowMs;
      for (;;) {
        const again = await kme.fetch(idsOf(keys));
        if (!accepted(again))
          return found(refusalFault(again, "a key fetched a second time", [400], FIXED.notFound));
        const fault = equalFault(kme, again, keys, "a key fetched a second time");
        if (fault !== null) return found(fault);
        if (performance.now() >= endMs)
          return found(
            `a key is given again ${Math.round(kme.options.windowMs / 1000)} s after it was fetched`,
          );
        // Aborted, the next question says so.
        const { signal, windowMs } = kme.options;
        await sleep(Math.min(ASK_AGAIN_MS, windowMs), undefined, { signal }).catch(() => {});
      }
    }),
  },
  {
    id: "wrong-sae",
    clause: "5.4",
    rule: "an SAE that no key is meant for gets 401, and the key stays for the slave",
    run: withKeys(1, async (kme, keys) => {
      const seen = await askAsOther(kme, keys);
      const fault = refusalFault(seen, "an SAE that is no slave of the key", [401]);
      const after = equalFault(kme, await kme.fetch(idsOf(keys)), keys, "the slave's own request after it");
      return found(fault, accepted(seen) ? null : after);
    }),
  },
  {
    id: "wrong-master",
    clause: "5.4",
    rule: "a key is not given under the name of another master",
    run: withKeys(1, async (kme, keys) => {
      const path = "doctor-nobody/dec_keys";
      const body = { key_IDs: idsOf(keys).map((key_ID) => ({ key_ID })) };
      const seen = await kme.ask(kme.slave as NonNullable<typeof kme.slave>, { method: "POST", path, body });
      return found(refusalFault(seen, "a key under the name of another master", [400, 401]));
    }),
  },
  {
    id: "mixed-ids",
    clause: "5.4",
    rule: `one key ID that is not known fails the whole request with 400 and "${FIXED.notFound}"; the others stay`,
    run: withKeys(1, async (kme, keys) => {
      const mixed = await kme.fetch([...idsOf(keys), kme.unknownKeyId]);
      const fault = refusalFault(mixed, "a request with an unknown key ID", [400], FIXED.notFound);
      if (accepted(mixed)) return found(fault);
      return found(fault, equalFault(kme, await kme.fetch(idsOf(keys)), keys, "the known key after it"));
    }),
  },
  {
    id: "unknown-ids",
    clause: "5.4, 6.4",
    rule: `key IDs that are none, and a request without any, are refused with 400`,
    run: async (kme) => {
      const { slave } = kme;
      if (slave === null) return skipped("no certificate and address of the slave were given");
      const none = await kme.ask(slave, { method: "POST", path: kme.decPath, body: { key_IDs: [] } });
      return found(
        refusalFault(await kme.fetch(["doctor"]), "a key ID that is no UUID", [400], FIXED.notFound),
        refusalFault(none, "a request without key IDs", [400]),
      );
    },
  },
];
