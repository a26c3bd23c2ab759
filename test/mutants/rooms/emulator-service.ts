import type { Breach } from "../breach.ts";

const SPECIFIED = "test/contract/the-emulator-keeps-leases-and-measurements-of-the-specification.test.ts";
const LEASE = "emulator/device/lease/device-lease.ts";
const LEASE_TEST = "emulator/device/lease/device-lease.test.ts";
const SERVICE = "emulator/device/service/device-service.ts";
const MEASUREMENT = "emulator/device/measurement/device-measurement.ts";

/** Leases and measurements of an emulated device, broken. */
export const EMULATOR_SERVICE: readonly Breach[] = [
  {
    id: "emulator/lease-refuses",
    file: "emulator/device/session/command-table.ts",
    find: "  if (COMMANDS[name].writes) device.service.lease.check(session);\n",
    replace: "",
    meaning: "two people set one device at once",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/lease-of-another",
    file: LEASE,
    find: "    this.check(owner);\n    if",
    replace: "    if",
    meaning: "whoever asks last has the lease",
    tests: [LEASE_TEST],
  },
  {
    id: "emulator/lease-time",
    file: LEASE,
    find: "this.#nowMs() >= this.#lease.untilMs",
    replace: "false",
    meaning: "a lease outlasts its time",
    tests: [LEASE_TEST],
  },
  {
    id: "emulator/lease-most",
    file: LEASE,
    find: "seconds > MAX_LEASE_S",
    replace: "false",
    meaning: "a laptop that went away keeps a device for 18 hours",
    tests: [LEASE_TEST],
  },
  {
    id: "emulator/lease-restores",
    file: SERVICE,
    find: "    if (restore !== undefined) this.#device.settings.restore(restore);\n",
    replace: "",
    meaning: "a scan that was given up leaves its settings on the device",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/lease-gone",
    file: SERVICE,
    find: "    this.lease.gone(session);\n",
    replace: "",
    meaning: "a lease outlasts its connection",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/lease-occupied",
    file: LEASE,
    find: '    if (occupied !== undefined) throw new Refusal("busy", occupied);\n',
    replace: "",
    meaning: "a second person takes a device from under a running key exchange",
    tests: [LEASE_TEST],
  },
  {
    id: "emulator/lease-modbus",
    file: "emulator/device/register-bank.ts",
    find: "if (device.leased && reachesBeyond(identifyLedS.address",
    replace: "if (false && reachesBeyond(identifyLedS.address",
    meaning: "Modbus sets a device that is leased",
    tests: ["emulator/device/register-bank.test.ts"],
  },
  {
    id: "emulator/lease-modbus-coils",
    file: "emulator/device/register-bank.ts",
    find: "if (device.leased && reachesBeyond(COILS.identifyLed.address",
    replace: "if (false && reachesBeyond(COILS.identifyLed.address",
    meaning: "Modbus clears the alarms of a device that is leased",
    tests: ["emulator/device/register-bank.test.ts"],
  },
  {
    id: "emulator/measured-no-key",
    file: "emulator/link/pair-world.ts",
    find: '    if (this.#parts.measurement.active) throw new Refusal("busy", "the pair measures");\n',
    replace: "",
    meaning: "key is made of light while one end tells its settings",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/measured-beside-key",
    file: "emulator/link/pair-measurement.ts",
    find: '    if (this.#pair.joined) throw new Refusal("busy", "the pair makes key");\n',
    replace: "",
    meaning: "one end tells its settings while the other makes key",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/measured-moved",
    file: MEASUREMENT,
    find: "    if (run.plan.moved !== undefined) this.#host.move(run.plan.moved, run.before);\n",
    replace: "",
    meaning: "the last point of a scan stays set",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/measured-setting",
    file: "emulator/device/transceiver-device.ts",
    find: "    if (name === this.service.measurement.moved)",
    replace: "    if (false)",
    meaning: "somebody sets what a scan moves, and the point's setting is another than told",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/measured-silent",
    file: SERVICE,
    find: "> SILENT_OWNER_MS",
    replace: "> Number.POSITIVE_INFINITY",
    meaning: "a laptop that went to sleep keeps the link from making key",
    tests: ["emulator/device/service/device-service.test.ts"],
  },
  {
    id: "emulator/measured-owner",
    file: SERVICE,
    find: '    if (owner !== asker) throw new Refusal("busy", "another connection measures");\n',
    replace: "",
    meaning: "somebody else ends a measurement",
    tests: [SPECIFIED],
  },
  {
    id: "emulator/gaps-over-nothing",
    file: "emulator/link/light/gate-tally.ts",
    find: "    if (firstGate !== this.#nextGate) this.#lastClick.fill(undefined);\n",
    replace: "",
    meaning: "a histogram tells gaps over gates at which nobody looked",
    tests: ["emulator/link/light/gate-tally.test.ts"],
  },
];
