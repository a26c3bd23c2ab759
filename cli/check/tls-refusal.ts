import { duplexPair } from "node:stream";
import { connect, createServer, type TLSSocket } from "node:tls";
import { InternalError } from "../../errors/index.ts";
import { revocationLists } from "../../trust/index.ts";

/** A site's own certificate with what the other site judges it by. */
export interface JudgedIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
  readonly crl: string | undefined;
}

const LIMIT_MS = 3000;

/**
 * Why TLS refuses the certificate, as a server's or as a client's, in its own words; null when it accepts both. The
 * handshake takes place in memory.
 */
export async function tlsRefusal(judged: JudgedIdentity): Promise<string | null> {
  const { certificate, privateKey, authority, crl } = judged;
  const both = {
    cert: certificate,
    key: privateKey,
    ca: authority,
    minVersion: "TLSv1.3" as const,
    rejectUnauthorized: false,
    ...(crl === undefined ? {} : { crl: revocationLists(crl) }),
  };
  const [near, far] = duplexPair();
  const late = AbortSignal.timeout(LIMIT_MS);
  try {
    const server = createServer({ ...both, requestCert: true });
    const asClient = judgement(server, "secureConnection", late);
    server.emit("connection", far);
    const client = connect({ ...both, socket: near, checkServerIdentity: () => undefined });
    const asServer = judgement(client, "secureConnect", late, client);
    const [first, second] = await Promise.all([asServer, asClient]);
    return first ?? second;
  } catch (cause) {
    return reasonOf(cause);
  } finally {
    near.destroy();
    far.destroy();
  }
}

/** What one side found of the other's certificate. */
function judgement(
  side: NodeJS.EventEmitter,
  event: string,
  late: AbortSignal,
  own?: TLSSocket,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    side.once(event, (socket: TLSSocket | undefined = own) =>
      resolve(socket?.authorized === true ? null : reasonOf(socket?.authorizationError)),
    );
    for (const failure of ["error", "tlsClientError"]) side.on(failure, reject);
    late.addEventListener("abort", () =>
      reject(new InternalError("QKD_INTERNAL", "the handshake does not end")),
    );
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return String((cause as NodeJS.ErrnoException).code ?? cause.message);
}
