/** What the page calls an observable, short enough for the column of a bar. */
const NAMES: Readonly<Record<string, string>> = {
  signalGain: "signal gain",
  decoyRatio: "decoy / signal",
  vacuumGain: "vacuum gain",
  qberZ: "QBER Z",
  qberX: "QBER X",
  doubleClicks: "double clicks",
  zeroShare: "detector share",
  vacuumZeroShare: "share, vacuum",
  mismatchedCorrelation: "correlation",
  chargePerClick: "charge / click",
  clickScatter: "unrest, clicks",
  errorScatter: "unrest, QBER",
  deadGatesPerClick: "blind gates",
  unlikeFrames: "unlike frames",
  classicalDb: "classical power",
  litChannels: "lit channels",
  laserDb: "laser power",
  attenuatorDb: "attenuator",
  monitorDb: "output monitor",
  modulatorV: "modulator bias",
  detectorC: "detector temp.",
  biasV: "detector bias",
  biasSetV: "bias set point",
  arrivalPs: "arrival",
  afterpulsing: "afterpulses",
};

/** An observable in the page's words; one that a newer site knows keeps its name. */
export function observableWords(name: string): string {
  return NAMES[name] ?? name;
}
