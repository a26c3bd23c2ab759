export {
  flexibleSlotWidthGhz,
  type GridSpacingGhz,
  gridFrequencyThz,
  gridSlot,
} from "./dwdm-grid.ts";
export {
  FIBRE_RANGE_NM,
  fibreAttenuationDbPerKm,
  fibreDispersion,
  gateCapture,
  nepersPerKm,
  pulseBroadeningPs,
} from "./fibre.ts";
export {
  type FourWaveMixingTriplet,
  fourWaveMixingWatts,
  type MixingSpan,
  mixingEfficiency,
} from "./four-wave-mixing.ts";
export {
  type ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  inQuantumFilter,
  LAUNCH_RANGE_DBM,
  type MultiplexingNoise,
  multiplexingNoise,
  type NoiseReceiver,
} from "./noise.ts";
export {
  backwardRamanLengthKm,
  forwardRamanLengthKm,
  type RamanSpan,
  ramanCoefficientPerKmNm,
  ramanCoefficientTheory,
} from "./raman.ts";
