import type { PerIntensity } from "../../../physics/index.ts";
import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** Settings of the light that an operator changes on a running link: absolute, each one replaces what was set before. */
export const LIGHT_SETTINGS = {
  intensities: happening({
    event: "intensities",
    says: "mean photon numbers that the intensity modulator is set to, falling",
    fields: {
      intensities: field.perIntensity({ min: 0, max: 10 }, "of signal, decoy, vacuum", [0.4, 0.1, 0]),
    },
    liveOnly: true,
    level: (event) => ({ type: "intensities", intensities: event.intensities satisfies PerIntensity }),
  }),
  detectorBias: happening({
    event: "detectorBias",
    says: "gate bias of both detectors; nominal 2.5 V",
    fields: { volt: field.number(CONTROL_RANGES.detectorBiasV, "above breakdown, volt") },
    liveOnly: true,
    level: ({ volt }) => ({ type: "detectorBias", volt }),
  }),
  biasResistor: happening({
    event: "biasResistor",
    says: "resistance through which the bias reaches the detectors, so that they saturate at high rates",
    fields: { ohm: field.number(CONTROL_RANGES.biasResistorOhm, "ohm; 0, a stiff supply, is nominal") },
    liveOnly: true,
    level: ({ ohm }) => ({ type: "biasResistor", ohm }),
  }),
  detectorTemperature: happening({
    event: "detectorTemperature",
    says: "temperature of both detectors; nominal -30",
    fields: { celsius: field.number(CONTROL_RANGES.detectorTemperatureC, "degrees Celsius") },
    liveOnly: true,
    level: ({ celsius }) => ({ type: "detectorTemperature", celsius }),
  }),
  phaseError: happening({
    event: "phaseError",
    says: "residual phase error of the interferometers",
    fields: { radian: field.number(CONTROL_RANGES.phaseErrorRad, "radian") },
    liveOnly: true,
    level: ({ radian }) => ({ type: "phaseError", radian }),
  }),
  noise: happening({
    event: "noise",
    says: "noise photons beside those of the classical channels",
    fields: {
      perGate: field.number(CONTROL_RANGES.perGate, "click probability a gate, both detectors summed"),
    },
    liveOnly: true,
    level: ({ perGate }) => ({ type: "noise", perGate }),
  }),
  deadTime: happening({
    event: "deadTime",
    says: "gates without response after a click",
    fields: {
      gates: field.number({ min: 0, max: 1e9, integer: true }, "gates"),
      perDetector: field.flag("only the detector that clicked is blind"),
    },
    liveOnly: true,
    level: ({ gates, perDetector }) => ({ type: "deadTime", gates, perDetector }),
  }),
  intensityJitter: happening({
    event: "intensityJitter",
    says: "the intensity varies from pulse to pulse",
    fields: { relative: field.number(CONTROL_RANGES.intensityJitter, "relative standard deviation") },
    liveOnly: true,
    level: ({ relative }) => ({ type: "intensityJitter", relative }),
  }),
  patternEffect: happening({
    event: "patternEffect",
    says: "a pulse's intensity depends on the pulse before it",
    fields: {
      relative: field.perIntensity(
        CONTROL_RANGES.patternEffect,
        "relative change after signal, decoy, vacuum",
        [0, 0.2, 0.1],
      ),
    },
    liveOnly: true,
    level: ({ relative }) => ({ type: "patternEffect", relative }),
  }),
  gateAlignment: happening({
    event: "gateAlignment",
    says: "pulses off the middle of the gates, and gates that lie apart",
    fields: {
      delayPs: field.number(CONTROL_RANGES.delayPs, "arrival of the pulses, ps"),
      skewPs: field.number(CONTROL_RANGES.delayPs, "distance between the gates of detector 1 and 0, ps"),
    },
    liveOnly: true,
    level: ({ delayPs, skewPs }) => ({ type: "gateAlignment", delayPs, skewPs }),
  }),
  dispersion: happening({
    event: "dispersion",
    says: "the fibre broadens the pulses",
    fields: { ps: field.number(CONTROL_RANGES.dispersionPs, "ps rms") },
    liveOnly: true,
    level: ({ ps }) => ({ type: "dispersion", ps }),
  }),
  timingJitter: happening({
    event: "timingJitter",
    says: "avalanches come early and late, some so late that the next gate counts them",
    fields: {
      ps: field.number(CONTROL_RANGES.jitterPs, "ps rms"),
      tail: field.number(CONTROL_RANGES.lateShare, "share that the next gate counts"),
    },
    liveOnly: true,
    level: ({ ps, tail }) => ({ type: "timingJitter", ps, tail }),
  }),
  chargePersistence: happening({
    event: "chargePersistence",
    says: "carriers freed without an avalanche wait for the next gate",
    fields: { share: field.number(CONTROL_RANGES.lateShare, "clicks for each photoelectron") },
    liveOnly: true,
    level: ({ share }) => ({ type: "chargePersistence", share }),
  }),
  efficiencySlope: happening({
    event: "efficiencySlope",
    says: "detectors become less efficient when they warm",
    fields: {
      perK: field.number(CONTROL_RANGES.efficiencyPerK, "relative change for each kelvin above -30"),
    },
    liveOnly: true,
    level: ({ perK }) => ({ type: "efficiencySlope", perK }),
  }),
  polarisation: happening({
    event: "polarisation",
    says: "the polarisation has turned away from the interferometers' axis: a loss",
    fields: { radian: field.number(CONTROL_RANGES.polarisationRad, "radian") },
    liveOnly: true,
    level: ({ radian }) => ({ type: "polarisation", radian }),
  }),
  clockDrift: happening({
    event: "clockDrift",
    says: "the clocks run apart, and the receiver moves its gates back now and then",
    fields: {
      ppb: field.number(CONTROL_RANGES.clockPpb, "parts per billion"),
      recentreS: field.number(CONTROL_RANGES.recentreS, "s between two re-centrings"),
    },
    liveOnly: true,
    level: ({ ppb, recentreS }) => ({ type: "clockDrift", ppb, recentreS }),
  }),
  preparation: happening({
    event: "preparation",
    says: "Alice's bit 1 has a wrong phase",
    fields: {
      z: field.number(CONTROL_RANGES.preparationRad, "in Z, radian"),
      x: field.number(CONTROL_RANGES.preparationRad, "in X, radian"),
    },
    liveOnly: true,
    level: ({ z, x }) => ({ type: "preparation", radian: { z, x } }),
  }),
  modulatorOffset: happening({
    event: "modulatorOffset",
    says: "the intensity modulator's bias is off its working point",
    fields: { volt: field.number(CONTROL_RANGES.modulatorOffsetV, "volt at the bias controller") },
    liveOnly: true,
    level: ({ volt }) => ({ type: "modulatorOffset", volt }),
  }),
  phaseRandomisation: happening({
    event: "phaseRandomisation",
    says: "off: consecutive pulses keep their phase; clicks look the same, but decoy theory no longer applies",
    fields: { on: field.flag("phases are random") },
    liveOnly: true,
    level: ({ on }) => ({ type: "phaseRandomisation", on }),
  }),
} as const;
