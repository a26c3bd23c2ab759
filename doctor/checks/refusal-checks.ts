import { type Check, found, skipped } from "../check.ts";
import type { Examination } from "../kme/examination.ts";
import { refusalFault } from "./answers.ts";

/** The messages that the standard fixes. */
export const FIXED = {
  size: "size shall be a multiple of 8",
  mandatory: "not all extension_mandatory parameters are supported",
  notFound: "one or more keys specified are not found on KME",
} as const;

async function refuses(
  kme: Examination,
  what: string,
  body: unknown,
  message?: string,
  statuses: readonly number[] = [400],
): Promise<string | null> {
  const seen = await kme.get(body);
  kme.took(seen, 1);
  return refusalFault(seen, what, statuses, message);
}

/** "Get key", asked as it must not be. */
export const REFUSAL_CHECKS: readonly Check[] = [
  {
    id: "size-multiple",
    clause: "5.3, 6.2",
    rule: `a size that is no multiple of 8 is refused with 400 and "${FIXED.size}"`,
    run: async (kme) => found(await refuses(kme, "a size of 255 bits", { size: 255 }, FIXED.size)),
  },
  {
    id: "size-limits",
    clause: "6.1, 6.2",
    rule: "sizes below the smallest and above the largest are refused with 400",
    run: async (kme) => {
      const [smallest, largest] = [kme.count("min_key_size"), kme.count("max_key_size")];
      return found(
        largest === null ? null : await refuses(kme, `a size of ${largest + 8} bits`, { size: largest + 8 }),
        smallest === null || smallest <= 8
          ? null
          : await refuses(kme, `a size of ${smallest - 8} bits`, { size: smallest - 8 }),
        await refuses(kme, "a size of 0", { size: 0 }),
      );
    },
  },
  {
    id: "number-limit",
    clause: "6.1, 6.2",
    rule: "more keys than max_key_per_request are refused with 400",
    run: async (kme) => {
      const most = kme.count("max_key_per_request");
      if (most === null) return skipped("the status tells no max_key_per_request");
      return found(await refuses(kme, `number ${most + 1}`, { number: most + 1 }));
    },
  },
  {
    id: "number-kind",
    clause: "6.2",
    rule: "a number that is none, or not above zero, is refused with 400",
    run: async (kme) =>
      found(
        await refuses(kme, 'number "many"', { number: "many" }),
        await refuses(kme, "number 0", { number: 0 }),
        await refuses(kme, "number -1", { number: -1 }),
        await refuses(kme, "number 1.5", { number: 1.5 }),
      ),
  },
  {
    id: "body-kind",
    clause: "5.3, 6.2",
    rule: "a body that is no JSON object is refused with 400",
    run: async (kme) =>
      found(
        await refuses(kme, "a body that is no JSON", "{number:"),
        await refuses(kme, "a body that is a list", "[1]"),
      ),
  },
  {
    id: "large-body",
    clause: "5.3",
    rule: "a body of two megabytes is refused, and the server serves on",
    run: async (kme) => {
      const seen = await kme.get({ doctor: "x".repeat(2_000_000) });
      kme.took(seen, 1);
      const next = await kme.ask(kme.master, { method: "GET", path: kme.statusPath });
      return found(
        seen.status === 0 || (seen.status >= 400 && seen.status < 500)
          ? null
          : `a body of two megabytes was answered with status ${seen.status}`,
        next.fault === null
          ? null
          : `after a body of two megabytes the server gives no answer: ${next.fault}`,
      );
    },
  },
  {
    id: "extension-mandatory",
    clause: "5.3, 6.2",
    rule: `a mandatory extension that is not known is refused with 400 and "${FIXED.mandatory}"`,
    run: async (kme) =>
      found(
        await refuses(
          kme,
          "an unknown mandatory extension",
          { extension_mandatory: [{ doctor_unknown: true }] },
          FIXED.mandatory,
        ),
      ),
  },
  {
    id: "multicast",
    clause: "6.1, 6.2",
    rule: "more additional_slave_SAE_IDs than max_SAE_ID_count are refused with 400",
    run: async (kme) => {
      const most = kme.count("max_SAE_ID_count");
      if (most === null) return skipped("the status tells no max_SAE_ID_count");
      if (most > 256) return skipped(`max_SAE_ID_count is ${most}`);
      const names = Array.from({ length: most + 1 }, (_, index) => `doctor-${index}`);
      return found(await refuses(kme, `${names.length} further SAEs`, { additional_slave_SAE_IDs: names }));
    },
  },
];
