import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { deliveryTlsOptions } from "./delivery-tls.ts";

const PEM = { cert: "certificate", key: "key", ca: "authority" };

describe("what the delivery server is opened with", () => {
  it("is TLS 1.2 at least, and 1.3 alone where the site says so", () => {
    expect(deliveryTlsOptions(PEM)).toMatchObject({ minVersion: "TLSv1.2" });
    expect(deliveryTlsOptions(PEM).maxVersion).toBeUndefined();
    expect(deliveryTlsOptions({ ...PEM, minVersion: "TLSv1.3" })).toMatchObject({ minVersion: "TLSv1.3" });
  });

  it("asks callers for a certificate, and for forward secrecy with authenticated encryption alone", () => {
    const { requestCert, ciphers = "", ecdhCurve } = deliveryTlsOptions(PEM);
    expect(requestCert).toBe(true);
    const ofOldTls = ciphers.split(":").filter((suite) => !suite.startsWith("TLS_"));
    expect(ofOldTls.length).toBeGreaterThan(0);
    for (const suite of ofOldTls) expect(suite).toMatch(/^(ECDHE|DHE)-.*(GCM|CHACHA20-POLY1305)/);
    expect(() => createSecureContext({ ciphers, ecdhCurve })).not.toThrow();
  });
});
