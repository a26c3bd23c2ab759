/** Exception codes of the Modbus application protocol 1.1b3, section 7. */
export const MODBUS_EXCEPTION = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  deviceBusy: 6,
  targetFailedToRespond: 11,
} as const;

/** One of the exception codes. */
export type ModbusException = (typeof MODBUS_EXCEPTION)[keyof typeof MODBUS_EXCEPTION];

/** The registers of one Modbus unit. Addresses start at zero; `undefined` means that there is no such address. */
export interface ModbusBank {
  coil(address: number): boolean | undefined;
  discreteInput(address: number): boolean | undefined;
  holdingRegister(address: number): number | undefined;
  inputRegister(address: number): number | undefined;
  /** Writes all or nothing; returns the exception that refused it. */
  writeCoils(address: number, values: readonly boolean[]): ModbusException | undefined;
  writeHoldingRegisters(address: number, values: readonly number[]): ModbusException | undefined;
  /** Asked before every request: the exception that refuses it, whatever it asks for. */
  refusal?(): ModbusException | undefined;
  /** Device identification (function 43/14): object id to text, ids ascending. */
  readonly identification: ReadonlyMap<number, string>;
}
