import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { lookup } from "node:dns";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectTls } from "node:tls";
import { FORWARD_SECRET_SUITES, revocationLists } from "../../../trust/index.ts";
import type { Notice, Teller } from "../notices/notice.ts";
import { noticeMessage, type SyslogOrigin } from "../notices/notice-message.ts";
import { FACILITIES, octetCounted } from "../notices/syslog-message.ts";
import type { Collector, CollectorConnection, ConnectionEvents } from "./collector-connection.ts";
import {
  type CollectorAddress,
  checkSyslog,
  collectorAddress,
  type SyslogOptions,
  type SyslogTls,
} from "./syslog-options.ts";

/** A collector says nothing; what speaks longer than this is something else. */
const MOST_HEARD_BYTES = 64 * 1024;
const KEEP_ALIVE_MS = 30_000;
/** How long a socket that was ended may take to close. */
const END_MS = 500;

/** A collector of syslog. ConfigError for options that are impossible. */
export function syslogCollector(options: SyslogOptions, teller: Teller): Collector {
  checkSyslog(options);
  const address = collectorAddress(options.address, "alarms.syslog.address", ["tls", "tcp", "udp"]);
  const origin: SyslogOrigin = {
    facility: FACILITIES[options.facility ?? "local0"],
    hostname: options.hostname ?? hostname(),
    procId: String(process.pid),
  };
  const text = (notice: Notice) => noticeMessage(notice, teller, origin);
  return {
    outlet: "syslog",
    address: options.address,
    confirms: false,
    open: (events) =>
      address.kind === "udp"
        ? datagrams(address, events, text)
        : stream(openStream(address, options.tls), address.kind, events, text),
  };
}

function openStream({ host, port }: CollectorAddress, tls: SyslogTls | undefined): Socket {
  if (tls === undefined) return connectTcp({ host, port });
  const { ca, crl, cert, key, serverName = host } = tls;
  return connectTls({
    host,
    port,
    ca,
    ...(crl === undefined ? {} : { crl: revocationLists(crl) }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    minVersion: "TLSv1.2",
    ciphers: FORWARD_SECRET_SUITES,
    rejectUnauthorized: true,
  });
}

/** RFC 6587 over TCP, RFC 5425 over TLS: messages by octet counting. */
function stream(
  socket: Socket,
  kind: "tls" | "tcp",
  { opened, lost }: ConnectionEvents,
  text: (notice: Notice) => string,
): CollectorConnection {
  let heardBytes = 0;
  const fail = (reason: string): void => {
    socket.destroy();
    lost(reason);
  };
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.once(kind === "tls" ? "secureConnect" : "connect", opened);
  socket.on("data", ({ length }: Uint8Array) => {
    heardBytes += length;
    if (heardBytes > MOST_HEARD_BYTES) fail("it speaks, which no collector does");
  });
  socket.once("end", () => fail("it closed the connection"));
  socket.on("error", (error) => fail(reasonOf(error)));
  socket.once("close", () => lost("it closed the connection"));
  return {
    send: (notice, handed) => {
      socket.write(octetCounted(text(notice)), (error) => {
        if (error == null) handed();
      });
    },
    end: () => {
      socket.end();
      setTimeout(() => socket.destroy(), END_MS).unref();
    },
    destroy: () => void socket.destroy(),
  };
}

/** RFC 5426: a message, a datagram. That nobody listens is known only where the other machine says so. */
function datagrams(
  { host, port }: CollectorAddress,
  { opened, lost }: ConnectionEvents,
  text: (notice: Notice) => string,
): CollectorConnection {
  let socket: DatagramSocket | null = null;
  let over = false;
  const close = (): void => {
    if (!over) socket?.close();
    over = true;
  };
  const fail = (error: Error): void => {
    if (over) return;
    close();
    lost(reasonOf(error));
  };
  lookup(host, (error, address, family) => {
    if (over) return;
    if (error !== null) return fail(error);
    socket = createSocket(family === 6 ? "udp6" : "udp4");
    socket.on("error", fail);
    socket.connect(port, address, () => {
      if (!over) opened();
    });
  });
  return {
    send: (notice, handed) =>
      void socket?.send(new TextEncoder().encode(text(notice)), (error) => {
        if (error == null) handed();
        else fail(error);
      }),
    end: close,
    destroy: close,
  };
}

/** Half a sentence of why a socket ended. */
export function reasonOf(error: Error): string {
  const { code = error.message } = error as NodeJS.ErrnoException;
  return /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ALTNAME/.test(code)
    ? `its certificate is not trusted (${code})`
    : code;
}
