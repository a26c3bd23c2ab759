/**
 * The session of 20 minutes over 50 km (10 dB) that Lucamarini et al. 2013 publish: sifted counts of signal, decoy, vacuum
 * in Z, then in X, and what was made of them.
 */
export const T12_SESSION = {
  seconds: 1200,
  counts: [5.016e9, 6.21e6, 1.259e6, 2.231e7, 2.843e4, 5.79e3],
  /** Half a unit of the last printed digit. */
  rounding: [0.0005e9, 0.005e6, 0.0005e6, 0.0005e7, 0.0005e4, 0.005e3],
  qber: { z: 0.0426, x: 0.0364 },
  qberSigma: { z: 0.002, x: 0.0065 },
  rateBps: 1.09e6,
  rateRoundingBps: 0.005e6,
} as const;
