import type { SecureVersion } from "node:tls";
import { type Check, found, skipped } from "../check.ts";
import type { CallerPem, Examination } from "../kme/examination.ts";
import { accepted } from "../kme/seen.ts";

const OLD: readonly SecureVersion[] = ["TLSv1", "TLSv1.1"];
const WITHOUT_FORWARD_SECRECY =
  "AES128-SHA:AES256-SHA:AES128-SHA256:AES256-SHA256:AES128-GCM-SHA256:AES256-GCM-SHA384:@SECLEVEL=0";

/** A question that burns no key: whether the handshake, and an answer with it, come about. */
async function answers(kme: Examination, tls: object): Promise<boolean> {
  const { ca, master } = kme.options;
  const side = kme.side({ ca, ...master, ...tls });
  const seen = await side.ask({ method: "GET", path: kme.statusPath });
  side.close();
  return seen.fault === null;
}

async function strangerFinding(
  kme: Examination,
  caller: CallerPem | null,
  who: string,
): Promise<string | null> {
  const side = kme.side({ ca: kme.options.ca, ...caller });
  const asked = [
    await side.ask({ method: "GET", path: kme.statusPath }),
    await side.ask({ method: "POST", path: kme.encPath, body: {} }),
  ];
  side.close();
  kme.note(...asked);
  const [served] = asked.filter(accepted);
  if (served !== undefined) return `${who} was served: ${served.what}`;
  const wrong = asked.find(({ fault, status }) => fault === null && status !== 401);
  return wrong === undefined ? null : `${who} was refused with status ${wrong.status} instead of 401`;
}

const refuses = (id: "foreign" | "expired" | "revoked", who: string): Check => ({
  id: `${id}-certificate`,
  clause: "5.1",
  rule: `${who} gets no answer but 401`,
  run: async (kme) => {
    const caller = kme.options.refused[id];
    if (caller === undefined) return skipped(`no ${id} certificate was given`);
    return found(await strangerFinding(kme, caller, who));
  },
});

/** TLS and who is let in. */
export const CONNECTION_CHECKS: readonly Check[] = [
  {
    id: "tls-version",
    clause: "5.1",
    rule: "TLS 1.2 or higher is spoken, and nothing older",
    run: async (kme) => {
      const spoken: SecureVersion[] = [];
      for (const version of OLD)
        if (await answers(kme, { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" }))
          spoken.push(version);
      return found(spoken.length === 0 ? null : `the server speaks ${spoken.join(" and ")}`);
    },
  },
  {
    id: "tls-suites",
    clause: "RFC 9325, 4.1",
    rule: "suites without forward secrecy are refused",
    run: async (kme) =>
      found(
        (await answers(kme, {
          minVersion: "TLSv1.2",
          maxVersion: "TLSv1.2",
          ciphers: WITHOUT_FORWARD_SECRECY,
        }))
          ? "the server takes a suite without forward secrecy: who records the traffic reads the keys once the server's key is known"
          : null,
      ),
  },
  {
    id: "no-certificate",
    clause: "5.1",
    rule: "a caller without a certificate gets no answer but 401",
    run: async (kme) => found(await strangerFinding(kme, null, "a caller without a certificate")),
  },
  refuses("foreign", "a caller whose certificate is of another authority"),
  refuses("expired", "a caller whose certificate has expired"),
  refuses("revoked", "a caller whose certificate is revoked"),
];
