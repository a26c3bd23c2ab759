import { beforeAll, expect, it } from "vitest";
import type { DoctorReport } from "../../../doctor/index.ts";
import { type TestCertificate, testAuthority } from "../delivery-sites.ts";
import { brokenKme, DEFECTS, type Defect } from "./broken-kme.ts";
import { doctorTrial } from "./doctor-trial.ts";

const LOCAL = [{ type: "ip", value: "127.0.0.1" }] as const;
const LIMITS = ["--window", "600", "--keys", "60", "--timeout", "400", "--drain", "--p99", "100"];

/** Examines a server with planted defects, with all that the doctor can be given. */
export function examinations() {
  const { write, pair, run, exitCode } = doctorTrial();
  let authority: Awaited<ReturnType<typeof testAuthority>>;
  let kme: TestCertificate;
  let revoked: TestCertificate;
  let asks: string[];

  beforeAll(async () => {
    authority = await testAuthority("authority");
    kme = await authority.issue("kme", [...LOCAL]);
    revoked = await authority.issue("sae-old");
    const expired = await authority.issue("sae-late", [], "EC", new Date(Date.now() - 60_000));
    asks = [
      ...pair("", "a", await authority.issue("sae-a")),
      ...pair("slave-", "b", await authority.issue("sae-b")),
      ...pair("other-", "c", await authority.issue("sae-c")),
      ...pair("expired-", "expired", expired),
      ...pair("revoked-", "revoked", revoked),
      "--ca",
      write("ca.pem", authority.ca),
      ...LIMITS,
    ];
  });

  async function examined(...defects: Defect[]): Promise<DoctorReport> {
    // Suites without forward secrecy need a certificate that encrypts.
    const shown = defects.includes("weakSuites") ? await authority.issue("kme", [...LOCAL], "RSA") : kme;
    const server = await brokenKme(shown, authority.ca, [revoked], ...defects);
    try {
      return JSON.parse(await run(server.url, "--slave-url", server.url, ...asks, "--json", "--yes"));
    } finally {
      await server.close();
    }
  }
  return { examined, exitCode };
}

/** Each of the defects is found by the check that is there for it. */
export function defectsAreFound(
  { examined }: ReturnType<typeof examinations>,
  defects: readonly Defect[],
): void {
  it.concurrent.each(defects.map((defect) => [defect, DEFECTS[defect]] as const))(
    "finds %s by the check %s",
    { timeout: 60_000 },
    async (defect, check) => {
      const { checks, ok } = await examined(defect);
      const one = checks.find((each) => each.check === check);
      expect(one).toMatchObject({
        verdict: "finding",
        findings: [expect.any(String), ...(one?.findings.slice(1) ?? [])],
      });
      expect(ok).toBe(false);
    },
  );
}

/** One of each kind of check, for a short run. */
export const FIRST_DEFECTS: readonly Defect[] = [
  "servesRevoked",
  "missingCount",
  "rawNames",
  "roundsSizes",
  "ignoresMandatory",
  "otherBits",
  "givesAgain",
  "shortIds",
  "htmlErrors",
  "slow",
];
