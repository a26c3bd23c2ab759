import type { PeerCertificate } from "node:tls";
import { describe, expect, it } from "vitest";
import type { SaeIdentitySource } from "./delivery-policy.ts";
import { saeIdOf } from "./sae-identity.ts";

const certificate = {
  subject: { CN: "sae-cn" },
  subjectaltname: 'IP Address:10.0.0.1, URI:urn:sae:7, DNS:"odd, URI:fake", URI:urn:sae:8',
  serialNumber: "4A01",
  fingerprint256: "AA:BB:0C",
} as unknown as PeerCertificate;

describe("SAE identity", () => {
  const table: [string, SaeIdentitySource[], Partial<PeerCertificate>, string | undefined][] = [
    ["takes the first URI", ["sanUri"], {}, "urn:sae:7"],
    [
      "is not fooled by a URI inside a DNS name",
      ["sanUri"],
      { subjectaltname: 'DNS:"x, URI:fake"' },
      undefined,
    ],
    ["reads a quoted DNS name whole", ["sanDns"], {}, "odd, URI:fake"],
    ["takes the common name", ["commonName"], {}, "sae-cn"],
    ["takes the serial number", ["serialNumber"], {}, "4A01"],
    ["looks fingerprints up, however written", [{ fingerprints: { aabb0c: "sae-print" } }], {}, "sae-print"],
    [
      "is not content with the beginning of a fingerprint",
      [{ fingerprints: { "AA:BB:0C:01": "sae-other", aabb: "sae-short" } }],
      { fingerprint256: "AA:BB:0C:02" } as Partial<PeerCertificate>,
      undefined,
    ],
    [
      "passes an empty name over",
      ["commonName", "serialNumber"],
      { subject: { CN: "" } } as Partial<PeerCertificate>,
      "4A01",
    ],
    ["goes on to the next source", [{ fingerprints: {} }, "commonName"], {}, "sae-cn"],
    [
      "finds no name in a bare certificate",
      ["sanUri", "sanDns", "commonName"],
      { subject: undefined, subjectaltname: undefined } as unknown as Partial<PeerCertificate>,
      undefined,
    ],
    [
      "refuses an endless name",
      ["commonName"],
      { subject: { CN: "x".repeat(257) } } as Partial<PeerCertificate>,
      undefined,
    ],
  ];
  it.each(table)("%s", (_name, sources, changes, sae) => {
    expect(saeIdOf({ ...certificate, ...changes } as PeerCertificate, sources)).toBe(sae);
  });
});
