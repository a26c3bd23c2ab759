/** Coils (Modbus functions 1, 5, 15). */
export const COILS = {
  resetAlarmLatch: {
    address: 0,
    meaning: "writing 1 clears the latched alarms whose cause is gone; reads 0",
  },
  identifyLed: {
    address: 1,
    meaning: "1 while the identify LED blinks; writing 1 blinks it for 60 s, 0 stops it",
  },
} as const;

/** Coils of a device. */
export const COIL_COUNT = 2;

/** Holding registers (Modbus functions 3, 6, 16), each u16. */
export const HOLDING_REGISTERS = {
  identifyLedS: {
    address: 0,
    min: 0,
    max: 3_600,
    meaning: "seconds for which the identify LED will go on blinking; 0 stops it",
  },
  statusIntervalMs: {
    address: 1,
    min: 100,
    max: 60_000,
    meaning: "the parameter statusIntervalMs",
  },
} as const;

/** Holding registers of a device. */
export const HOLDING_REGISTER_COUNT = 2;

/** Objects of read device identification (Modbus function 43, MEI type 14), each ASCII text. */
export const IDENTIFICATION_OBJECTS = {
  vendorName: { id: 0x00, meaning: "vendor of identify" },
  productCode: { id: 0x01, meaning: "model of identify" },
  majorMinorRevision: { id: 0x02, meaning: "firmware of identify" },
  vendorUrl: { id: 0x03, meaning: "the maker's address, may be empty" },
  productName: { id: 0x04, meaning: "what the device is, in words" },
  modelName: { id: 0x05, meaning: "model and hardware revision" },
  serialNumber: { id: 0x80, meaning: "serial of identify" },
  role: { id: 0x81, meaning: "qtx or qrx" },
  linkId: { id: 0x82, meaning: "linkId of identify, 32 hexadecimal digits" },
} as const;
