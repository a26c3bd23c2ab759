/** How a change of an observable reads: `ratio` is the logarithm of a factor, `share` a part of one. */
export type Scale = "ratio" | "share" | "plain";

export interface ObservableDeclaration {
  readonly title: string;
  readonly scale: Scale;
  readonly unit: string;
  /** Telling it needs counts of both ends' frames, or a reading of an instrument or setting. */
  readonly from: "counts" | "reading";
}

const counted = (title: string, scale: Scale, unit = ""): ObservableDeclaration => ({
  title,
  scale,
  unit,
  from: "counts",
});
const read = (title: string, unit: string, scale: Scale = "plain"): ObservableDeclaration => ({
  title,
  scale,
  unit,
  from: "reading",
});

/**
 * Everything that a diagnosis looks at. Each is on a scale on which changes add up: logarithms of gains, roots of rare
 * counts, error rates and readings as they are.
 */
export const OBSERVABLES = {
  signalGain: counted("gain of the signal pulses", "ratio"),
  decoyRatio: counted("decoy gain over signal gain", "ratio"),
  vacuumGain: counted("gain of the vacuum pulses", "ratio"),
  qberZ: counted("error rate in Z", "share"),
  qberX: counted("error rate in X", "share"),
  doubleClicks: counted("root of the double clicks per million gates", "plain"),
  zeroShare: counted("share of detector 0 in the signal clicks", "share"),
  vacuumZeroShare: counted("share of detector 0 in the vacuum clicks", "share"),
  mismatchedCorrelation: counted("correlation of bits in different bases", "share"),
  chargePerClick: counted("charge per click", "ratio"),
  clickScatter: counted("unrest of the clicks", "share"),
  errorScatter: counted("unrest of the error rate", "share"),
  deadGatesPerClick: counted("blind gates per click", "ratio"),
  unlikeFrames: counted("frames of which both ends list different gates", "share"),
  classicalDb: read("received classical power", "dB"),
  litChannels: read("lit classical channels", ""),
  laserDb: read("laser power", "dB"),
  attenuatorDb: read("attenuator", "dB"),
  monitorDb: read("output monitor over laser power", "dB"),
  modulatorV: read("modulator bias", "V"),
  detectorC: read("detector temperature", "K"),
  biasV: read("detector bias", "V"),
  biasSetV: read("set point of the detector bias", "V"),
  arrivalPs: read("arrival of the pulses in the gate", "ps"),
  afterpulsing: read("afterpulse probability from gaps between clicks", "", "ratio"),
} as const satisfies Readonly<Record<string, ObservableDeclaration>>;

export type ObservableName = keyof typeof OBSERVABLES;

export const OBSERVABLE_NAMES = Object.keys(OBSERVABLES) as readonly ObservableName[];

/** A value with its standard uncertainty: that of counting, or of the instrument from one moment to the next. */
export interface Seen {
  readonly value: number;
  readonly u: number;
}

/** What a link showed at one time. What nobody measured is absent, and nothing is concluded from it. */
export type Look = Readonly<Partial<Record<ObservableName, Seen>>>;

/** A value for each observable; readings as changes since the link was built. */
export type ObservableValues = Readonly<Record<ObservableName, number>>;
