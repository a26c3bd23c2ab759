import {
  ALARM_BITS,
  COIL_COUNT,
  COILS,
  DISCRETE_INPUT_COUNT,
  DISCRETE_INPUTS,
  encodeInputRegisters,
  HOLDING_REGISTER_COUNT,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTER_COUNT,
  type RegisterValues,
} from "../../protocol/index.ts";
import { MODBUS_EXCEPTION, type ModbusBank, type ModbusException } from "../ports/modbus-bank.ts";
import type { ActiveAlarm } from "./alarms/alarm-board.ts";
import type { DeviceProfile } from "./device-profile.ts";

/** What the telemetry plane reads from its device and may do to it. */
export interface RegisterSource {
  readonly profile: DeviceProfile;
  readonly values: RegisterValues;
  readonly alarms: readonly ActiveAlarm[];
  /** Seconds for which the identify LED goes on blinking. */
  readonly ledSeconds: number;
  readonly statusIntervalMs: number;
  /** Somebody has the device for himself (SPEC 4.6). */
  readonly leased: boolean;
  blinkLed(seconds: number): void;
  setStatusInterval(ms: number): void;
  clearAlarmLatches(): void;
}

const COIL_BLINK_S = 60;

/** The register map of a device as a Modbus unit (SPEC 9). */
export function registerBank(device: RegisterSource): ModbusBank {
  // One request reads many registers: they must come from one set of values.
  let encoded: { readonly values: RegisterValues; readonly image: Uint16Array } | undefined;
  const image = (): Uint16Array => {
    const { values } = device;
    if (encoded?.values !== values) encoded = { values, image: encodeInputRegisters(values) };
    return encoded.image;
  };
  return {
    identification: identification(device.profile),
    coil: (address) => {
      if (address >= COIL_COUNT) return undefined;
      return address === COILS.identifyLed.address && device.ledSeconds > 0;
    },
    discreteInput: (address) => {
      if (address >= DISCRETE_INPUT_COUNT) return undefined;
      const absolute = address >= DISCRETE_INPUTS.absoluteAlarms;
      const alarm = device.alarms.find(({ code }) => code === address % ALARM_BITS);
      return alarm !== undefined && (!absolute || alarm.level === "absolute");
    },
    inputRegister: (address) => (address < INPUT_REGISTER_COUNT ? image()[address] : undefined),
    holdingRegister: (address) => {
      if (address === HOLDING_REGISTERS.identifyLedS.address) return Math.ceil(device.ledSeconds);
      if (address === HOLDING_REGISTERS.statusIntervalMs.address) return device.statusIntervalMs;
      return undefined;
    },
    writeCoils: (address, values) => {
      if (address + values.length > COIL_COUNT) return MODBUS_EXCEPTION.illegalAddress;
      if (device.leased && reachesBeyond(COILS.identifyLed.address, address, values.length))
        return MODBUS_EXCEPTION.deviceBusy;
      values.forEach((value, index) => {
        if (address + index === COILS.identifyLed.address) device.blinkLed(value ? COIL_BLINK_S : 0);
        else if (value) device.clearAlarmLatches();
      });
      return undefined;
    },
    writeHoldingRegisters: (address, values) => writeHolding(device, address, values),
  };
}

/** Whether a write touches another address than that of the identify LED. */
function reachesBeyond(led: number, address: number, count: number): boolean {
  return count > 1 || address !== led;
}

function writeHolding(
  device: RegisterSource,
  address: number,
  values: readonly number[],
): ModbusException | undefined {
  if (address + values.length > HOLDING_REGISTER_COUNT) return MODBUS_EXCEPTION.illegalAddress;
  const { identifyLedS, statusIntervalMs } = HOLDING_REGISTERS;
  const declared = [identifyLedS, statusIntervalMs].sort((a, b) => a.address - b.address);
  const refused = values.some((value, index) => {
    const { min, max } = declared[address + index]!;
    return value < min || value > max;
  });
  if (refused) return MODBUS_EXCEPTION.illegalValue;
  if (device.leased && reachesBeyond(identifyLedS.address, address, values.length))
    return MODBUS_EXCEPTION.deviceBusy;
  values.forEach((value, index) => {
    if (address + index === identifyLedS.address) device.blinkLed(value);
    else device.setStatusInterval(value);
  });
  return undefined;
}

function identification(profile: DeviceProfile): ReadonlyMap<number, string> {
  const texts: Readonly<Record<keyof typeof IDENTIFICATION_OBJECTS, string>> = {
    vendorName: profile.vendor,
    productCode: profile.model,
    majorMinorRevision: profile.firmware,
    vendorUrl: "",
    productName: profile.role === "qtx" ? "Emulated QKD transmitter" : "Emulated QKD receiver",
    modelName: `${profile.model} ${profile.hardwareRevision}`,
    serialNumber: profile.serial,
    role: profile.role,
    linkId: Buffer.from(profile.linkId).toString("hex"),
  };
  const names = Object.keys(IDENTIFICATION_OBJECTS) as (keyof typeof IDENTIFICATION_OBJECTS)[];
  return new Map(
    names.map((name) => [IDENTIFICATION_OBJECTS[name].id, texts[name]] as const).sort(([a], [b]) => a - b),
  );
}
