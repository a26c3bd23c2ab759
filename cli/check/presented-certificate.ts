import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { readablePem } from "./file-check.ts";

const LIMIT_MS = 3000;
const ANY_HOST: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** True when who listens there presents the certificate of that file: this site, already running. */
export function presentedCertificate(
  address: { readonly host: string; readonly port: number },
  file: string | undefined,
): Promise<boolean> {
  if (!readablePem(file)) return Promise.resolve(false);
  let own: X509Certificate;
  try {
    own = new X509Certificate(readFileSync(file));
  } catch {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const socket = connect({
      host: ANY_HOST[address.host] ?? address.host,
      port: address.port,
      // Nothing is said to whoever answers; only what it presents is looked at.
      rejectUnauthorized: false,
    });
    // Of the whole: who sends a byte now and then never falls silent.
    const late = setTimeout(() => finish(false), LIMIT_MS);
    const finish = (same: boolean): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(same);
    };
    socket.once("secureConnect", () =>
      finish(socket.getPeerX509Certificate()?.fingerprint256 === own.fingerprint256),
    );
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
