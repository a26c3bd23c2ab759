import { choice, f64, list, messageCodec, numberOrText, record, text8, u16 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** How the value of a parameter is to be read; `boolean` and `integer` travel as the number. */
export const PARAMETER_TYPES = { real: 0, integer: 1, boolean: 2, text: 3 } as const;
/** Who may change a parameter. */
export const PARAMETER_ACCESS = { readOnly: 0, readWrite: 1 } as const;

const id = () => u16("which parameter, see the table of parameters");
const value = () => numberOrText("its value, in the parameter's unit");

/** Every parameter of the device with type, unit, range and value. */
export const listParameters = command({
  opcode: 0x0010,
  meaning: "every parameter with type, unit, range and value",
  idempotent: true,
  writes: false,
  request: messageCodec({}),
  reply: messageCodec({
    parameters: list(
      record({
        id: id(),
        name: text8("name"),
        type: choice(PARAMETER_TYPES, "how to read the value"),
        unit: text8("unit, empty for a plain number"),
        min: f64("least value, 0 for text"),
        max: f64("greatest value, most bytes for text"),
        access: choice(PARAMETER_ACCESS, "who may change it"),
        value: value(),
      }),
      "in rising order of id",
    ),
  }),
});

/** Value of one parameter. */
export const getParameter = command({
  opcode: 0x0011,
  meaning: "value of one parameter",
  idempotent: true,
  writes: false,
  request: messageCodec({ id: id() }),
  reply: messageCodec({ id: id(), value: value() }),
});

/** Sets one parameter and tells the value that the device took, which may be rounded to its resolution. */
export const setParameter = command({
  opcode: 0x0012,
  meaning: "set one parameter; the reply holds the value taken, rounded to the device's resolution",
  idempotent: true,
  writes: true,
  request: messageCodec({ id: id(), value: value() }),
  reply: messageCodec({ id: id(), value: value() }),
});
