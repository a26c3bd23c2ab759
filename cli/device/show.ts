import { Command } from "commander";
import type { DeviceStatus, LeaseHolder, UnitDescription, UnitParameter } from "../../drivers/index.ts";
import { isNotSupported, type OpenedTransceiver, type UnitHistogram } from "../../drivers/index.ts";
import { arrivalLines, readArrivals } from "./arrival-histogram.ts";
import type { DeviceAction } from "./device-action.ts";
import { pendingChange } from "./settings-journal.ts";
import { atUnit, type UnitFlags, withUnitOptions } from "./unit-session.ts";
import { columns, dayWords, durationWords, jsonLine, rangeWords, valueWords } from "./unit-words.ts";

const ROLE = { qtx: "QTX transmitter", qrx: "QRX receiver" } as const;

/** `device ADDR show`: who the unit is, what it does, how it is set, and who keeps it. */
export const showAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("show").description("who the unit is, what it does, how it is set, who keeps it"),
  ).action((flags: UnitFlags) =>
    atUnit(address, flags, output, async ({ transceiver, until }) => {
      const seen = await until(look(transceiver));
      output.write(flags.json ? jsonLine({ unit: transceiver.identity, ...seen }) : words(transceiver, seen));
    }),
  );

interface Seen {
  readonly status: DeviceStatus;
  readonly description: UnitDescription;
  readonly lease: LeaseHolder | null;
  readonly alarms: Awaited<ReturnType<OpenedTransceiver["activeAlarms"]>>;
  /** Null for a unit that does not compare clocks. */
  readonly clock: { readonly offsetMs: number; readonly uncertainMs: number } | null;
  readonly parameters: readonly UnitParameter[];
  readonly arrivals: readonly UnitHistogram[];
  readonly interrupted: boolean;
}

async function look(transceiver: OpenedTransceiver): Promise<Seen> {
  const { service, identity } = transceiver;
  const [status, description, lease, alarms, clock, parameters] = await Promise.all([
    transceiver.status(),
    service.describe(),
    service.leaseHolder().catch(nullWhereNotSupported),
    transceiver.activeAlarms(),
    transceiver.compareClocks().catch(nullWhereNotSupported),
    service.parameters(),
  ]);
  return {
    status,
    description,
    lease,
    alarms,
    clock: clock === null ? null : { offsetMs: clock.offsetNs / 1e6, uncertainMs: clock.roundTripNs / 2e6 },
    parameters,
    arrivals: await readArrivals(transceiver, description),
    interrupted: pendingChange(identity) !== undefined,
  };
}

/** A unit without a part of the service, and a recording, are shown all the same. */
function nullWhereNotSupported(error: unknown): null {
  if (isNotSupported(error)) return null;
  throw error;
}

function clockWords(clock: Seen["clock"]): string {
  if (clock === null) return "the unit does not say";
  const { offsetMs, uncertainMs } = clock;
  const side = offsetMs < 0 ? "behind" : "ahead";
  return `${Math.abs(offsetMs).toFixed(1)} ms ${side} (within ${uncertainMs.toFixed(1)} ms)`;
}

function words({ identity }: OpenedTransceiver, seen: Seen): string {
  const { status, description, lease, alarms, clock, parameters, arrivals, interrupted } = seen;
  const { calibratedAt, calibrationDue, parts, quantumNm } = description;
  const lines = [
    `${identity.vendor} ${identity.model} ${identity.serial}: ${ROLE[identity.role]}, firmware ${identity.firmware}, hardware ${identity.hardwareRevision}`,
    `state       ${status.state} for ${durationWords(Number(status.uptimeMs) / 1000)} since its start${status.sessionNumber === 0 ? "" : `, key exchange ${status.sessionNumber}`}`,
    `link        ${identity.linkId}, ${identity.clockHz / 1e6} MHz${quantumNm === null ? "" : `, ${quantumNm.toFixed(2)} nm`}`,
    `lease       ${lease === null ? "nobody has it" : `${lease.holder}, for ${lease.seconds} s`}`,
    `calibrated  ${calibratedAt === null ? "the unit does not say" : dayWords(calibratedAt)}${calibrationDue === null ? "" : `, due ${dayWords(calibrationDue)}`}`,
    `clock       ${clockWords(clock)}`,
    `alarms      ${alarms.length === 0 ? "none" : ""}`,
    ...alarms.map(({ name, severity, text }) => `  ${name}, ${severity}: ${text}`),
    ...arrivalLines(arrivals),
    ...(interrupted
      ? ["interrupted a change of settings did not end: qkdlink device ADDR restore puts them back"]
      : []),
  ].map((line) => `${line.trimEnd()}\n`);
  const partRows = parts.map(({ name, model, serial }) => [`  ${name}`, model, serial]);
  const settings = parameters.map((one) => [
    `  ${one.name}`,
    valueWords(one.value, one.unit),
    rangeWords(one),
    one.volatile ? "volatile" : "",
  ]);
  return [
    ...lines,
    partRows.length === 0 ? "" : `parts\n${columns(partRows)}`,
    `settings\n${columns(settings)}`,
  ].join("");
}
