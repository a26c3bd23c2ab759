import type { ControllerEvent } from "../../events.ts";
import type { AlarmView, LiveView } from "../api/index.ts";
import { subjectToken } from "./bus-options.ts";
import type { BusMessage } from "./outbox.ts";

/** Who tells. */
export interface BusNames {
  readonly network: string;
  readonly node: string;
  readonly linkId: string;
  readonly peerNode: string;
}

/** Version of the messages; members may be added without a new one. */
const VERSION = 1;

const subject = ({ network, node }: BusNames, ...parts: string[]) =>
  ["qkd", network, node, ...parts].map(subjectToken).join(".");

const body = ({ node, linkId }: BusNames, content: object) =>
  JSON.stringify({ v: VERSION, node, link: linkId, ...content });

/** What a controller's event tells, on `event.<type>`. */
export function eventMessage(names: BusNames, event: ControllerEvent): BusMessage {
  return { subject: subject(names, "event", event.type), body: body(names, event) };
}

/** What an alarm does, on `event.alarm`. */
export function alarmMessage(
  names: BusNames,
  { atMs, state, alarm }: { readonly atMs: number; readonly state: string; readonly alarm: AlarmView },
): BusMessage {
  const { id, name, unit, code, group, meaning, level, text } = alarm;
  const told = { type: "alarm", atMs, state, alarm: { id, name, unit, code, group, meaning, level, text } };
  return { subject: subject(names, "event", "alarm"), body: body(names, told) };
}

/** How link, stock and delivery are now: on `link.<id>.health`, `pool.<peer>` and `delivery`. */
export function telemetryMessages(names: BusNames, { health, pool, delivery }: LiveView): BusMessage[] {
  const { quantities, ...told } = health;
  const measured = quantities.map(({ name, unit, value, level }) => ({ name, unit, value, level }));
  return [
    {
      subject: subject(names, "link", names.linkId, "health"),
      body: body(names, { type: "health", ...told, quantities: measured }),
    },
    {
      subject: subject(names, "pool", names.peerNode),
      body: body(names, { type: "pool", peer: names.peerNode, ...pool }),
    },
    { subject: subject(names, "delivery"), body: body(names, { type: "delivery", ...delivery }) },
  ];
}
