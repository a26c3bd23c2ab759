import type { RegisterValues } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { Surroundings } from "../device-world.ts";
import type { LinkReadings } from "../keys/link-readings.ts";
import { SeededNoise } from "./seeded-noise.ts";
import { coolerTarget, ThermalBody } from "./thermal-body.ts";

/** Heat of the electronics above the air around the housing, kelvin. */
const SELF_HEATING_K = 8;
/** Coolers reach so far below or above the inside of the housing. */
const LASER_REACH_K = 35;
const DETECTOR_REACH_K = 70;
/** Cooler current for each kelvin between part and housing. */
const TEC_A_PER_K = 0.025;
/** Lowest powers that the photodiodes can tell from nothing. */
const LASER_FLOOR_DBM = -29;
const CLASSICAL_FLOOR_DBM = -50;
const SERVICE_FLOOR_DBM = -50;
/** What the pair's own transceivers send to each other. */
const SERVICE_LAUNCH_DBM = 2;
/** Energy of a 1550 nm photon, joule. */
const PHOTON_J = 1.28e-19;
/** Pulse energy before the attenuator: 0 dBm at 1 GHz; slower systems have pulses of the same energy. */
const PULSE_J = 1e-12;

/** The output monitor sees this much less than the laser gives. */
const MONITOR_TAP_DB = 40;

/** Settings of the device that its instruments depend on. */
export interface InstrumentSettings {
  readonly laserOn: boolean;
  /** Mean photons of a pulse over all intensities, leaving the transmitter. */
  readonly meanPhotons: number;
  readonly attenuationDb: number;
  readonly detectorBiasV: number;
  readonly biasTrimV: readonly [number, number];
  readonly detectorSetPointC: number;
}

/**
 * The analogue quantities of one device. Temperatures follow first-order thermal models, coolers their load, powers the
 * settings and the fibre, rates and error rates the frames; converter noise is small and seeded.
 */
export class Instruments {
  readonly #role: Role;
  readonly #noise: SeededNoise;
  readonly #housing: ThermalBody;
  readonly #laser = new ThermalBody(25, 5);
  readonly #modulator = new ThermalBody(28, 8);
  readonly #interferometer: ThermalBody;
  readonly #filter: ThermalBody;
  readonly #detectors: readonly [ThermalBody, ThermalBody];
  readonly #monitor = new ThermalBody(20, 20);

  constructor(role: Role, seed: number, around: Surroundings, detectorC: number) {
    this.#role = role;
    this.#noise = new SeededNoise(seed);
    this.#housing = new ThermalBody(around.ambientC + SELF_HEATING_K, 120);
    this.#interferometer = new ThermalBody(25, 60);
    this.#filter = new ThermalBody(around.ambientC + SELF_HEATING_K - 3, 90);
    this.#detectors = [new ThermalBody(detectorC, 10), new ThermalBody(detectorC, 11)];
  }

  get housingC(): number {
    return this.#housing.celsius;
  }

  /** Temperature of the detectors without converter noise: what the optics obey. */
  get detectorC(): number {
    return (this.#detectors[0].celsius + this.#detectors[1].celsius) / 2;
  }

  /** Moves the physics on by `seconds` of link time. */
  advance(seconds: number, settings: InstrumentSettings, around: Surroundings): void {
    this.#housing.advance(around.ambientC + SELF_HEATING_K, seconds);
    const inside = this.#housing.celsius;
    this.#laser.advance(coolerTarget(25, inside, LASER_REACH_K), seconds);
    this.#modulator.advance(coolerTarget(28, inside, LASER_REACH_K), seconds);
    this.#interferometer.advance(coolerTarget(25, inside, LASER_REACH_K), seconds);
    this.#filter.advance(inside - 3, seconds);
    this.#monitor.advance(coolerTarget(20, inside, LASER_REACH_K), seconds);
    for (const detector of this.#detectors)
      detector.advance(coolerTarget(settings.detectorSetPointC, inside, DETECTOR_REACH_K), seconds);
  }

  /** One set of readings. */
  read(settings: InstrumentSettings, around: Surroundings, link: LinkReadings | null): RegisterValues {
    const n = (deviation: number): number => this.#noise.normal(deviation);
    const inside = this.#housing.celsius;
    const shared: RegisterValues = {
      internalTemperatureC: inside + n(0.03),
      interferometerTemperatureC: this.#interferometer.celsius + n(0.005),
      filterTemperatureC: this.#filter.celsius + n(0.02),
      ...this.#classical(around),
      qberZPpm: link?.qberZPpm ?? null,
      qberXPpm: link?.qberXPpm ?? null,
      visibility: link?.visibility ?? null,
      gain: link?.gain ?? null,
    };
    const own = this.#role === "qtx" ? this.#transmitter(settings, around) : this.#receiver(settings, link);
    return {
      ...shared,
      ...own,
      ...this.#service(around),
      ...launchReadings(around, n),
      ...countedReadings(link),
    };
  }

  /** The pair's own channel on the fibre, seen by the transceiver of this end. */
  #service(around: Surroundings): RegisterValues {
    const arriving = SERVICE_LAUNCH_DBM - around.fibreLossDb;
    return {
      serviceTxDbm: SERVICE_LAUNCH_DBM + this.#noise.normal(0.02),
      serviceRxDbm: Math.max(SERVICE_FLOOR_DBM, arriving) + this.#noise.normal(0.03),
    };
  }

  #classical(around: Surroundings): RegisterValues {
    const received = around.classicalDbm.map((launchDbm) =>
      launchDbm === null
        ? null
        : Math.max(CLASSICAL_FLOOR_DBM, launchDbm - around.fibreLossDb) + this.#noise.normal(0.03),
    );
    return {
      classical1PowerDbm: received[0] ?? null,
      classical2PowerDbm: received[1] ?? null,
      classical3PowerDbm: received[2] ?? null,
      classical4PowerDbm: received[3] ?? null,
    };
  }

  #transmitter(settings: InstrumentSettings, around: Surroundings): RegisterValues {
    const n = (deviation: number): number => this.#noise.normal(deviation);
    const inside = this.#housing.celsius;
    const idealDbm = 10 * Math.log10(Math.max(around.laserRelative, 1e-6));
    const powerDbm = settings.laserOn ? Math.max(LASER_FLOOR_DBM, idealDbm) : LASER_FLOOR_DBM;
    const pulseJ = Math.max(settings.meanPhotons, 1e-9) * PHOTON_J;
    return {
      // An aged laser is driven harder for the same light.
      laserBiasMa: settings.laserOn ? 45 / Math.max(0.4, Math.sqrt(around.laserRelative)) + n(0.05) : 0,
      laserTemperatureC: this.#laser.celsius + n(0.01),
      laserPowerDbm: powerDbm + n(0.01),
      laserTecCurrentA: TEC_A_PER_K * (inside - this.#laser.celsius) + n(0.002),
      attenuatorDb: 10 * Math.log10(PULSE_J / pulseJ) + settings.attenuationDb + n(0.01),
      modulatorBiasV: 2.1 + around.modulatorOffsetV + n(0.003),
      modulatorAmplifierMa: 250 + n(0.5),
      modulatorAmplifierV: 6 + n(0.004),
      modulatorTemperatureC: this.#modulator.celsius + n(0.02),
      modulatorTecCurrentA: TEC_A_PER_K * (inside - this.#modulator.celsius) + n(0.002),
      monitorPowerDbm: sumDbm(powerDbm - MONITOR_TAP_DB, around.trojanLightDbm) + n(0.02),
    };
  }

  #receiver(settings: InstrumentSettings, link: LinkReadings | null): RegisterValues {
    const n = (deviation: number): number => this.#noise.normal(deviation);
    const rates = link?.countRateHz ?? [null, null];
    const [current0 = null, current1 = null] = link?.photocurrentsNa ?? [];
    const biasV = settings.detectorBiasV - (link?.biasSagV ?? 0);
    return {
      detector0TemperatureC: this.#detectors[0].celsius + n(0.02),
      detector0BiasV: biasV + settings.biasTrimV[0] + n(0.005),
      detector0CountRateHz: rates[0],
      detector0PhotocurrentNa: current0,
      detector1TemperatureC: this.#detectors[1].celsius + n(0.02),
      detector1BiasV: biasV + settings.biasTrimV[1] + n(0.005),
      detector1CountRateHz: rates[1],
      detector1PhotocurrentNa: current1,
      arrivalOffsetPs: link?.arrivalOffsetPs ?? null,
      gateSkewPs: link?.gateSkewPs ?? null,
      afterpulsePpm: link?.afterpulsePpm ?? null,
      monitorTemperatureC: this.#monitor.celsius + n(0.02),
      monitorBiasV: 40 + n(0.005),
      monitorCountRateHz: Math.max(0, Math.round(200 + n(15))),
      monitorPhotocurrentNa: Math.max(0, 0.5 + n(0.02)),
    };
  }
}

/** What is launched on the classical channels, as taps read it. */
function launchReadings(
  { classicalDbm }: Surroundings,
  noise: (deviation: number) => number,
): RegisterValues {
  const read = (channel: number): number | null => {
    const launchDbm = classicalDbm[channel - 1] ?? null;
    return launchDbm === null ? null : launchDbm + noise(0.03);
  };
  return {
    classical1LaunchDbm: read(1),
    classical2LaunchDbm: read(2),
    classical3LaunchDbm: read(3),
    classical4LaunchDbm: read(4),
  };
}

/** What both ends know of the counts beside error rates. */
function countedReadings(link: LinkReadings | null): RegisterValues {
  const [gainU = null, gainV = null, gainW = null] = link?.gains ?? [];
  return {
    gainU,
    gainV,
    gainW,
    doubleClicksHz: link?.doubleClicksHz ?? null,
    mismatchedCorrelation: link?.mismatchedCorrelation ?? null,
  };
}

/** Two powers on one photodiode. */
function sumDbm(dbm: number, more: number | undefined): number {
  return more === undefined ? dbm : 10 * Math.log10(10 ** (dbm / 10) + 10 ** (more / 10));
}
