import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { NO_REVOCATIONS } from "../../trust/index.ts";
import { type CallerNews, Callers } from "./callers.ts";
import { completePolicy } from "./delivery-policy.ts";

/** A caller whose certificate has expired. */
const expired = (number: number) =>
  ({
    authorized: true,
    getPeerX509Certificate: () => ({ fingerprint256: String(number), validToDate: new Date(0) }),
  }) as unknown as TLSSocket;

describe("callers that are refused", () => {
  it("are told once each, and remembered within bounds", () => {
    const told: CallerNews[] = [];
    const callers = new Callers(
      {
        policy: completePolicy(),
        registry: null,
        trust: { authorities: [], revocations: NO_REVOCATIONS, source: "" },
        peers: [],
        own: [],
        kmeIds: [],
      },
      () => 1000,
      (news) => told.push(news),
    );
    const come = (number: number) =>
      expect(() => callers.of(expired(number))).toThrow(/the client certificate has expired/);
    for (const number of [0, 0, 0]) come(number);
    expect(told).toHaveLength(1);
    for (let number = 1; number <= 4096; number++) come(number);
    // By now the first is forgotten, and so are not those that came last.
    come(0);
    come(4096);
    expect(told).toHaveLength(4098);
  });
});
