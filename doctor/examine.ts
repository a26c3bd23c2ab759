import { DeliveryError, TransportError } from "../errors/index.ts";
import type { Check, Outcome } from "./check.ts";
import { CONNECTION_CHECKS } from "./checks/connection-checks.ts";
import { GATHERED_CHECKS } from "./checks/gathered-checks.ts";
import { GET_KEY_CHECKS } from "./checks/get-key-checks.ts";
import { KEY_ID_CHECKS } from "./checks/key-id-checks.ts";
import { REFUSAL_CHECKS } from "./checks/refusal-checks.ts";
import { STATUS_CHECKS } from "./checks/status-checks.ts";
import { Examination, type ExaminationOptions } from "./kme/examination.ts";
import { quantileMs } from "./kme/quantile.ts";
import { accepted, memberOf } from "./kme/seen.ts";

export const CHECKS: readonly Check[] = [
  ...STATUS_CHECKS,
  ...CONNECTION_CHECKS,
  ...GET_KEY_CHECKS,
  ...REFUSAL_CHECKS,
  ...KEY_ID_CHECKS,
  ...GATHERED_CHECKS,
];

/** What one check said. */
export interface CheckReport {
  readonly check: string;
  readonly clause: string;
  readonly rule: string;
  readonly verdict: "ok" | "finding" | "skipped";
  readonly findings: readonly string[];
  /** Why it was not made. */
  readonly reason: string | null;
}

/** What an examination found. */
export interface DoctorReport {
  readonly standard: "ETSI GS QKD 014 V1.1.1";
  readonly url: string;
  /** Nothing was found. */
  readonly ok: boolean;
  readonly checks: readonly CheckReport[];
  readonly figures: {
    readonly requests: number;
    /** Keys that the master took; they are used up. */
    readonly keysTaken: number;
    readonly p50Ms: number | null;
    readonly p99Ms: number | null;
  };
}

/**
 * Examines a key delivery server, anyone's, by ETSI GS QKD 014 V1.1.1; `told` hears of each check as it is done. Takes
 * keys, which are then used up. TransportError when the server cannot be reached or trusted at all, DeliveryError when what
 * answers there is no server of the standard.
 */
export async function examineKme(
  options: ExaminationOptions,
  told: (report: CheckReport) => void = () => {},
): Promise<DoctorReport> {
  const kme = new Examination(options);
  try {
    await meet(kme);
    const checks: CheckReport[] = [];
    for (const check of CHECKS) {
      const report = reportOf(check, await outcomeOf(check, kme));
      checks.push(report);
      told(report);
    }
    const answered = kme.seen.filter(accepted);
    const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms * 10) / 10);
    return {
      standard: "ETSI GS QKD 014 V1.1.1",
      url: options.url.href,
      ok: checks.every(({ verdict }) => verdict !== "finding"),
      checks,
      figures: {
        requests: kme.seen.length,
        keysTaken: kme.keysTaken,
        p50Ms: rounded(quantileMs(answered, 0.5)),
        p99Ms: rounded(quantileMs(answered, 0.99)),
      },
    };
  } finally {
    kme.close();
  }
}

/** The first question: without a status there is nothing to examine. */
async function meet(kme: Examination): Promise<void> {
  const { master } = kme;
  const seen = await kme.ask(master, { method: "GET", path: kme.statusPath });
  kme.status = seen;
  if (seen.fault !== null)
    throw (
      master.lastError ??
      new TransportError("QKD_TRANSPORT_OPEN", seen.fault, { remedy: "check the address of the key server" })
    );
  if (seen.status === 401 || seen.status === 403)
    throw new DeliveryError(
      "QKD_DELIVERY_UNAUTHORIZED",
      `the server does not know the caller (status ${seen.status})`,
      {
        remedy: "give --cert and --key of an SAE that the server serves",
      },
    );
  if (accepted(seen) && typeof seen.json === "object" && seen.json !== null && !Array.isArray(seen.json))
    return;
  const speaks = await otherStandard(kme);
  throw new DeliveryError(
    "QKD_DELIVERY_ANSWER",
    speaks === null
      ? `a status is asked for and status ${seen.status} comes, ${seen.json === undefined ? "without" : "with"} JSON`
      : `the server speaks ${speaks}, and ETSI GS QKD 014 alone is examined here`,
    { remedy: "check that the URL names an ETSI GS QKD 014 server, and --slave-sae an SAE that it knows" },
  );
}

/** Servers of two other standards show themselves by one question each. */
async function otherStandard(kme: Examination): Promise<string | null> {
  const versions = await kme.master.askAt("GET", "/kmapi/versions");
  if (accepted(versions) && Array.isArray(memberOf(versions.json, "versions"))) return "ETSI GS QKD 020";
  const capabilities = await kme.master.askAt("GET", "/capabilities");
  if (accepted(capabilities) && memberOf(capabilities.json, "localSystemID") !== undefined) return "SKIP";
  return null;
}

async function outcomeOf(check: Check, kme: Examination): Promise<Outcome> {
  try {
    return await check.run(kme);
  } catch (error) {
    const reason = Examination.ending(error);
    if (reason === null || kme.options.signal?.aborted === true) throw error;
    return { skipped: reason };
  }
}

function reportOf({ id, clause, rule }: Check, outcome: Outcome): CheckReport {
  const head = { check: id, clause, rule };
  if ("skipped" in outcome) return { ...head, verdict: "skipped", findings: [], reason: outcome.skipped };
  const { findings } = outcome;
  return { ...head, verdict: findings.length === 0 ? "ok" : "finding", findings, reason: null };
}
