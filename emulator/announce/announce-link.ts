import { Bonjour } from "bonjour-service";
import { checkArgument, rule } from "../../options/index.ts";
import { SERVICE_TYPE } from "../../protocol/index.ts";
import type { EmulatedLink } from "../link/start-emulated-link.ts";

/** What announces, until it is stopped. */
export interface Announcement {
  /** Says farewell, so that nobody goes on to list what is gone. */
  stop(): Promise<void>;
}

const UNIT = rule.like({ all: rule.list(rule.text("an address")) });
const LINK = rule.like(
  { addresses: rule.like({ alice: UNIT, bob: UNIT }) },
  "a link as startEmulatedLink gives it",
);

/**
 * Announces both units of a link by multicast DNS, as transceivers on a network do (SPEC 4.7): those of their ports that
 * listen on TCP or TLS, with the Modbus port beside. `failed` is told where the network does not allow it; the link is not
 * touched by that.
 */
export function announceLink(link: EmulatedLink, failed: (error: Error) => void): Announcement {
  checkArgument("link", link, LINK);
  checkArgument("failed", failed, rule.callback);
  const bonjour = new Bonjour({}, failed);
  for (const [site, role] of [
    ["alice", "QTX"],
    ["bob", "QRX"],
  ] as const) {
    const { all } = link.addresses[site];
    const session = all.find((address) => /^t(cp|ls):/.test(address));
    if (session === undefined) continue;
    const telemetry = all.find((address) => address.startsWith("modbus+tcp:"));
    const { port, protocol } = new URL(session);
    bonjour.publish({
      name: `emulated ${role} on port ${port}`,
      type: SERVICE_TYPE,
      port: Number(port),
      txt: {
        role: role.toLowerCase(),
        ...(protocol === "tls:" ? { tls: "1" } : {}),
        ...(telemetry === undefined ? {} : telemetryText(telemetry)),
      },
    });
  }
  return {
    stop: () =>
      new Promise((resolve) => {
        bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
      }),
  };
}

function telemetryText(address: string): { readonly modbus: string; readonly unit: string } {
  const { port, searchParams } = new URL(address);
  return { modbus: port, unit: searchParams.get("unit") ?? "1" };
}
