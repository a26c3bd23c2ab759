import { createSecureContext } from "node:tls";
import { credentialFault } from "./credential-fault.ts";

/** Suites with forward secrecy and authenticated encryption alone: all of TLS 1.3, of TLS 1.2 those by ECDHE with AEAD. */
export const FORWARD_SECRET_SUITES: string = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
].join(":");

/** ConfigError QKD_CONFIG_INVALID naming `name` for key exchange groups that OpenSSL does not know. */
export function checkGroups(groups: string, name: string): void {
  try {
    createSecureContext({ ecdhCurve: groups });
  } catch (cause) {
    const remedy = "name groups of OpenSSL joined by colons, such as X25519MLKEM768:X25519";
    throw credentialFault(name, `"${groups}" holds a key exchange group that is not known`, remedy, cause);
  }
}
