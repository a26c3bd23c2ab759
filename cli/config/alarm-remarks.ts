import { checkAlarms, collectorAddress } from "../../controller/index.ts";
import { QkdError } from "../../errors/index.ts";
import type { FieldPath, Remark } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

type Alarms = NonNullable<SiteDraft["alarms"]>;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;

/** What is wrong with the part of a site's file that says to whom alarms are told. */
export function alarmRemarks({ alarms }: SiteDraft): Remark[] {
  if (alarms === undefined) return [];
  const { syslog, snmp, enterprise } = alarms;
  return [
    ...(syslog === undefined && snmp === undefined
      ? [wrong(["alarms"], "alarms names nobody to tell", "add syslog or snmp, or take it out")]
      : []),
    ...(enterprise === undefined ? [] : refused(["alarms", "enterprise"], () => checkAlarms({ enterprise }))),
    ...(syslog === undefined ? [] : syslogRemarks(syslog)),
    ...(snmp === undefined ? [] : snmpRemarks(snmp)),
  ];
}

function syslogRemarks({ address, ...files }: NonNullable<Alarms["syslog"]>): Remark[] {
  if (address === undefined) return [];
  const at = (name: string): FieldPath => ["alarms", "syslog", name];
  const remarks = refused(at("address"), () =>
    collectorAddress(address, "alarms.syslog.address", ["tls", "tcp", "udp"]),
  );
  if (remarks.length > 0) return remarks;
  const { kind, host } = collectorAddress(address, "alarms.syslog.address", ["tls", "tcp", "udp"]);
  const { authority, crl, certificate, privateKey, serverName } = files;
  if (kind !== "tls") {
    const given = Object.entries({ authority, crl, certificate, privateKey, serverName });
    for (const [name] of given.filter(([, value]) => value !== undefined))
      remarks.push(
        wrong(
          at(name),
          `alarms.syslog.${name} has no effect on ${kind}:`,
          "use tls://host:port, or take it out",
        ),
      );
    if (!LOOPBACK.test(host))
      remarks.push({
        ...wrong(
          at("address"),
          `alarms.syslog.address (${address}): everybody on the way reads and forges these messages`,
          "use tls:// beyond this machine",
        ),
        level: "warning",
      });
    return remarks;
  }
  if (authority === undefined)
    remarks.push(
      wrong(
        at("address"),
        "alarms.syslog.authority is missing for tls:",
        "name the authority that signs the collector's certificate",
      ),
    );
  if ((certificate === undefined) !== (privateKey === undefined))
    remarks.push(
      wrong(
        at(certificate === undefined ? "privateKey" : "certificate"),
        "alarms.syslog.certificate and alarms.syslog.privateKey go together",
        "give both, or neither",
      ),
    );
  return remarks;
}

function snmpRemarks(snmp: NonNullable<Alarms["snmp"]>): Remark[] {
  const { address, user, communityFile, authPassphraseFile, privPassphraseFile, confirm } = snmp;
  const { authProtocol, privProtocol } = snmp;
  if (address === undefined) return [];
  const at = (name: string): FieldPath => ["alarms", "snmp", name];
  const remarks = refused(at("address"), () => collectorAddress(address, "alarms.snmp.address", ["udp"]));
  if ((user === undefined) === (communityFile === undefined))
    remarks.push(
      wrong(
        ["alarms", "snmp"],
        "alarms.snmp needs exactly one of user and communityFile",
        "name a user (SNMPv3), whose messages are encrypted",
      ),
    );
  const ofUser = Object.entries({ authPassphraseFile, privPassphraseFile, authProtocol, privProtocol });
  for (const [name, value] of ofUser) {
    if (user === undefined && value !== undefined)
      remarks.push(
        wrong(
          at(name),
          `alarms.snmp.${name} has no effect without alarms.snmp.user`,
          "name the user, or take it out",
        ),
      );
    if (user !== undefined && value === undefined && name.endsWith("File"))
      remarks.push(
        wrong(at("user"), `alarms.snmp.${name} is missing for a user`, "name the file with the passphrase"),
      );
  }
  if (user !== undefined && confirm === false)
    remarks.push(
      wrong(
        at("confirm"),
        "alarms.snmp.confirm: false does not go with a user",
        "take it out: a trap of SNMPv3 could be replayed, an inform cannot",
      ),
    );
  if (communityFile !== undefined && remarks.length === 0)
    remarks.push({
      ...wrong(
        at("communityFile"),
        "alarms.snmp.communityFile: everybody on the way reads an SNMPv2c community, and forges with it",
        "name a user (SNMPv3) where the receiver knows one",
      ),
      level: "warning",
    });
  return remarks;
}

function refused(field: FieldPath, read: () => unknown): Remark[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    const { code, message, remedy } = error;
    return [{ level: "error", code, field, message, remedy }];
  }
}

function wrong(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}
