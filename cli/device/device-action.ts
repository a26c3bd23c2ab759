import type { Command } from "commander";
import type { DeviceOutput } from "./unit-session.ts";

/** Makes the command of one action at the unit with this address. */
export type DeviceAction = (address: string, output: DeviceOutput) => Command;
