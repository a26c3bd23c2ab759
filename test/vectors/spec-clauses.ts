/** Where each clause of protocol/SPEC.md is tried: how its sentence begins, and a file with the titles of its tests. */
export interface ClauseTest {
  readonly clause: string;
  readonly file: string;
  readonly title: string;
}

const MESSAGES = "test/contract/the-emulator-keeps-every-message-of-the-specification.test.ts";
const SETTINGS = "test/contract/the-emulator-keeps-parameters-and-resets-of-the-specification.test.ts";
const SERVICE = "test/contract/the-emulator-keeps-leases-and-measurements-of-the-specification.test.ts";
const TUNING = "test/integration/tuning-in-service.test.ts";
const TUNING_ON = "test/integration/tuning-in-service-goes-on.slow.test.ts";
const LEASE = "emulator/device/lease/device-lease.test.ts";
const REGISTERS = "test/contract/the-emulator-keeps-the-register-map-of-the-specification.test.ts";
const CLAUSES = "test/contract/the-emulator-keeps-the-specification-clause-by-clause.test.ts";
const DEVICE = "test/contract/emulated-device.test.ts";
const MAP = "protocol/registers/register-map.test.ts";
const SCANNER = "protocol/framing/frame-scanner.test.ts";
const VECTORS = "test/vectors/wire-vectors.test.ts";
const BOARD = "emulator/device/alarms/alarm-board.test.ts";
const SUMS = "protocol/framing/checksums.test.ts";
const PORTS = "emulator/ports/modbus-ports.test.ts";

const ROWS: readonly (readonly [clause: string, file: string, title: string])[] = [
  ["Numbers are big-endian.", VECTORS, "is written as the SPEC says"],
  ["Fields follow each other without padding", VECTORS, "is written as the SPEC says"],
  ["A list of values `a 1, b 2`", MESSAGES, "%s is a badPayload"],
  [
    "Every value has exactly one encoding.",
    "protocol/messages/catalog.test.ts",
    "refuses every bit flip or reads it to the same bytes",
  ],
  [
    "A receiver must refuse a payload that is too short",
    MESSAGES,
    "%s: a payload that is too short or has bytes after its last field is a badPayload",
  ],
  ["The header is 16 bytes", "test/vectors/spec-tables.test.ts", "limits"],
  ["Allowed are: no bit", SCANNER, "tells every header field and gives the payload a buffer of its own"],
  ["A header with any other flags is faulty.", MESSAGES, "3.2: a header with any other flags is faulty"],
  ["CRC-16/CCITT-FALSE", SUMS, "CRC-16 agrees with the polynomial division for every length"],
  ['The text "123456789" gives', SUMS, "give the check values of the SPEC"],
  ["CRC-32 of IEEE 802.3", SUMS, "CRC-32 agrees with zlib for every length around the slices"],
  [
    "A receiver looks for the sync word",
    SCANNER,
    "tells a damaged header, another version, wrong flags and too long a payload apart",
  ],
  ["It then takes the payload", SCANNER, "finds a good frame inside the payload of a damaged one"],
  ["After a failed start at byte k", SCANNER, "finds a good frame inside the payload of a damaged one"],
  [
    "Where many frames fail inside each other",
    SCANNER,
    "checks each byte only a few times, however many headers lie inside each other",
  ],
  [
    "It counts the bytes it passed over",
    DEVICE,
    "finds the next request after garbage, damaged frames and headers that lie",
  ],
  [
    "A receiver whose frame stops arriving",
    DEVICE,
    "gives up half a frame after a silence, so that the next request is heard",
  ],
  [
    "A payload has at most 1,048,576 bytes.",
    "protocol/framing/encode-frame.test.ts",
    "takes a payload of the limit and refuses one byte more",
  ],
  [
    "The payload of a request has at most",
    MESSAGES,
    "3.5: a request of 4,096 bytes is read, one byte more is passed over",
  ],
  [
    "While it lasts, a command that writes",
    SERVICE,
    "%s writes: it is answered with busy while another connection has the lease, and names the holder",
  ],
  ["Everything else is answered as ever.", SERVICE, "%s does not write: it is answered as ever"],
  [
    "A lease belongs to",
    SERVICE,
    "belongs to its connection, is told to whoever asks, and ends with the connection",
  ],
  ["It ends when its time is over", LEASE, "ends with its time, and puts back what was found"],
  [
    "Asking again renews it",
    LEASE,
    "is renewed by asking again, and what was found stays that of its beginning",
  ],
  [
    "Another holder on the same",
    LEASE,
    "passes to the next program on the same connection, which finds what the first one found",
  ],
  [
    "An empty holder asks",
    SERVICE,
    "is refused beyond 600 s, without a name, and given back by whoever has none",
  ],
  [
    "Giving back a lease",
    SERVICE,
    "is refused beyond 600 s, without a name, and given back by whoever has none",
  ],
  [
    "A lease is refused with busy",
    SERVICE,
    "is refused with busy while another connection makes key or measures, and to nobody for his own",
  ],
  [
    "When a lease ends with restore",
    SERVICE,
    "puts volatile parameters back at its end with restore, leaves them with keep, and others in any case",
  ],
  [
    "With keep everything stays.",
    SERVICE,
    "puts volatile parameters back at its end with restore, leaves them with keep, and others in any case",
  ],
  ["`startMeasurement` counts", SERVICE, "moves one parameter from point to point, and puts it back"],
  ["A device takes the kinds whose", SERVICE, "%s refuses %o with %s"],
  ["The device must be idle", SERVICE, "keeps key exchanges of both ends away, and is kept away by them"],
  ["While it measures its state", SERVICE, "keeps key exchanges of both ends away, and is kept away by them"],
  ["Each point lasts", SERVICE, "%s counts every gate of every point, and all that clicked"],
  ["Its gates never become key", SERVICE, "%s counts every gate of every point, and all that clicked"],
  ["`measurementPoint` comes after", SERVICE, "%s counts every gate of every point, and all that clicked"],
  ["The last event of a run", SERVICE, "is aborted by %s, and the parameter is what it was"],
  ["The moved parameter then", SERVICE, "is aborted by %s, and the parameter is what it was"],
  ["Both events go to", SERVICE, "ends with the connection that started it"],
  ["A run that is not the running", SERVICE, "is stopped by its owner, once, under its number alone"],
  [
    "`readHistogram` tells",
    SERVICE,
    "has histograms of the last measurement alone: dead time shows in the gaps",
  ],
  [
    "Of arrival times every click",
    SERVICE,
    "has the times at which clicks came: they follow the gate's delay",
  ],
  ["There is none of a key exchange", SERVICE, "has no histogram of a key exchange"],
  ["A device takes the kinds that it lists", SERVICE, "%s answers a histogram of %o with %s"],
  [
    "`tune` adjusts one setting",
    TUNING_ON,
    "leads the modulator back to its working point, which the transmitter does by the decoys",
  ],
  [
    "`tune` adjusts one setting",
    TUNING,
    "evens out the detectors by their bias, each by half of the way and against the other",
  ],
  [
    "`tune` adjusts one setting",
    TUNING,
    "follows a phase, while the pair makes key, with one gate in a hundred that becomes none",
  ],
  [
    "`tune` adjusts one setting",
    TUNING,
    "follows a drifting arrival by limited steps, and leaves what is in place",
  ],
  [
    "Once adjusts now;",
    TUNING_ON,
    "goes on by itself until it is switched off, and not under the lease of another",
  ],
  [
    "Once adjusts now;",
    TUNING,
    "is refused in the dark, while calibrating, under another's lease, for the other role's and out of range",
  ],
  ["A device adjusts what", SERVICE, "what a device does not list in describe it refuses: %s"],
  [
    "It compares small steps",
    TUNING_ON,
    "takes its gates from the key, which is so much less in the same time",
  ],
  [
    "It compares small steps",
    TUNING,
    "follows a drifting arrival by limited steps, and leaves what is in place",
  ],
  ["Each adjustment ends", TUNING, "ends with tuned on every connection and an entry in the log"],
  [
    "`tune` is answered with",
    TUNING,
    "is refused in the dark, while calibrating, under another's lease, for the other role's and out of range",
  ],
  ["`tune` is answered with", TUNING, "is refused while it measures and while it has an error"],
  [
    "`tune` is answered with",
    "emulator/device/tuning/tuning-hindrance.test.ts",
    "a device does not tune on readings that are stale, in the dark, and in no other state",
  ],
  [
    "- `startCalibration` is answered at once.",
    DEVICE,
    "calibrates step by step, tells its progress, and names the step that fails",
  ],
  [
    "Then come `calibrationProgress`",
    DEVICE,
    "calibrates step by step, tells its progress, and names the step that fails",
  ],
  [
    "A failed step ends the run",
    DEVICE,
    "calibrates step by step, tells its progress, and names the step that fails",
  ],
  [
    "The last event of every run",
    MESSAGES,
    "6.34: the last event of a run that ends by %s is a result with step all",
  ],
  ["The steps in order of their numbers", DEVICE, "a step of the other role"],
  [
    "- `selfTest` and `startCalibration` need",
    MESSAGES,
    "6.34: startCalibration and selfTest need the state idle, else wrongState",
  ],
  ["`startKeyExchange` needs idle or online", "emulator/device/device-mode.test.ts", "%s, %s: %s"],
  ["- `reset`: soft ends", SETTINGS, "at %s a %s reset keeps what it must and forgets the rest"],
  [
    "- `readLog`: entries from",
    MESSAGES,
    "6.17, 6.34: a log is read from the larger of fromIndex and firstIndex, at most maxEntries",
  ],
  [
    "- `status` events come",
    SETTINGS,
    "status events come at the interval that was set last, from the event before",
  ],
  ["- `alarm` events come", BOARD, "does not clear at the edge of the range"],
  ["An alarm that goes from", BOARD, "goes up to the absolute level and back as raised again"],
  ["`boolean` and `integer` travel", CLAUSES, "travel as whole numbers where they are integers or booleans"],
  [
    "A device lists the parameters",
    SETTINGS,
    "%s takes the ends of each range that it states, and nothing beyond",
  ],
  ["A transmitter does not have", SETTINGS, "a device does not have the parameters of the other role"],
  [
    "Values of the wrong kind",
    CLAUSES,
    "refuse text for a number, a number for text, and a text that is too long",
  ],
  [
    "The mean photon numbers keep",
    SETTINGS,
    "mean photon numbers keep the order u > v > w, and a refused value changes nothing",
  ],
  ["Parameters keep their values", SETTINGS, "at %s a %s reset keeps what it must and forgets the rest"],
  ["The list is closed in version 1.", "test/vectors/spec-tables.test.ts", "errors, and no others"],
  [
    "An error reply does not change",
    SETTINGS,
    "mean photon numbers keep the order u > v > w, and a refused value changes nothing",
  ],
  ["Modbus TCP, or Modbus RTU", PORTS, "serves a usual client"],
  [
    "Over Modbus TCP the units 0",
    REGISTERS,
    "the unit is 1 by default, 0 and 255 name the device too, and another is answered with exception 11",
  ],
  [
    "Over RTU another unit is not",
    PORTS,
    "carries out a broadcast without an answer, and refuses unknown functions",
  ],
  ["Other functions are answered", REGISTERS, "other functions are answered with exception 1"],
  [
    "All 120 input registers",
    REGISTERS,
    "%s has its own readings, none of the other role, and zeros between",
  ],
  [
    "A device whose map is of version 1",
    "test/contract/telemetry-finds-its-device.test.ts",
    "telemetry reads the shorter map of a device of version 1, and asks it for no more after that",
  ],
  ["One register for u16", MAP, "has no two quantities in one register and ends where it says"],
  ["Value = raw / steps per unit.", MAP, "reads and writes every pattern of 16 bits alike"],
  [
    "A reading that the device does not have",
    REGISTERS,
    "%s has its own readings, none of the other role, and zeros between",
  ],
  ["A value beyond the type's range", MAP, "saturates an infinite f32 and reads infinities as absent"],
  [
    "Counters of 32 bits start over",
    "emulator/device/device-report.test.ts",
    "counters start over before the absent value",
  ],
  [
    "Addresses between the quantities",
    REGISTERS,
    "%s has its own readings, none of the other role, and zeros between",
  ],
  [
    "Examples: laserTemperatureC",
    "test/vectors/register-vectors.test.ts",
    "the register examples of the SPEC (9.2)",
  ],
  ["Every analogue quantity has", MAP, "can hold both ends of every range"],
  ["Inside the operating range", MAP, "the three levels"],
  ["Outside of it, it is", MAP, "the three levels"],
  ["Outside of the absolute range", MAP, "the three levels"],
  ["The ends of a range belong to it.", MAP, "the three levels"],
  ["The alarm code of a quantity", MAP, "gives each ranged quantity, and no other, an alarm of its own name"],
  [
    "Discrete input _code_ is 1",
    REGISTERS,
    "each alarm is a bit at the operating level, and one more at the absolute level, as the list has them",
  ],
  [
    "Bits without an alarm are 0.",
    REGISTERS,
    "each alarm is a bit at the operating level, and one more at the absolute level, as the list has them",
  ],
  ["There are 128 discrete inputs.", REGISTERS, "%s outside of the map is answered with exception 2"],
  ["Alarms of quantities have severity", BOARD, "goes up to the absolute level and back as raised again"],
  [
    "Critical ones have level absolute",
    REGISTERS,
    "each alarm is a bit at the operating level, and one more at the absolute level, as the list has them",
  ],
  [
    "Latched alarms (laser off",
    SETTINGS,
    "a transmitter whose calibration failed is dark, and its alarm stays until one passes and a reset clears it",
  ],
  ["The least and the greatest bind", REGISTERS, "%s is answered with exception 3, and nothing is changed"],
  [
    "A longer blinking",
    REGISTERS,
    "the identify LED is one: coil, register and command move it, and it goes out",
  ],
  ["Conformity level 83", REGISTERS, "is streamed in three categories"],
  ["Texts are ASCII.", REGISTERS, "%s tells in ASCII what it tells in identify"],
  [
    "Log entries never hold key material.",
    "test/contract/emulated-link.test.ts",
    "logs none of the key that it delivers, at either end",
  ],
  [
    "A device or driver of version 1",
    MESSAGES,
    "10: frames of other versions are passed over, and the device's log says so, once",
  ],
];

/** Every clause of sections 2, 3, 4.6, 5.4, 5.5, 6.34 and 7 to 10 that binds a device. */
export const CLAUSE_TESTS: readonly ClauseTest[] = ROWS.map(([clause, file, title]) => ({
  clause,
  file,
  title,
}));

/** Sentences of these sections that bind no device: how the text is to be read, what a driver reckons, what may come. */
export const NO_DUTY: readonly string[] = [
  "Bytes are written in hexadecimal.",
  "Ranges include their ends.",
  "A list whose items have several fields",
  "Header:",
  "Payload:",
  "Checksums detect damage",
  "Whoever controls the line",
  "A device may send less",
  "A connection may ask for a _lease_",
  "- `timeSync`: with t4",
  "Ids from 8000 hexadecimal",
  "A device may lack parameters",
  "The payload of a reply with the flag error",
  "Addresses here are those of the request",
  "Besides the quantities there are:",
  "Within version 1 nothing is added",
  "A driver learns from `describe`",
  "`mapVersion` counts the versions",
];
