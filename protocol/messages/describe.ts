import { count64, f64, list, messageCodec, nameSet, optional, record, text8, u16 } from "../codec/kit.ts";
import { command } from "./declaration.ts";
import { HISTOGRAM_KINDS } from "./histogram.ts";
import { MEASUREMENT_KINDS } from "./measurement.ts";
import { TUNE_TARGETS } from "./tune.ts";

const namesOf = <N extends string>(table: Readonly<Record<N, number>>): readonly N[] =>
  Object.keys(table) as N[];

/**
 * What a commissioning report needs to know of the unit beside `identify`, and which commands it answers. A unit without
 * this command answers none that are marked as extensions in SPEC 6.1.
 */
export const describe = command({
  opcode: 0x0003,
  meaning: "calibration, wavelengths and parts of the device, and which commands it answers",
  idempotent: true,
  writes: false,
  request: messageCodec({}),
  reply: messageCodec({
    calibratedAtS: optional(
      count64("s"),
      "when its instruments were calibrated, seconds since 1970-01-01T00:00:00Z",
    ),
    calibrationDueS: optional(count64("s"), "when they have to be calibrated again, in the same seconds"),
    meanPhotonsUncertainty: optional(
      f64(""),
      "relative standard uncertainty of the mean photon numbers that it states; transmitter",
    ),
    quantumNm: f64("wavelength of the quantum channel in nm"),
    serviceNm: optional(f64("nm"), "wavelength of the pair's own service channel in nm"),
    parts: list(
      record({
        name: text8("which part"),
        model: text8("its type designation"),
        serial: text8("its serial number"),
      }),
      "parts with serial numbers of their own",
    ),
    measurements: nameSet(namesOf(MEASUREMENT_KINDS), "kinds that startMeasurement takes here"),
    histograms: nameSet(namesOf(HISTOGRAM_KINDS), "kinds that readHistogram takes here"),
    tunes: nameSet(namesOf(TUNE_TARGETS), "what tune adjusts here"),
    commands: list(u16("opcode"), "opcodes of all commands that the device answers, rising"),
  }),
});
