/** A part whose temperature follows its target as a first-order system does. */
export class ThermalBody {
  readonly #timeConstantS: number;
  #celsius: number;

  constructor(celsius: number, timeConstantS: number) {
    this.#celsius = celsius;
    this.#timeConstantS = timeConstantS;
  }

  get celsius(): number {
    return this.#celsius;
  }

  /** Moves on by `seconds` towards `targetC`; exact for any step. */
  advance(targetC: number, seconds: number): void {
    this.#celsius = targetC + (this.#celsius - targetC) * Math.exp(-seconds / this.#timeConstantS);
  }
}

/** What a thermoelectric cooler reaches: `setPointC`, unless that lies more than `reachK` from the ambient. */
export function coolerTarget(setPointC: number, ambientC: number, reachK: number): number {
  return Math.min(ambientC + reachK, Math.max(ambientC - reachK, setPointC));
}
