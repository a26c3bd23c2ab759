const UNITS: Readonly<Record<string, string>> = {
  Hz: "Hz",
  Ps: "ps",
  Ns: "ns",
  Ms: "ms",
  S: "s",
  Na: "nA",
  C: "°C",
  Ppm: "ppm",
  Bits: "bits",
  Bytes: "bytes",
  percent: "%",
};

/** Unit of a number, which its name ends in: `qberPpm` is in ppm. Empty for a plain number. */
export function unitOf(name: string): string {
  const ending = /(?:^|[a-z0-9])([A-Z][a-z]*)$/.exec(name)?.[1] ?? name;
  return Object.hasOwn(UNITS, ending) ? (UNITS[ending] ?? "") : "";
}
