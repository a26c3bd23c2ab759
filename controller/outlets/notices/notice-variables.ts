import { alarmTerms, type PerceivedSeverity } from "./alarm-terms.ts";
import type { Notice, Teller } from "./notice.ts";
import { plainText } from "./plain-text.ts";
import { rfc3339 } from "./syslog-message.ts";

/** A variable of a notification: an OID below the enterprise's, with a text or a whole number. */
export interface NoticeVariable {
  readonly oid: string;
  readonly value: string | number;
}

/** A notification of QKDLINK-MIB. */
export interface Notification {
  /** Value of snmpTrapOID.0. */
  readonly oid: string;
  readonly variables: readonly NoticeVariable[];
}

const NOTIFICATION = { raised: 1, cleared: 2, acknowledged: 3, started: 4, stopping: 5 } as const;
const STATE = { raised: 1, cleared: 2, acknowledged: 3 } as const;
/** IANAItuPerceivedSeverity of IANA-ITU-ALARM-TC-MIB. */
const SEVERITY: Readonly<Record<PerceivedSeverity, number>> = { cleared: 1, major: 4, minor: 5 };
const OBJECT = {
  link: 1,
  node: 2,
  sequence: 3,
  id: 4,
  state: 5,
  severity: 6,
  probableCause: 7,
  resource: 8,
  firstSeen: 9,
  times: 10,
  meaning: 11,
  said: 12,
  by: 13,
} as const;

/** A notice as a notification of QKDLINK-MIB (deploy/snmp), below the enterprise that tells it. Pure. */
export function noticeNotification(notice: Notice, { linkId, node, enterprise }: Teller): Notification {
  const root = `1.3.6.1.4.1.${enterprise}`;
  const variable = (name: keyof typeof OBJECT, value: string | number): NoticeVariable => ({
    oid: `${root}.1.${OBJECT[name]}.0`,
    value,
  });
  const oid = `${root}.0.${NOTIFICATION[notice.state]}`;
  const site = [
    variable("link", plainText(linkId)),
    variable("node", plainText(node)),
    variable("sequence", notice.sequence),
  ];
  if (notice.type === "site") return { oid, variables: site };
  const { alarm, state } = notice;
  const { severity, probableCause } = alarmTerms(alarm, state);
  return {
    oid,
    variables: [
      ...site,
      variable("id", plainText(alarm.id)),
      variable("state", STATE[state]),
      variable("severity", SEVERITY[severity]),
      variable("probableCause", probableCause),
      variable("resource", alarm.unit),
      variable("firstSeen", rfc3339(alarm.raisedAtMs)),
      variable("times", alarm.times),
      variable("meaning", plainText(alarm.meaning)),
      variable("said", plainText(alarm.text)),
      variable("by", plainText(alarm.acknowledged?.by ?? "")),
    ],
  };
}
