import { type Check, found, type Outcome, skipped } from "../check.ts";
import type { Examination } from "../kme/examination.ts";
import { accepted, memberOf } from "../kme/seen.ts";
import { deliveryOutcome, joined } from "./answers.ts";

const UNHANDLED = "not all extension_optional request options handled";
const SINGLE_REQUESTS = 50;
const VERBS = ["PUT", "DELETE", "PATCH"] as const;

async function delivers(
  kme: Examination,
  what: string,
  body: unknown,
  number: number,
  sizeBits: number | null,
): Promise<Outcome> {
  return deliveryOutcome(kme, await kme.get(body), what, number, sizeBits);
}

async function getDelivers(
  kme: Examination,
  query: string,
  number: number,
  sizeBits: number,
): Promise<Outcome> {
  const seen = await kme.ask(kme.master, { method: "GET", path: kme.encPath + query });
  return deliveryOutcome(kme, seen, `GET${query}`, number, sizeBits);
}

/** Two keys where the KME gives so many at once. */
const several = (kme: Examination): number => Math.min(2, kme.count("max_key_per_request") ?? 2);

/** A size that is not the default one. */
function anotherSize(kme: Examination): number {
  const { sizeBits } = kme;
  const [smallest, largest] = [kme.count("min_key_size") ?? sizeBits, kme.count("max_key_size") ?? sizeBits];
  const fits = [128, 512, 64].find((bits) => bits !== sizeBits && bits >= smallest && bits <= largest);
  return fits ?? sizeBits;
}

/** "Get key", asked as it should be. */
export const GET_KEY_CHECKS: readonly Check[] = [
  {
    id: "get-plain",
    clause: "5.3",
    rule: "GET without parameters brings one key of the default size",
    run: (kme) => getDelivers(kme, "", 1, kme.sizeBits),
  },
  {
    id: "get-parameters",
    clause: "5.3",
    rule: "GET with number and size brings so many keys of that size",
    run: (kme) =>
      getDelivers(kme, `?number=${several(kme)}&size=${anotherSize(kme)}`, several(kme), anotherSize(kme)),
  },
  {
    id: "post-plain",
    clause: "5.3, 6.2",
    rule: "POST of {} brings one key of the default size",
    run: (kme) => delivers(kme, "POST of {}", {}, 1, kme.sizeBits),
  },
  {
    id: "post-empty",
    clause: "5.3, 6.2",
    rule: "POST without a body is POST of {}: every parameter is optional",
    run: async (kme) => {
      const seen = await kme.ask(kme.master, { method: "POST", path: kme.encPath });
      return deliveryOutcome(kme, seen, "POST without a body", 1, kme.sizeBits);
    },
  },
  {
    id: "post-parameters",
    clause: "6.2",
    rule: "POST with number and size brings so many keys of that size",
    run: (kme) => {
      const [number, size] = [several(kme), anotherSize(kme)];
      return delivers(kme, `POST of number ${number} and size ${size}`, { number, size }, number, size);
    },
  },
  {
    id: "unknown-members",
    clause: "6.2",
    rule: "members and query parameters that the standard does not know are passed over",
    run: async (kme) =>
      joined(
        await delivers(kme, "a request with an unknown member", { doctor: "unknown" }, 1, kme.sizeBits),
        await getDelivers(kme, "?doctor=unknown", 1, kme.sizeBits),
      ),
  },
  {
    id: "size-ends",
    clause: "6.1, 6.2",
    rule: "the smallest and the largest size of the status are delivered",
    run: async (kme) => {
      const ends = [kme.count("min_key_size"), kme.count("max_key_size")];
      const outcomes: Outcome[] = [];
      for (const size of ends)
        if (size !== null && size > 0 && size % 8 === 0)
          outcomes.push(await delivers(kme, `a key of ${size} bits`, { size }, 1, size));
      return outcomes.length === 0 ? skipped("the status tells no sizes") : joined(...outcomes);
    },
  },
  {
    id: "extension-optional",
    clause: "6.2",
    rule: "an optional extension that is not known hinders nothing, or is refused with the standard's message",
    run: async (kme) => {
      const seen = await kme.get({ extension_optional: [{ doctor_unknown: true }] });
      if (seen.status === 400 && memberOf(seen.json, "message") === UNHANDLED) return found();
      return deliveryOutcome(kme, seen, "a request with an unknown optional extension", 1, kme.sizeBits);
    },
  },
  {
    id: "other-verbs",
    clause: "5.3",
    rule: "PUT, DELETE and PATCH bring no key",
    run: async (kme) => {
      const faults: string[] = [];
      for (const method of VERBS) {
        const seen = await kme.ask(kme.master, { method, path: kme.encPath, body: {} });
        if (accepted(seen)) faults.push(`${method} of enc_keys was accepted with status ${seen.status}`);
      }
      return found(...faults);
    },
  },
  {
    id: "kept-connections",
    clause: "5.1, RFC 9112, 9.3",
    rule: "a connection serves several requests",
    run: (kme) => {
      const served = kme.seen.filter(accepted);
      const closing = served.filter(({ connection }) => /\bclose\b/i.test(connection));
      return found(
        served.length > 0 && closing.length === served.length
          ? "the server ends the connection after every answer: each key costs a handshake"
          : null,
      );
    },
  },
  {
    id: "many-keys",
    clause: "5.3",
    rule: "many keys come without a failure",
    run: async (kme) => {
      const perRequest = Math.max(1, Math.min(100, kme.count("max_key_per_request") ?? 1));
      const wanted = kme.keysTaken + kme.options.keys;
      for (let request = 0; kme.keysTaken < wanted; request += 1) {
        const number = request < SINGLE_REQUESTS ? 1 : Math.min(perRequest, wanted - kme.keysTaken);
        const before = kme.keysTaken;
        const outcome = await delivers(
          kme,
          `request ${request + 1} of many`,
          { number },
          number,
          kme.sizeBits,
        );
        if ("skipped" in outcome || outcome.findings.length > 0 || kme.keysTaken === before) return outcome;
      }
      return found();
    },
  },
];
