import { alarmTerms, type PerceivedSeverity } from "./alarm-terms.ts";
import type { Notice, Teller } from "./notice.ts";
import { plainText } from "./plain-text.ts";
import { rfc3339, type StructuredData, type SyslogMessage, syslogText } from "./syslog-message.ts";

/** Who sends messages, as their heads tell it. */
export interface SyslogOrigin {
  readonly facility: number;
  readonly hostname: string;
  readonly procId: string;
}

/** RFC 5674 section 2: severities of alarms as those of syslog. */
const SEVERITY: Readonly<Record<PerceivedSeverity, number>> = { cleared: 5, minor: 3, major: 2 };
const NOTICE = 5;
const INFORMATIONAL = 6;

/**
 * A notice as a message of RFC 5424. What an alarm is stands in the `alarm` element of RFC 5674, what only this program
 * knows of it in one of its own; `meta` counts the messages of a run (RFC 5424 section 7.3.1). Pure.
 */
export function noticeMessage(notice: Notice, teller: Teller, origin: SyslogOrigin): string {
  const { sequence, atMs } = notice;
  const meta: StructuredData = { id: "meta", params: { sequenceId: sequence } };
  const message = (severity: number, msgId: string, data: readonly StructuredData[], text: string) => {
    const full: SyslogMessage = {
      ...origin,
      severity,
      atMs,
      appName: "qkdlink",
      msgId,
      data: [meta, ...data],
      text,
    };
    return syslogText(full);
  };
  const link = plainText(teller.linkId);
  const node = plainText(teller.node);
  if (notice.type === "site") {
    const text =
      notice.state === "started"
        ? "site started: alarms of earlier runs are over"
        : "site is stopping: no alarms are told until it starts again";
    const own = { id: `qkdSite@${teller.enterprise}`, params: { link, node, state: notice.state } };
    return message(NOTICE, `site.${notice.state}`, [own], `link ${link}: ${text}`);
  }
  const { alarm, state } = notice;
  const { severity, probableCause, eventType } = alarmTerms(alarm, state);
  const own: StructuredData = {
    id: `qkdAlarm@${teller.enterprise}`,
    params: {
      id: plainText(alarm.id),
      link,
      node,
      state,
      severity,
      firstSeen: rfc3339(alarm.raisedAtMs),
      times: alarm.times,
      ...(alarm.code === null ? {} : { code: alarm.code }),
      ...(alarm.acknowledged === null ? {} : { by: plainText(alarm.acknowledged.by) }),
      ...(alarm.text === "" ? {} : { said: plainText(alarm.text) }),
    },
  };
  const text = `link ${link}: ${plainText(alarm.id)} ${state} (${severity}): ${plainText(alarm.meaning)}`;
  // Somebody saw it: no event of the alarm itself.
  if (state === "acknowledged") return message(INFORMATIONAL, "alarm.acknowledged", [own], text);
  const resource = `${node}/${alarm.unit}`;
  const standard = {
    id: "alarm",
    params: { resource, probableCause, perceivedSeverity: severity, eventType },
  };
  return message(SEVERITY[severity], `alarm.${state}`, [standard, own], text);
}
