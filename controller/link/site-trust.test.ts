import { describe, expect, it } from "vitest";
import { withSiteCertificates } from "./site-trust.ts";

const peerIdentity = { commonName: "kme-bob" };
const credentials = { certificate: "own", privateKey: "key", authority: "ca", peerIdentity };

describe("key delivery of a site", () => {
  it("knows the certificates of both sites", () => {
    expect(withSiteCertificates({ saes: [] }, credentials)).toEqual({
      saes: [],
      ownCertificates: "own",
      peerIdentity,
    });
  });

  it("keeps those that it is told", () => {
    const told = { ownCertificates: "another", peerIdentity: { san: "x" } };
    expect(withSiteCertificates(told, credentials)).toEqual(told);
  });
});
