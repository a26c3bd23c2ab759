import * as client from "../../../client/index.ts";
import * as controller from "../../../controller/index.ts";
import * as physics from "../../../physics/index.ts";
import * as protocol from "../../../protocol/index.ts";
import { testCertificate } from "../test-certificate.ts";

type Callable = (...given: readonly never[]) => unknown;

/** A call that is meant: the function, and arguments that it takes. */
export interface GoodCall {
  readonly name: string;
  readonly one: Callable;
  readonly given: readonly unknown[];
}

const { link, ...preset } = physics.linkPreset("t12");
const LINK = { ...link, deadGates: 10 };
const PREDICTION = physics.predictLink(LINK);
const COUNTS = physics.expectedCounts(LINK, 1e10, PREDICTION);
const REQUEST = {
  counts: COUNTS,
  source: LINK,
  reconciliationEfficiency: preset.reconciliationEfficiency,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
};
const PLAN = {
  bound: "composable",
  blockBits: 1e6,
  reconciliationEfficiency: 1.1,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
};
const SPAN = { fibreKm: 50, pumpNepersPerKm: 0.05, quantumNepersPerKm: 0.046 };
const TRIPLET = { thz: [193.1, 193.2, 193.3], watts: [1e-3, 1e-3, 1e-3], degeneracy: 6 };
const MIXING = { fibreKm: 50, nepersPerKm: 0.046, wavelengthNm: 1550 };
const DRIFT = { restoringRatePerS: 10, diffusionRadPerRootS: 0.1 };
const RECEIVER = {
  ...physics.DEFAULT_NOISE_RECEIVER,
  quantumWavelengthNm: 1310,
  fibreKm: 50,
  receiverTransmittance: 0.5,
  detectorEfficiency: 0.2,
};
const INTERVAL = { lower: 0.01, upper: 0.02 };
const HEAD = { kind: "request", repeat: false, sequence: 1, opcode: 1 };
const REPORT = {
  sequence: 1,
  blockId: "a",
  frames: 10,
  gates: 10_000_000_000n,
  detections: 1e6,
  siftedZ: 9e5,
  siftedX: 4e3,
  qber: { z: 0.03, x: 0.03 },
  counts: COUNTS,
  leakBits: 2e5,
  reconciliationEfficiency: 1.1,
  reconciliationEfficiencyBothWays: 1.2,
  singlePhotonBits: 5e5,
  phaseErrorRate: 0.04,
  secretBits: 1e5,
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-20 },
  aborted: null,
  doubleClicks: 100,
  photocurrentNa: 100,
  photocurrentPeakNa: 120,
  load: [{ gates: 1e10, detections: 1e8 }],
  ones: { z: 4.5e5, x: 2e3 },
  openedAtMs: 1000,
  collectedAtMs: 2000,
};
/** With dead time the clicks of a receiver are followed cycle by cycle, at every judgement anew. */
const EXPECTED = controller.expectationOf({ ...LINK, deadGates: 0 });
const HEALTH = { ...controller.DEFAULT_HEALTH_POLICY, expected: EXPECTED };
const WISH = {
  terms: { accepts: ["qkd", "pqc"], stockDuringFallback: "refuse" },
  wish: { bits: 256 },
  fallback: { engaged: false, reason: null },
  levels: { qkd: 1000 },
  canMake: ["pqc"],
};
const SETTINGS = { blockBits: 1e6, epsilonSecrecy: 1e-10, epsilonCorrectness: 1e-15, maxLeakFraction: 0.5 };
const NAMES = {
  commonName: "gw",
  alternative: [{ kind: "URI", value: "urn:sae:gw" }],
  serial: "0A",
  fingerprint: "AB:CD",
};

const TLS = { ...testCertificate, ca: testCertificate.cert, serverName: "localhost", pin: "ab".repeat(32) };
/** Where nobody listens: every call that is meant ends with a connection that is refused. */
const NOBODY = "https://127.0.0.1:1";
const etsi014 = new client.Etsi014Client({ url: NOBODY, tls: TLS });
const manager = new client.KeyManagerClient({
  endpoints: [NOBODY],
  tls: TLS,
  applications: { vpn: testCertificate },
  deadlineMs: 20,
});
const unreached = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error) => {
    if (error.code !== "QKD_TRANSPORT_OPEN") throw error;
  });
type Given = Parameters<typeof manager.requestKey>;
const CLIENTS = {
  ...client,
  requestKey: (...given: Given) => manager.requestKey(...given),
  fetchKey: (...given: Parameters<typeof manager.fetchKey>) => manager.fetchKey(...given),
  getStatus: (...given: Parameters<typeof etsi014.getStatus>) => unreached(etsi014.getStatus(...given)),
  getKeys: (...given: Parameters<typeof etsi014.getKeys>) => unreached(etsi014.getKeys(...given)),
  getKeysWithIds: (...given: Parameters<typeof etsi014.getKeysWithIds>) =>
    unreached(etsi014.getKeysWithIds(...given)),
};
const CALL = { timeoutMs: 20, signal: new AbortController().signal };

const table = (room: object, calls: Readonly<Record<string, readonly unknown[]>>): GoodCall[] =>
  Object.entries(calls).map(([name, given]) => {
    const [own = name] = name.split(" ");
    return { name, one: Reflect.get(room, own) as Callable, given };
  });

/** Functions that reckon with what they are given, each with arguments of which every part will be spoilt. */
export const GOOD_CALLS: readonly GoodCall[] = [
  ...table(physics, {
    predictLink: [LINK],
    expectedCounts: [LINK, 1e10, PREDICTION],
    expectedLeakBits: [COUNTS, 1.1],
    gatesForBlock: [PREDICTION, 1e6],
    matchProbabilities: [LINK],
    photonNumberYield: [LINK, 2, "z", PREDICTION],
    gateResponse: [{ transmittance: 0.1, efficiency: [0.2, 0.2], background: [1e-5, 1e-5] }, 0.4, 0.01],
    finiteKeyLength: [{ ...LINK, ...REQUEST, leakBits: 1000, verificationBits: 64, candidateEnds: 2 }],
    t12KeyLength: [REQUEST],
    lim2014KeyLength: [REQUEST, "chernoff"],
    rusca2018KeyLength: [REQUEST],
    finiteRate: [LINK, PLAN],
    "finiteRate of sessions": [LINK, { ...PLAN, bound: "t12", blockBits: undefined, sessionS: 1200 }],
    optimiseSource: [LINK, PLAN, 3],
    asymptoticRate: [LINK, 1.1, physics.T12_FORM, PREDICTION],
    singlePhotonBounds: [
      LINK.intensities,
      [INTERVAL, INTERVAL, INTERVAL],
      [INTERVAL, INTERVAL, INTERVAL],
      "best",
    ],
    interceptResendSignature: [LINK, 0.1, 0.5],
    photonNumberSplittingSignature: [LINK, 0.1],
    blindingSignature: [LINK, 0.5, PREDICTION],
    infiniteDecoyRateBps: [LINK],
    saturatedClicksPerS: [LINK],
    stationaryPhaseRad: [DRIFT],
    misalignmentUnderDrift: [0.98, DRIFT],
    multiplexingNoise: [[{ frequencyThz: 193.1, launchDbm: 0, direction: "forward" }], RECEIVER],
    inQuantumFilter: [193.1, RECEIVER],
    publishedNear: [10, 2],
    forwardRamanLengthKm: [SPAN],
    backwardRamanLengthKm: [SPAN],
    ramanCoefficientPerKmNm: [1550, 1540],
    fourWaveMixingWatts: [TRIPLET, MIXING],
    mixingEfficiency: [TRIPLET, MIXING],
    pulseBroadeningPs: [1550, 50, 0.1],
    gateCapture: [50, 10, 150],
    gridSlot: [193.1, 100],
    gridFrequencyThz: [3, 50],
    garwoodLimits: [100, 1e-10],
    clopperPearsonLimits: [100, 1000, 1e-10],
    rateLimits: [100, 1000, 1e-10],
    logIncompleteGamma: [10, 12],
    inverseLowerGamma: [10, 1e-10],
    inverseUpperGamma: [10, 1e-10],
    logIncompleteBeta: [10, 20, 0.3],
    requireInRange: ["lossDb", 5, { min: 0, max: 10, integer: true }],
  }),
  ...table(protocol, {
    crc16: [new Uint8Array(8), 0, 8],
    crc32: [new Uint8Array(40), 0],
    encodeFrame: [HEAD, new Uint8Array(3), {}],
    encodeFrameParts: [HEAD, [new Uint8Array(3)], {}],
    Frame: [HEAD, new Uint8Array(3)],
    FrameScanner: [{ maxPayloadBytes: 100 }],
    encodeRegister: [protocol.INPUT_REGISTERS.laserPowerDbm, -3],
    decodeRegister: [protocol.INPUT_REGISTERS.laserPowerDbm, 3, 4],
    decodeInputRegisters: [[1, 2, 3], 0],
    registerLevel: [protocol.INPUT_REGISTERS.laserPowerDbm, -3],
    encodePeerHeader: [{ kind: 1, bodyBytes: 3 }],
    checkIncoming: [{ kind: 1, bodyBytes: 3 }, "alice"],
    checkPeerVersion: [Uint8Array.of(0x51, 0x4b, 0x44, 0x50, 0, 3), 3],
    describeFields: [[{ name: "a", type: "u8", meaning: "it" }], { a: 1 }],
    describePeerMessage: [1, new Uint8Array(3)],
    describeFrame: [{ kind: "garbage", bytes: 3, reason: "noise" }],
    "describeFrame of a frame": [
      { kind: "frame", frame: new protocol.Frame(HEAD as protocol.FrameHead, new Uint8Array(3)) },
    ],
  }),
  ...table(controller, {
    backgroundLight: [REPORT, EXPECTED, controller.DEFAULT_THRESHOLDS],
    eavesdropperIndicators: [REPORT, EXPECTED, 10, controller.DEFAULT_THRESHOLDS],
    healthStep: [controller.INITIAL_HEALTH, { type: "block", atMs: 5, report: REPORT }, HEALTH],
    "healthStep with light": [
      controller.INITIAL_HEALTH,
      { type: "light", atMs: 5, detections: 1, gates: 1e6 },
      HEALTH,
    ],
    isSuspect: [controller.INITIAL_HEALTH, REPORT, HEALTH],
    fallbackStep: [
      controller.INITIAL_FALLBACK,
      { type: "block", atMs: 5, bits: 100 },
      controller.DEFAULT_FALLBACK_POLICY,
    ],
    keyChoice: [WISH],
    saeNameOf: [NAMES, ["sanUri", { fingerprints: { ABCD: "gw" } }]],
    expectationOf: [LINK],
    agreedSettings: [{ ...SETTINGS, link: LINK }],
  }),
  ...table(CLIENTS, {
    Etsi014Client: [{ url: NOBODY, tls: TLS, timeoutMs: 5, mostAnswerBytes: 4096, connections: 1 }],
    KeyManagerClient: [
      {
        endpoints: [NOBODY, "https://127.0.0.1:2/path"],
        tls: TLS,
        applications: { vpn: testCertificate },
        timeoutMs: 5,
        deadlineMs: 5,
        connections: 1,
        firstRestMs: 5,
        longestRestMs: 5,
        mostAnswerBytes: 4096,
      },
    ],
    getStatus: ["sae-b", CALL],
    getKeys: [
      "sae-b",
      {
        number: 2,
        sizeBits: 256,
        additionalSlaveSaeIds: ["sae-c"],
        extensionMandatory: [{ acme_x: 1 }],
        extensionOptional: [{ acme_y: 1 }],
      },
      CALL,
    ],
    getKeysWithIds: ["sae-a", ["01234567-89ab-8def-8123-456789abcdef"], CALL],
    requestKey: [
      { destinationSae: "sae-b", keySizeBits: 256, applicationId: "vpn" },
      { deadlineMs: 20, signal: CALL.signal },
    ],
    fetchKey: [
      "01234567-89ab-8def-8123-456789abcdef",
      { from: "sae-a", applicationId: "vpn" },
      { deadlineMs: 20, signal: CALL.signal },
    ],
  }),
];
