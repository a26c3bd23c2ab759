import { ConfigError } from "../../../errors/index.ts";
import { maybe, type RulesOf, rule } from "../../../options/index.ts";
import { checkSnmp, SNMP_RULES, type SnmpOptions } from "./snmp-options.ts";
import { checkSyslog, SYSLOG_RULES, type SyslogOptions } from "./syslog-options.ts";

/** Where the alarms of a site are told beside its dashboard. */
export interface AlarmOptions {
  readonly syslog?: SyslogOptions;
  readonly snmp?: SnmpOptions;
  /**
   * What follows 1.3.6.1.4.1 in the OID of the enterprise in whose name alarms are told; default 8072.9999.9999, which
   * Net-SNMP keeps free for trials.
   */
  readonly enterprise?: string;
}

export const DEFAULT_ENTERPRISE = "8072.9999.9999";

export const ALARM_RULES: RulesOf<AlarmOptions> = {
  syslog: maybe(rule.object<SyslogOptions>(SYSLOG_RULES)),
  snmp: maybe(rule.object<SnmpOptions>(SNMP_RULES)),
  enterprise: maybe(rule.text("an enterprise number")),
};

/** RFC 5424 leaves 32 characters for the name of an element with its enterprise. */
const ENTERPRISE = /^(?:0|[1-9]\d{0,9})(?:\.(?:0|[1-9]\d{0,9}))*$/;
const MOST_ENTERPRISE = 23;

/** ConfigError naming the member that is impossible. */
export function checkAlarms({ syslog, snmp, enterprise = DEFAULT_ENTERPRISE }: AlarmOptions): void {
  const fits = enterprise.split(".").every((part) => Number(part) < 2 ** 32);
  if (!ENTERPRISE.test(enterprise) || enterprise.length > MOST_ENTERPRISE || !fits)
    throw new ConfigError("QKD_CONFIG_INVALID", `alarms.enterprise (${enterprise}) is no enterprise number`, {
      remedy: "give what follows 1.3.6.1.4.1, such as 32473",
    });
  if (syslog !== undefined) checkSyslog(syslog);
  if (snmp !== undefined) checkSnmp(snmp);
}
