import { createSocket } from "node:dgram";
import snmp from "net-snmp";
import type { SnmpOptions } from "../../controller/index.ts";
import { type keeping, telling } from "./alarm-trial.ts";

interface Received {
  readonly pdu: {
    readonly type: number;
    readonly varbinds: readonly { readonly oid: string; readonly value: unknown }[];
  };
}

export const USER = { name: "qkdlink", authPassphrase: "authenticates", privPassphrase: "encrypts" };

const given = new Set<number>();

export async function freePort(): Promise<number> {
  const probe = createSocket("udp4");
  await new Promise<void>((resolve) => {
    probe.bind(0, "127.0.0.1", resolve);
  });
  const { port } = probe.address();
  await new Promise<void>((resolve) => probe.close(resolve));
  // Of tests that run side by side each has its own.
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

/** A receiver of notifications that knows one user and one community. */
export function receiving(kept: ReturnType<typeof keeping>, port: number) {
  const got: string[][] = [];
  const types: number[] = [];
  const refused: string[] = [];
  const receiver = snmp.createReceiver(
    { port, address: "127.0.0.1", transport: "udp4" },
    (error: Error | null, received: Received | undefined) => {
      if (error !== null || received === undefined) return refused.push(String(error));
      types.push(received.pdu.type);
      return got.push(received.pdu.varbinds.map(({ oid, value }) => `${oid}=${value}`));
    },
  );
  receiver.getAuthorizer().addUser({
    name: USER.name,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols.sha256,
    authKey: USER.authPassphrase,
    privProtocol: snmp.PrivProtocols.aes,
    privKey: USER.privPassphrase,
  });
  receiver.getAuthorizer().addCommunity("alarms");
  kept(receiver);
  return { got, types, refused };
}

/** A site that tells one receiver of notifications. */
export const tellingBySnmp = (
  kept: ReturnType<typeof keeping>,
  port: number,
  options: Partial<SnmpOptions>,
) => telling(kept, { snmp: { address: `udp://127.0.0.1:${port}`, ...options } });

export const ROOT = "1.3.6.1.4.1.8072.9999.9999";
/** Of an alarm its id, of a site what became of it. */
export const idOf = (varbinds: readonly string[]) =>
  varbinds.find((one) => one.startsWith(`${ROOT}.1.4.0=`))?.split("=")[1] ??
  varbinds.find((one) => one.startsWith("1.3.6.1.6.3.1.1.4.1.0="))?.split("=")[1];
