import { ConfigError } from "../../errors/index.ts";
import { checkLinkParameters, type LinkParameters, requireInRange } from "../../physics/index.ts";
import type { Blinding, OpticsConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
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
      return { ...now, laserPower: requireInRange("laserPower", change.relative, { min: 0, max: 10 }) };
    case "intensities":
      return withLink({ intensities: change.intensities });
    case "detectorBias":
      return { ...now, detectorBiasV: requireInRange("detectorBias", change.volt, { min: 0, max: 6 }) };
    case "detectorTemperature":
      return {
        ...now,
        detectorTemperatureC: requireInRange("detectorTemperature", change.celsius, { min: -80, max: 40 }),
      };
    case "visibility":
      requireInRange("visibility.z", change.visibility.z, { min: 0, max: 1 });
      requireInRange("visibility.x", change.visibility.x, { min: 0, max: 1 });
      return withLink({
        misalignment: { z: (1 - change.visibility.z) / 2, x: (1 - change.visibility.x) / 2 },
      });
    case "phaseError":
      return {
        ...now,
        phaseErrorRad: requireInRange("phaseError", change.radian, { min: -Math.PI, max: Math.PI }),
      };
    case "phaseDrift": {
      const { relaxationPerS, diffusionRadPerSqrtS } = change;
      requireInRange("phaseDrift.relaxationPerS", relaxationPerS, { min: 0, max: 1e4 });
      requireInRange("phaseDrift.diffusionRadPerSqrtS", diffusionRadPerSqrtS, { min: 0, max: 100 });
      const phaseDrift = { relaxationPerS, diffusionRadPerSqrtS };
      // A drift that ends leaves a loop that follows again, not the last error for ever.
      const held = relaxationPerS === 0 && diffusionRadPerSqrtS === 0 && drifts(now);
      return { ...now, phaseDrift, phaseErrorRad: held ? 0 : now.phaseErrorRad };
    }
    case "noise":
      return withLink({ noisePerGate: change.perGate });
    case "multiplex": {
      const noise = classicalNoise(now, change.plan);
      if (noise !== undefined)
        requireInRange("multiplex.noisePerGate", noise.total, { min: 0, max: 1, openMax: true });
      return { ...now, multiplex: change.plan };
    }
    case "biasResistor": {
      const biasResistorOhm = requireInRange("biasResistor", change.ohm, { min: 0, max: 1e7 });
      return { ...now, biasResistorOhm, biasSagV: biasResistorOhm === 0 ? 0 : now.biasSagV };
    }
    case "deadTime":
      return { ...withLink({ deadGates: change.gates }), deadTimePerDetector: change.perDetector };
    case "intensityJitter":
      return {
        ...now,
        intensityJitter: requireInRange("intensityJitter", change.relative, { min: 0, max: 0.3 }),
      };
    case "patternEffect":
      for (const [index, value] of change.relative.entries())
        requireInRange(`patternEffect[${index}]`, value, { min: -0.5, max: 0.5 });
      return { ...now, patternEffect: change.relative };
    case "interceptResend": {
      const { fraction, basisBias } = change;
      requireInRange("interceptResend.fraction", fraction, { min: 0, max: 1 });
      requireInRange("interceptResend.basisBias", basisBias, { min: 0, max: 1 });
      return { ...now, interceptResend: { fraction, basisBias } };
    }
    case "blinding":
      return { ...now, blinding: change.attack === undefined ? undefined : checkBlinding(change.attack) };
    case "photonSplitting":
      return {
        ...now,
        splitFraction: requireInRange("photonSplitting", change.fraction, { min: 0, max: 1 }),
      };
    case "timeShift":
      return { ...now, timeShiftPs: requireInRange("timeShift", change.ps, { min: -500, max: 500 }) };
    case "trojanLight":
      if (change.dbm !== undefined) requireInRange("trojanLight", change.dbm, { min: -120, max: 30 });
      return { ...now, trojanLightDbm: change.dbm };
    case "gateAlignment": {
      const gateDelayPs = requireInRange("gateAlignment.delayPs", change.delayPs, { min: -500, max: 500 });
      const detectorSkewPs = requireInRange("gateAlignment.skewPs", change.skewPs, { min: -500, max: 500 });
      return { ...now, gateDelayPs, detectorSkewPs };
    }
    case "dispersion":
      return { ...now, dispersionPs: requireInRange("dispersion", change.ps, { min: 0, max: 1000 }) };
    case "phaseRandomisation":
      return { ...now, phaseRandomised: change.on };
    default:
      throw unknownControl(change);
  }
}

function checkBlinding(attack: Blinding): Blinding {
  requireInRange("blinding.lightMw", attack.lightMw, { min: 0.01, max: 100 });
  requireInRange("blinding.fakedPerGate", attack.fakedPerGate, { min: 0, max: 1, openMax: true });
  requireInRange("blinding.basisBias", attack.basisBias, { min: 0, max: 1 });
  return attack;
}

function unknownControl(change: never): ConfigError {
  const type = String((change as { type?: unknown }).type);
  return new ConfigError("QKD_CONFIG_INVALID", `the optics know no control of type ${type}`, {
    context: { type },
  });
}
