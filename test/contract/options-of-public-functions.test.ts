import { describe, expect, it } from "vitest";
import * as controller from "../../controller/index.ts";
import * as drivers from "../../drivers/index.ts";
import * as emulator from "../../emulator/index.ts";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { QkdError } from "../../errors/index.ts";

type Given = readonly unknown[];
// The types are what callers without a compiler do not have.
const callOf = (room: object, name: string) => Reflect.get(room, name) as (...given: Given) => unknown;

/** What programs without a compiler hand over by mistake, in place of any argument. */
const MISTAKES: readonly Given[] = [
  [],
  [undefined],
  [null],
  [5],
  [[]],
  [{ unknownOption: 1 }],
  ["", {}],
  ["x", null],
];

async function refusalOf(call: (...given: Given) => unknown, given: Given): Promise<unknown> {
  try {
    const made = (await call(...given)) as { stop?: () => unknown; close?: () => unknown } | undefined;
    await (made?.stop ?? made?.close)?.call(made);
    return undefined;
  } catch (error) {
    return error;
  }
}

const OPENERS: readonly (readonly [object, string])[] = [
  [emulator, "createOptics"],
  [emulator, "loadScenario"],
  [emulator, "parseSpeed"],
  [{ emulatedLinkFor }, "emulatedLinkFor"],
  [drivers, "openTransceiver"],
  [drivers, "openTelemetry"],
  [drivers, "openSession"],
  [drivers, "openTransport"],
  [drivers, "createModbusLine"],
  [drivers, "parseAddress"],
  [drivers, "formatAddress"],
  [controller, "createController"],
  [controller, "createDeliveryServer"],
  [controller, "openKeyPool"],
];

describe.each(OPENERS)("%o", (room, name) => {
  it.each(MISTAKES)("refuses %o %o with an error that has a code", async (...given) => {
    const error = await refusalOf(callOf(room, name), given);
    expect(error).toBeInstanceOf(QkdError);
    expect((error as QkdError).code).not.toBe("QKD_INTERNAL");
  });
});

it.each<[string, object, string]>([
  ["a speed below zero", { speed: -1 }, "speed is -1"],
  ["a speed that is a word", { speed: "fast" }, "speed is a text"],
  [
    "a slip of the pen",
    { spead: 1 },
    "spead is no known field of the options of startEmulatedLink (did you mean speed?)",
  ],
  ["a slip within the link", { link: { deadGate: 1 } }, "(did you mean deadGates?)"],
  ["a seed that is a text", { seed: "1" }, "seed is a text"],
  [
    "one address instead of a list",
    { listen: { alice: "tcp://127.0.0.1:0" } },
    "listen.alice is a text, allowed is a list",
  ],
])("an emulated link refuses %s before anything is started", async (_name, options, sentence) => {
  await expect(emulator.startEmulatedLink(options as never)).rejects.toThrow(sentence);
});

it.each<[string, object, string]>([
  ["another name for a wait", { connectTimeout: 5 }, "(did you mean connectTimeoutMs?)"],
  ["a name within the session", { session: { timeout: 5 } }, "(did you mean timeoutMs?)"],
  ["a signal of its own making", { signal: {} }, "signal is an object, allowed is an AbortSignal"],
  ["a certificate that is a number", { tls: { ca: 5 } }, "tls.ca is 5"],
])("a transceiver is not opened with %s", async (_name, options, sentence) => {
  await expect(drivers.openTransceiver("tcp://127.0.0.1:1", options as never)).rejects.toThrow(sentence);
});
