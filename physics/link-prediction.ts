import { checkArgument, rule } from "../options/index.ts";
import { checkLinkParameters } from "./check-link.ts";
import { transmittanceOfLoss } from "./decibel.ts";
import { type GateReceiver, type GateResponse, responseOf } from "./gate-response.ts";
import type { LinkParameters, PerBasis, PerIntensity } from "./link-parameters.ts";
import { meanBackground, type PhotonSilence } from "./mean-background.ts";
import { perIntensity } from "./per-intensity.ts";

/** What the closed form says of a link: probabilities are per gate, gains are those observed, dead time included. */
export interface LinkPrediction {
  /** Probability of a click for a pulse of intensity u, v, w; the same in both bases. */
  readonly gains: PerIntensity;
  /** Error rate of matched-basis clicks per basis and intensity. */
  readonly qberPerIntensity: PerBasis<PerIntensity>;
  /** Error rate over all intensities of a basis, weighted by how often each is sent. */
  readonly qber: PerBasis;
  /** Background click probability per gate of each detector: dark counts, noise light, afterpulses. */
  readonly background: readonly [number, number];
  /** Fraction of gates in which the receiver is not blind after a click. */
  readonly liveFraction: number;
  /** Clicks per gate, over all intensities. */
  readonly clicksPerGate: number;
  readonly clicksPerS: number;
  /** Clicks per gate in which both detectors fire, mean over basis choices and intensities. */
  readonly doubleClicksPerGate: number;
  /** Matched-basis clicks per gate. */
  readonly siftedPerGate: PerBasis;
  /** Matched-basis clicks per second, both bases. */
  readonly siftedRateBps: number;
  /** Transmittance from Alice's output to a click, mean of the two detectors. */
  readonly systemTransmittance: number;
}

const CHOOSING = rule.like(
  { aliceZProbability: rule.anyNumber, bobZProbability: rule.anyNumber },
  "a link with both probabilities of Z",
);

/**
 * Gains, error rates and rates of a link in closed form (physics paper 1.2-1.4). Background, afterpulses and receiver-wide
 * dead time depend on each other through the clicks and are iterated until they agree, see `meanBackground`.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible parameters, QKD_PHYSICS_OVERFLOW when afterpulses sustain themselves
 * or a background reaches certainty.
 */
export function predictLink(link: LinkParameters): LinkPrediction {
  checkLinkParameters(link);
  const background = meanBackground({
    ...link,
    floor: floorPerDetector(link),
    silence: photonSilence(link),
  });
  return summarise(link, background, receiverState(link, background));
}

/** Mean click probabilities of live gates over Alice's intensities and both observers' basis choices. */
interface ReceiverState {
  readonly gain: number;
  readonly doubleClick: number;
  readonly liveFraction: number;
}

function receiverOf(link: LinkParameters, background: readonly [number, number]): GateReceiver {
  return {
    transmittance: transmittanceOfLoss(link.channelLossDb + link.receiverLossDb),
    efficiency: link.detectorEfficiency,
    background,
  };
}

/** Both observers' choices of basis: their probability and the fraction of light that goes astray. */
function basisChoices(link: LinkParameters): readonly [probability: number, wrongFraction: number][] {
  const matched = matchProbabilities(link);
  return [
    [matched.z, link.misalignment.z],
    [matched.x, link.misalignment.x],
    [1 - matched.z - matched.x, 0.5],
  ];
}

function receiverState(link: LinkParameters, background: readonly [number, number]): ReceiverState {
  const receiver = receiverOf(link, background);
  let gain = 0;
  let doubleClick = 0;
  for (const [intensity, probability] of pairs(link)) {
    for (const [choice, wrongFraction] of basisChoices(link)) {
      const response = responseOf(receiver, intensity, wrongFraction);
      gain += probability * choice * response.gain;
      doubleClick += probability * choice * response.doubleClick;
    }
  }
  return { gain, doubleClick, liveFraction: 1 / (1 + link.deadGates * gain) };
}

/** Silence of the photons alone, mean over all settings. */
function photonSilence(link: LinkParameters): PhotonSilence {
  const receiver = receiverOf(link, [0, 0]);
  const fires = { zero: 0, one: 0, either: 0 };
  for (const [intensity, probability] of pairs(link)) {
    for (const [choice, wrongFraction] of basisChoices(link)) {
      const response = responseOf(receiver, intensity, wrongFraction);
      fires.zero += probability * choice * response.avalanche[0];
      fires.one += probability * choice * response.avalanche[1];
      fires.either += probability * choice * response.gain;
    }
  }
  return { zero: 1 - fires.zero, one: 1 - fires.one, both: 1 - fires.either };
}

function summarise(
  link: LinkParameters,
  background: readonly [number, number],
  state: ReceiverState,
): LinkPrediction {
  const receiver = receiverOf(link, background);
  const matched = matchProbabilities(link);
  const perBasis = (wrongFraction: number) =>
    perIntensity((k) => responseOf(receiver, link.intensities[k], wrongFraction));
  const responses = { z: perBasis(link.misalignment.z), x: perBasis(link.misalignment.x) };
  const mean = (basis: PerIntensity<GateResponse>, of: (response: GateResponse) => number) =>
    basis.reduce((sum, response, k) => sum + (link.intensityProbabilities[k] ?? 0) * of(response), 0);
  const gain = (response: GateResponse) => response.gain;
  const errorGain = (response: GateResponse) => response.errorGain;
  const ratio = (response: GateResponse) => (response.gain > 0 ? response.errorGain / response.gain : 0.5);
  const basisQber = (basis: PerIntensity<GateResponse>) =>
    mean(basis, gain) > 0 ? mean(basis, errorGain) / mean(basis, gain) : 0.5;
  const live = state.liveFraction;
  const siftedPerGate = {
    z: live * matched.z * mean(responses.z, gain),
    x: live * matched.x * mean(responses.x, gain),
  };
  return {
    gains: perIntensity((k) => live * responses.z[k].gain),
    qberPerIntensity: {
      z: perIntensity((k) => ratio(responses.z[k])),
      x: perIntensity((k) => ratio(responses.x[k])),
    },
    qber: { z: basisQber(responses.z), x: basisQber(responses.x) },
    background,
    liveFraction: live,
    clicksPerGate: live * state.gain,
    clicksPerS: link.clockHz * live * state.gain,
    doubleClicksPerGate: live * state.doubleClick,
    siftedPerGate,
    siftedRateBps: link.clockHz * (siftedPerGate.z + siftedPerGate.x),
    systemTransmittance: (receiver.transmittance * (receiver.efficiency[0] + receiver.efficiency[1])) / 2,
  };
}

/** Probability that both observers choose Z, and that both choose X. */
export function matchProbabilities(link: LinkParameters): PerBasis {
  checkArgument("link", link, CHOOSING);
  return {
    z: link.aliceZProbability * link.bobZProbability,
    x: (1 - link.aliceZProbability) * (1 - link.bobZProbability),
  };
}

function pairs(link: LinkParameters): readonly [intensity: number, probability: number][] {
  return link.intensities.map((intensity, k) => [intensity, link.intensityProbabilities[k] ?? 0]);
}

/** Background without afterpulses: dark counts and noise light, which splits evenly over the detectors. */
function floorPerDetector(link: LinkParameters): [number, number] {
  const silentNoise = 1 - link.noisePerGate / 2;
  const [dark0, dark1] = link.darkCountsPerGate;
  return [1 - (1 - dark0) * silentNoise, 1 - (1 - dark1) * silentNoise];
}
