import { readSecretFile } from "../../controller/index.ts";
import { type AlarmOptions, checkAlarms } from "../../controller/outlets/collectors/index.ts";
import { pemOf } from "./pem-of.ts";
import type { SiteConfig } from "./read-config.ts";

type Alarms = NonNullable<SiteConfig["alarms"]>;

const MOST_SECRET_BYTES = 1024;

/**
 * What a site's configuration says of those to whom alarms are told, with the files that it names; undefined for nobody.
 * Throws ConfigError and KeyStoreError naming field or file.
 */
export function siteAlarms({ alarms }: Pick<SiteConfig, "alarms">): AlarmOptions | undefined {
  if (alarms === undefined) return undefined;
  const options: AlarmOptions = {
    ...(alarms.syslog === undefined ? {} : { syslog: syslogOf(alarms.syslog) }),
    ...(alarms.snmp === undefined ? {} : { snmp: snmpOf(alarms.snmp) }),
    ...(alarms.enterprise === undefined ? {} : { enterprise: alarms.enterprise }),
  };
  checkAlarms(options);
  return options;
}

function syslogOf(syslog: NonNullable<Alarms["syslog"]>): NonNullable<AlarmOptions["syslog"]> {
  const { address, authority, crl, certificate, privateKey, serverName, facility, hostname } = syslog;
  const pem = (name: string, file: string) => pemOf(file, `alarms.syslog.${name} (${file})`);
  const tls =
    authority === undefined
      ? {}
      : {
          tls: {
            ca: pem("authority", authority),
            ...(crl === undefined ? {} : { crl: pem("crl", crl) }),
            ...(certificate === undefined ? {} : { cert: pem("certificate", certificate) }),
            ...(privateKey === undefined ? {} : { key: pem("privateKey", privateKey) }),
            ...(serverName === undefined ? {} : { serverName }),
          },
        };
  return {
    address,
    ...tls,
    ...(facility === undefined ? {} : { facility }),
    ...(hostname === undefined ? {} : { hostname }),
  };
}

function snmpOf(snmp: NonNullable<Alarms["snmp"]>): NonNullable<AlarmOptions["snmp"]> {
  const { address, user, authPassphraseFile, privPassphraseFile, communityFile, confirm } = snmp;
  const { authProtocol, privProtocol } = snmp;
  return {
    address,
    ...(user === undefined || authPassphraseFile === undefined || privPassphraseFile === undefined
      ? {}
      : {
          user: {
            name: user,
            authPassphrase: wordOf(authPassphraseFile),
            privPassphrase: wordOf(privPassphraseFile),
            ...(authProtocol === undefined ? {} : { authProtocol }),
            ...(privProtocol === undefined ? {} : { privProtocol }),
          },
        }),
    ...(communityFile === undefined ? {} : { community: wordOf(communityFile) }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

/** The word in a file that its owner alone may read; the end of its line does not count. */
export function wordOf(file: string, mostBytes = MOST_SECRET_BYTES): string {
  const secret = readSecretFile(file, 1, mostBytes);
  const word = new TextDecoder().decode(secret.reveal()).replace(/\r?\n$/, "");
  secret.wipe();
  return word;
}
