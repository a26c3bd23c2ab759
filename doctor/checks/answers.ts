import { found, type Outcome, skipped } from "../check.ts";
import type { Examination } from "../kme/examination.ts";
import { accepted, memberOf, quoted, type Seen } from "../kme/seen.ts";

/** What is wrong with an answer that had to be a refusal; null where nothing is. */
export function refusalFault(
  seen: Seen,
  what: string,
  statuses: readonly number[],
  message?: string,
): string | null {
  if (seen.fault !== null) return `${what} got no answer: ${seen.fault}`;
  if (accepted(seen)) return `${what} was accepted with status ${seen.status}`;
  if (!statuses.includes(seen.status))
    return `${what} was answered with status ${seen.status} instead of ${statuses.join(" or ")}`;
  const told = memberOf(seen.json, "message");
  if (message !== undefined && told !== message)
    return `${what} was answered with the message ${quoted(told)} instead of "${message}"`;
  return null;
}

/** What is wrong with an answer that had to bring keys; an empty pool is nobody's fault. */
export function deliveryOutcome(
  kme: Examination,
  seen: Seen,
  what: string,
  number: number,
  sizeBits: number | null,
): Outcome {
  if (seen.status === 503) return skipped("the KME had no key left (503)");
  if (seen.fault !== null) return found(`${what} got no answer: ${seen.fault}`);
  if (!accepted(seen)) return found(`${what} was refused with status ${seen.status} and ${told(seen)}`);
  const keys = kme.took(seen, number, sizeBits);
  if (keys.length !== number) return found(`${what} brought ${keys.length} keys instead of ${number}`);
  const wrong = keys.find(({ bits }) => sizeBits !== null && bits !== sizeBits);
  return found(wrong === undefined ? null : `${what} brought ${wrong.bits} bits instead of ${sizeBits}`);
}

/** The server's own words. */
export function told(seen: Seen): string {
  const message = memberOf(seen.json, "message");
  return message === undefined ? "no message" : `the message ${quoted(message)}`;
}

/** Joins outcomes: what is found anywhere counts; skipped only where all were. */
export function joined(...outcomes: readonly Outcome[]): Outcome {
  const findings = outcomes.flatMap((one) => ("findings" in one ? one.findings : []));
  const reason = outcomes.find((one) => "skipped" in one);
  return findings.length === 0 && reason !== undefined && outcomes.every((one) => "skipped" in one)
    ? reason
    : { findings };
}
