import { ConfigError } from "../../errors/index.ts";
import { checkLinkParameters, type LinkParameters, requireInRange } from "../../physics/index.ts";
import type { Blinding, DetectorWear, OpticsConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
import { CONTROL_RANGES } from "./control-ranges.ts";
import { classicalNoise } from "./effects/multiplexing.ts";
import { drifts } from "./effects/phase-drift.ts";

/**
 * Conditions after a change.
 * @throws ConfigError QKD_PHYSICS_RANGE naming field, value and range; QKD_CONFIG_INVALID for an unknown change.
 */
export function applyControl(now: OpticsConditions, change: OpticsControl): OpticsConditions {
  const withLink = (part: Partial<LinkParameters>): OpticsConditions => {
    const link = { ...now.link, ...part };
    checkLinkParameters(link);
    return { ...now, link };
  };
  switch (change.type) {
    case "fibreLoss":
      return withLink({ channelLossDb: change.db });
    case "fibreCut":
      return { ...now, fibreCut: change.cut };
    case "laser":
      return { ...now, laserOn: change.on };
    case "laserPower":
      return { ...now, laserPower: requireInRange("laserPower", change.relative, CONTROL_RANGES.laserPower) };
    case "intensities":
      return withLink({ intensities: change.intensities });
    case "detectorBias":
      return {
        ...now,
        detectorBiasV: requireInRange("detectorBias", change.volt, CONTROL_RANGES.detectorBiasV),
      };
    case "detectorTemperature":
      return {
        ...now,
        detectorTemperatureC: requireInRange(
          "detectorTemperature",
          change.celsius,
          CONTROL_RANGES.detectorTemperatureC,
        ),
      };
    case "visibility":
      requireInRange("visibility.z", change.visibility.z, CONTROL_RANGES.visibility);
      requireInRange("visibility.x", change.visibility.x, CONTROL_RANGES.visibility);
      return withLink({
        misalignment: { z: (1 - change.visibility.z) / 2, x: (1 - change.visibility.x) / 2 },
      });
    case "phaseError":
      return {
        ...now,
        phaseErrorRad: requireInRange("phaseError", change.radian, CONTROL_RANGES.phaseErrorRad),
      };
    case "modeHop":
      return {
        ...now,
        modeHopRad: requireInRange("modeHop", change.radian, CONTROL_RANGES.phaseErrorRad),
      };
    case "phaseDrift": {
      const { relaxationPerS, diffusionRadPerSqrtS } = change;
      requireInRange("phaseDrift.relaxationPerS", relaxationPerS, CONTROL_RANGES.relaxationPerS);
      requireInRange(
        "phaseDrift.diffusionRadPerSqrtS",
        diffusionRadPerSqrtS,
        CONTROL_RANGES.diffusionRadPerSqrtS,
      );
      const phaseDrift = { relaxationPerS, diffusionRadPerSqrtS };
      // A drift that ends leaves a loop that follows again, not the last error for ever.
      const held = relaxationPerS === 0 && diffusionRadPerSqrtS === 0 && drifts(now);
      return { ...now, phaseDrift, phaseErrorRad: held ? 0 : now.phaseErrorRad };
    }
    case "noise":
      return withLink({ noisePerGate: change.perGate });
    case "multiplex": {
      const noise = classicalNoise(now, change.plan);
      if (noise !== undefined) requireInRange("multiplex.noisePerGate", noise.total, CONTROL_RANGES.perGate);
      return { ...now, multiplex: change.plan };
    }
    case "biasResistor": {
      const biasResistorOhm = requireInRange("biasResistor", change.ohm, CONTROL_RANGES.biasResistorOhm);
      return { ...now, biasResistorOhm, biasSagV: biasResistorOhm === 0 ? 0 : now.biasSagV };
    }
    case "deadTime":
      return { ...withLink({ deadGates: change.gates }), deadTimePerDetector: change.perDetector };
    case "intensityJitter":
      return {
        ...now,
        intensityJitter: requireInRange("intensityJitter", change.relative, CONTROL_RANGES.intensityJitter),
      };
    case "patternEffect":
      for (const [index, value] of change.relative.entries())
        requireInRange(`patternEffect[${index}]`, value, CONTROL_RANGES.patternEffect);
      return { ...now, patternEffect: change.relative };
    case "interceptResend": {
      const { fraction, basisBias } = change;
      requireInRange("interceptResend.fraction", fraction, CONTROL_RANGES.share);
      requireInRange("interceptResend.basisBias", basisBias, CONTROL_RANGES.share);
      return { ...now, interceptResend: { fraction, basisBias } };
    }
    case "blinding":
      return { ...now, blinding: change.attack === undefined ? undefined : checkBlinding(change.attack) };
    case "photonSplitting":
      return {
        ...now,
        splitFraction: requireInRange("photonSplitting", change.fraction, CONTROL_RANGES.share),
      };
    case "timeShift":
      return { ...now, timeShiftPs: requireInRange("timeShift", change.ps, CONTROL_RANGES.delayPs) };
    case "trojanLight":
      if (change.dbm !== undefined) requireInRange("trojanLight", change.dbm, CONTROL_RANGES.trojanLightDbm);
      return { ...now, trojanLightDbm: change.dbm };
    case "gateAlignment": {
      const arrivalPs = requireInRange("gateAlignment.delayPs", change.delayPs, CONTROL_RANGES.delayPs);
      const detectorSkewPs = requireInRange("gateAlignment.skewPs", change.skewPs, CONTROL_RANGES.delayPs);
      return { ...now, arrivalPs, detectorSkewPs };
    }
    case "gateSetting": {
      const delayPs = requireInRange("gateSetting.delayPs", change.delayPs, CONTROL_RANGES.gateSettingPs);
      const skewPs = requireInRange("gateSetting.skewPs", change.skewPs, CONTROL_RANGES.gateSettingPs);
      return { ...now, gateSetting: { delayPs, skewPs } };
    }
    case "phaseSetting":
      return {
        ...now,
        phaseSettingRad: requireInRange("phaseSetting", change.radian, CONTROL_RANGES.phaseSettingRad),
      };
    case "biasTrim":
      for (const [detector, volt] of change.volt.entries())
        requireInRange(`biasTrim[${detector}]`, volt, CONTROL_RANGES.biasTrimV);
      return { ...now, biasTrimV: change.volt };
    case "modulatorSetting":
      return {
        ...now,
        modulatorSettingV: requireInRange("modulatorSetting", change.volt, CONTROL_RANGES.modulatorOffsetV),
      };
    case "arrivalDrift":
      return { ...now, arrivalDriftPs: requireInRange("arrivalDrift", change.ps, CONTROL_RANGES.delayPs) };
    case "detectorWear":
      return { ...now, detectorWear: checkWear(change) };
    case "afterpulses":
      return {
        ...now,
        afterpulseFactor: requireInRange("afterpulses", change.factor, CONTROL_RANGES.afterpulseFactor),
      };
    case "strayLight":
      return { ...now, strayPerGate: requireInRange("strayLight", change.perGate, CONTROL_RANGES.perGate) };
    case "attenuatorSlope":
      requireInRange("attenuatorSlope", change.dbPerDb, CONTROL_RANGES.dbPerDb);
      return now;
    case "clockSlip":
      return { ...now, slipGates: requireInRange("clockSlip", change.gates, CONTROL_RANGES.slipGates) };
    case "dispersion":
      return { ...now, dispersionPs: requireInRange("dispersion", change.ps, CONTROL_RANGES.dispersionPs) };
    case "phaseRandomisation":
      return { ...now, phaseRandomised: change.on };
    case "timingJitter":
      requireInRange("timingJitter.ps", change.ps, CONTROL_RANGES.jitterPs);
      requireInRange("timingJitter.tail", change.tail, CONTROL_RANGES.lateShare);
      return { ...now, timingJitter: { ps: change.ps, tail: change.tail } };
    case "chargePersistence":
      return {
        ...now,
        chargePersistence: requireInRange("chargePersistence", change.share, CONTROL_RANGES.lateShare),
      };
    case "efficiencySlope":
      return {
        ...now,
        efficiencyPerK: requireInRange("efficiencySlope", change.perK, CONTROL_RANGES.efficiencyPerK),
      };
    case "polarisation":
      return {
        ...now,
        polarisationRad: requireInRange("polarisation", change.radian, CONTROL_RANGES.polarisationRad),
      };
    case "clockDrift":
      requireInRange("clockDrift.ppb", change.ppb, CONTROL_RANGES.clockPpb);
      requireInRange("clockDrift.recentreS", change.recentreS, CONTROL_RANGES.recentreS);
      return { ...now, clockDrift: { ppb: change.ppb, recentreS: change.recentreS } };
    case "preparation":
      requireInRange("preparation.z", change.radian.z, CONTROL_RANGES.preparationRad);
      requireInRange("preparation.x", change.radian.x, CONTROL_RANGES.preparationRad);
      return { ...now, preparationRad: change.radian };
    case "modulatorOffset":
      return {
        ...now,
        modulatorOffsetV: requireInRange("modulatorOffset", change.volt, CONTROL_RANGES.modulatorOffsetV),
      };
    case "drift":
      return { ...now, drift: change.clock };
    default:
      throw unknownControl(change);
  }
}

function checkBlinding(attack: Blinding): Blinding {
  requireInRange("blinding.lightMw", attack.lightMw, CONTROL_RANGES.blindingLightMw);
  requireInRange("blinding.fakedPerGate", attack.fakedPerGate, CONTROL_RANGES.perGate);
  requireInRange("blinding.basisBias", attack.basisBias, CONTROL_RANGES.share);
  return attack;
}

function checkWear({ efficiency, darkFactor }: DetectorWear): DetectorWear {
  for (const detector of [0, 1] as const) {
    requireInRange(`detectorWear.efficiency[${detector}]`, efficiency[detector], CONTROL_RANGES.share);
    requireInRange(`detectorWear.darkFactor[${detector}]`, darkFactor[detector], CONTROL_RANGES.darkFactor);
  }
  return { efficiency, darkFactor };
}

function unknownControl(change: never): ConfigError {
  const type = String((change as { type?: unknown }).type);
  return new ConfigError("QKD_CONFIG_INVALID", `the optics know no control of type ${type}`, {
    context: { type },
  });
}
