import { lookup } from "node:dns";
import snmp, { type Session, type Varbind } from "net-snmp";
import type { Teller } from "../notices/notice.ts";
import { type NoticeVariable, noticeNotification } from "../notices/notice-variables.ts";
import type { Collector, CollectorConnection, ConnectionEvents } from "./collector-connection.ts";
import { checkSnmp, type SnmpOptions, type SnmpUser } from "./snmp-options.ts";
import { reasonOf } from "./syslog-collector.ts";
import { type CollectorAddress, collectorAddress } from "./syslog-options.ts";

/** A receiver answers an inform within this, or is asked once more. */
const ANSWER_MS = 3000;
const RETRIES = 1;
/** Integer32 of SNMP. */
const MOST_INTEGER = 2 ** 31 - 1;

/** A receiver of SNMP notifications. ConfigError for options that are impossible. */
export function snmpCollector(options: SnmpOptions, teller: Teller): Collector {
  checkSnmp(options);
  const address = collectorAddress(options.address, "alarms.snmp.address", ["udp"]);
  const confirms = options.confirm ?? true;
  return {
    outlet: "snmp",
    address: options.address,
    confirms,
    open: (events) => notifications(address, options, confirms, teller, events),
  };
}

function notifications(
  address: CollectorAddress,
  options: SnmpOptions,
  confirms: boolean,
  teller: Teller,
  { opened, lost }: ConnectionEvents,
): CollectorConnection {
  let session: Session | null = null;
  let over = false;
  const close = (): void => {
    if (over) return;
    over = true;
    session?.close();
  };
  const fail = (reason: string): void => {
    if (over) return;
    close();
    lost(reason);
  };
  lookup(address.host, (error, host, family) => {
    if (over) return;
    if (error !== null) return fail(reasonOf(error));
    session = openSession(host, family === 6 ? "udp6" : "udp4", address.port, options);
    // Bytes that are no message of SNMP end nothing: whoever sends them would have the alarms held back.
    session.on("error", () => {});
    opened();
  });
  return {
    send: (notice, handed) => {
      if (session === null) return;
      const { oid, variables } = noticeNotification(notice, teller);
      const answered = (error: Error | null): void => {
        if (over) return;
        if (error === null) handed();
        else fail(error.name === "RequestTimedOutError" ? "it confirms nothing" : error.message);
      };
      const varbinds = variables.map(varbind);
      if (confirms) session.inform(oid, varbinds, answered);
      else session.trap(oid, varbinds, answered);
    },
    end: close,
    destroy: close,
  };
}

function openSession(
  host: string,
  transport: "udp4" | "udp6",
  port: number,
  { user, community = "" }: SnmpOptions,
): Session {
  const options = { transport, port, trapPort: port, timeout: ANSWER_MS, retries: RETRIES };
  if (user === undefined) return snmp.createSession(host, community, { ...options, version: snmp.Version2c });
  return snmp.createV3Session(host, v3User(user), options);
}

function v3User({ name, authPassphrase, privPassphrase, authProtocol, privProtocol }: SnmpUser) {
  return {
    name,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols[authProtocol ?? "sha256"],
    authKey: authPassphrase,
    privProtocol: privProtocol === "aes256" ? snmp.PrivProtocols.aes256r : snmp.PrivProtocols.aes,
    privKey: privPassphrase,
  };
}

function varbind({ oid, value }: NoticeVariable): Varbind {
  if (typeof value === "number")
    return { oid, type: snmp.ObjectType.Integer, value: Math.min(value, MOST_INTEGER) };
  return { oid, type: snmp.ObjectType.OctetString, value };
}
