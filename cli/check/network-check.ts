import { accessSync, constants, statSync } from "node:fs";
import { dialPeer, type PeerCredentials, parsePeerAddress } from "../../controller/index.ts";
import { type Address, openTransport, parseAddress } from "../../drivers/index.ts";
import { QkdError } from "../../errors/index.ts";
import { matchesCertificate, namesOf } from "../../trust/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { transceiverTls } from "../config/transceiver-tls.ts";
import { heardHello } from "./heard-hello.ts";
import { publicSecretId } from "./public-secret-id.ts";
import { mistake, refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

const LIMIT_MS = 5000;

/**
 * That transceiver, telemetry and the other site can be reached. Connections are opened and closed: nothing is said to a
 * device, and to the other site no more than a TLS handshake says.
 */
export function networkCheck(credentials: PeerCredentials | null): Check {
  return async ({ site }) => {
    const checks = [
      deviceCheck(["transceiver", "address"], site.transceiver?.address, site.transceiver),
      deviceCheck(["transceiver", "telemetry"], site.transceiver?.telemetry),
      credentials === null ? [] : peerCheck(site, credentials),
    ];
    return (await Promise.all(checks)).flat();
  };
}

async function deviceCheck(
  field: FieldPath,
  text: string | undefined,
  files: SiteDraft["transceiver"] = {},
): Promise<readonly Remark[]> {
  if (text === undefined || refusals(field, () => parseAddress(text)).length > 0) return [];
  const address = parseAddress(text);
  if (address.kind === "serial" || address.kind === "modbus+rtu") return lineCheck(field, address.path);
  try {
    const tls = transceiverTls(files);
    const transport = await openTransport(socketOf(address), {
      connectTimeoutMs: LIMIT_MS,
      ...(tls === undefined ? {} : { tls }),
    });
    await transport.close();
    return [];
  } catch (error) {
    return [told(field, error)];
  }
}

function socketOf(address: Extract<Address, { readonly host: string }>) {
  const { kind, host, port } = address;
  return { kind: kind === "tls" ? ("tls" as const) : ("tcp" as const), host, port };
}

/** Opening a line would move its signals: a device at work may notice. */
function lineCheck(field: FieldPath, path: string): readonly Remark[] {
  const wrong = (sentence: string, remedy: string) => [
    mistake("QKD_TRANSPORT_OPEN", field, sentence, remedy),
  ];
  try {
    if (!statSync(path).isCharacterDevice())
      return wrong(`(${path}) is no serial port`, "name its device file");
    accessSync(path, constants.R_OK | constants.W_OK);
    return [];
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    return wrong(
      `(${path}) cannot be used (${why})`,
      "check the cable, and that this user may use serial ports",
    );
  }
}

async function peerCheck(
  { peer, linkId, site: role }: SiteDraft,
  credentials: PeerCredentials,
): Promise<readonly Remark[]> {
  const field = ["peer", "connect"];
  if (peer?.connect === undefined || linkId === undefined || role === undefined) return [];
  try {
    const socket = await dialPeer(parsePeerAddress(peer.connect), credentials, LIMIT_MS);
    const leaf = socket.getPeerX509Certificate();
    const { peerIdentity } = credentials;
    if (
      leaf !== undefined &&
      peerIdentity !== undefined &&
      !matchesCertificate(peerIdentity, namesOf(leaf))
    ) {
      socket.destroy();
      return [
        mistake(
          "QKD_PEER_CERTIFICATE",
          field,
          `answers with the certificate of ${namesOf(leaf).commonName ?? "nobody"}, not the other site's`,
          "correct the address, or peer.identity",
        ),
      ];
    }
    const wrong = await heardHello(
      socket,
      { site: role, linkId, secretId: publicSecretId(peer.secretFile) },
      LIMIT_MS,
    );
    return wrong === null ? [] : [mistake(wrong.code, field, wrong.sentence, wrong.remedy)];
  } catch (error) {
    return [told(field, error)];
  }
}

function told(field: FieldPath, error: unknown): Remark {
  if (!(error instanceof QkdError)) throw error;
  const { code, message, remedy, context } = error;
  const reason =
    typeof context.reason === "string" && !message.includes(context.reason) ? ` (${context.reason})` : "";
  return { level: "error", code, field, message: `${field.join(".")}: ${message}${reason}`, remedy };
}
