import { type Check, found, type Outcome, skipped } from "../check.ts";
import type { Examination } from "../kme/examination.ts";
import type { ContainerFault } from "../kme/key-facts.ts";
import { quantileMs } from "../kme/quantile.ts";
import { accepted, memberOf, quoted } from "../kme/seen.ts";

const gathered = (id: ContainerFault, clause: string, rule: string): Check => ({
  id,
  clause,
  rule,
  run: (kme) => {
    const faults = kme.faults.get(id);
    return faults === undefined && kme.keysTaken === 0 ? skipped("no key came") : found(...(faults ?? []));
  },
});

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** What shows over all answers together; these come last. */
export const GATHERED_CHECKS: readonly Check[] = [
  {
    id: "empty-pool",
    clause: "5.3",
    rule: "an empty pool is answered with 503",
    run: async (kme) => {
      if (!kme.options.drain) return skipped("takes all keys: asked for by --drain");
      const most = kme.count("max_key_count") ?? 0;
      const number = Math.max(1, kme.count("max_key_per_request") ?? 1);
      let many = true;
      for (const before = kme.keysTaken; kme.keysTaken - before <= most; ) {
        const seen = await kme.get(many ? { number } : {});
        if (accepted(seen)) {
          if (kme.took(seen, many ? number : 1).length === 0)
            return found("an empty pool brings an empty answer");
        } else if (many) many = false;
        else
          return found(seen.status === 503 ? null : `an empty pool is answered with status ${seen.status}`);
      }
      return skipped("the pool was not empty after max_key_count keys");
    },
  },
  gathered("key-container", "6.3", 'keys come in a list "keys", each with key_ID and key'),
  gathered("key-ids", "6.3", "every key_ID is a UUID"),
  gathered("key-base64", "6.3", "every key is padded standard base64"),
  gathered("key-sizes", "6.2, 6.3", "every key has the size that was asked for"),
  gathered("key-counts", "6.2, 6.3", "so many keys come as were asked for"),
  gathered("unique-keys", "5.3", "no key and no key_ID comes twice"),
  {
    id: "json-errors",
    clause: "6.5",
    rule: 'every refusal has a JSON object with a text "message", and "details" as a list where there are any',
    run: (kme) => {
      const refused = kme.seen.filter(({ status }) => status >= 400);
      const bare = refused.filter(({ json }) => typeof memberOf(json, "message") !== "string");
      const details = refused.filter(({ json }) => {
        const value = memberOf(json, "details");
        return value !== undefined && !Array.isArray(value);
      });
      return found(
        bare.length === 0
          ? null
          : `a refusal has no message ${times(bare.length)}, first of ${bare[0]?.what} (${bare[0]?.status})`,
        details.length === 0
          ? null
          : `details are no list ${times(details.length)}, first of ${details[0]?.what}`,
      );
    },
  },
  {
    id: "json-type",
    clause: "5.1",
    rule: "every answer is of type application/json",
    run: (kme) => {
      const wrong = kme.seen.filter(
        ({ status, contentType, bodyBytes }) =>
          status > 0 && bodyBytes > 0 && !/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType),
      );
      return found(
        wrong.length === 0
          ? null
          : `an answer is of another type ${times(wrong.length)}, first of ${wrong[0]?.what}: ${quoted(wrong[0]?.contentType)}`,
      );
    },
  },
  { id: "silence", clause: "5.1", rule: "every request gets an answer", run: silences },
  {
    id: "latency",
    clause: "none",
    rule: "99 % of the answers with keys come in time",
    run: (kme) => {
      const p99Ms = quantileMs(kme.seen.filter(accepted), 0.99);
      if (p99Ms === null) return skipped("no answer came");
      return found(
        p99Ms > kme.options.p99Ms
          ? `99 % of the answers come within ${Math.round(p99Ms)} ms, ${kme.options.p99Ms} ms is the limit`
          : null,
      );
    },
  },
];

function silences(kme: Examination): Outcome {
  const silent = kme.seen.filter(({ fault }) => fault !== null);
  return found(
    silent.length === 0
      ? null
      : `a request got no answer ${times(silent.length)}, first ${silent[0]?.what}: ${silent[0]?.fault}`,
  );
}
