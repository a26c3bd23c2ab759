/**
 * Every error code of the package, with the remedy that its one-line report names.
 * A code reads `QKD_<LAYER>_<WHAT>`; match on codes, never on messages.
 */
export const ERROR_REMEDIES = {
  QKD_CODEC_TRUNCATED: "check that both ends speak the same protocol version",
  QKD_CODEC_TRAILING: "check that both ends speak the same protocol version",
  QKD_CODEC_VALUE: "check that both ends speak the same protocol version",
  QKD_FRAME_TOO_LARGE: "lower the detections per frame or raise the payload limit on both ends",
  QKD_FRAME_FIELD: "use a sequence and an opcode of 16 bits; only requests are repeated",
  QKD_FRAME_VERSION: "update the older of driver and device firmware",
  QKD_TRANSPORT_ADDRESS:
    "use serial:PATH?baud=N, tcp://host:port, tls://host:port, modbus+tcp://, modbus+rtu+tcp:// or modbus+rtu:",
  QKD_TRANSPORT_OPEN: "check that the device is powered, connected and not in use by another program",
  QKD_TRANSPORT_CLOSED: "wait for the link to reconnect, then try again",
  QKD_TRANSPORT_WRITE: "check the cable and the device, then try again",
  QKD_TRANSPORT_TLS: "check certificate, key and trusted authority of both ends",
  QKD_TRANSPORT_GARBAGE: "check baud rate, parity and stop bits of the line",
  QKD_MODBUS_TIMEOUT: "check the unit id, the baud rate and the wiring",
  QKD_MODBUS_EXCEPTION: "check that the device implements the register map of the SPEC",
  QKD_MODBUS_GARBAGE: "check unit id, baud rate, parity and wiring of the telemetry line",
  QKD_REQUEST_TIMEOUT: "check that the device is alive and the line settings match",
  QKD_REQUEST_WINDOW: "wait for earlier requests to finish",
  QKD_REQUEST_REJECTED: "read the device's reason in the error context",
  QKD_DEVICE_UNKNOWN_OPCODE: "update the device firmware or avoid this command",
  QKD_DEVICE_BAD_PARAMETER: "use a value inside the range the device states",
  QKD_DEVICE_BUSY: "wait until the device finishes its current operation",
  QKD_DEVICE_STATE: "bring the device into the state that this command needs",
  QKD_DEVICE_ROLE: "connect a QTX at one site and a QRX at the other",
  QKD_DEVICE_IDENTITY: "put the original device back behind this address, or open a new transceiver",
  QKD_CONFIG_INVALID: "correct the named field",
  QKD_CONFIG_UNREADABLE: "check that the file exists, is readable and holds YAML or JSON",
  QKD_CONFIG_EXPIRY: "renew what has expired, or set the clock of this machine",
  QKD_CONFIG_MACHINE: "give the site what the message says that this machine lacks",
  QKD_USAGE: "run the command with --help",
  QKD_CAPTURE_DAMAGED: "go on with what could be read, or record again",
  QKD_CAPTURE_MISSING: "record what is asked for, or name another recording",
  QKD_OUTPUT_WRITE: "check that the folder exists, is writable and has free space",
  QKD_PHYSICS_RANGE: "use a value inside the allowed range",
  QKD_PHYSICS_OVERFLOW: "lower the afterpulse probability or the gain",
  QKD_KERNEL_UNAVAILABLE: "run npm run build",
  QKD_KERNEL_LIMIT: "use a smaller block",
  QKD_KERNEL_INPUT: "pass planes and keys of the stated lengths",
  QKD_KERNEL_LOCKSTEP: "restart the cohort on both sides with equal settings",
  QKD_KEYSTORE_UNREADABLE: "restore the key file that belongs to this store, or move the store away",
  QKD_KEYSTORE_FULL: "free disk space; no key was handed out",
  QKD_KEYSTORE_MEDIUM:
    "keep the store where files are written over in place, or accept the medium in the settings",
  QKD_KEYSTORE_LOCKED: "stop the other process that uses this store",
  QKD_KEYSTORE_EXHAUSTED: "wait for new keys or allow the post-quantum fallback",
  QKD_KEYSTORE_UNKNOWN_KEY: "ask for a key ID that the other site handed out and that was not yet fetched",
  QKD_KEYSTORE_FORBIDDEN: "fetch keys only as an SAE that the key was made for",
  QKD_KEYSTORE_CONFLICT: "stop both sites, check the audit log, then start with a fresh store",
  QKD_KEYSTORE_ROLLBACK:
    "check the disk, and never put copies of the key store back; the site goes on with what surely never left",
  QKD_KEYSTORE_AUDIT:
    "keep copies of the store's files as evidence, find out who wrote to them, then start with a fresh store and secret",
  QKD_KEYSTORE_CAPACITY: "take keys, let old ones expire, or raise the capacity of the pool",
  QKD_KEYSTORE_UNKNOWN_BLOCK: "add the block before making it available",
  QKD_KEYSTORE_REQUEST: "ask for a size and number inside the limits that the status reports",
  QKD_PEER_UNREACHABLE: "check the peer's address and that its controller runs",
  QKD_PEER_CERTIFICATE: "install certificates from the same authority at both sites",
  QKD_PEER_SECRET: "place the same secret file at both sites",
  QKD_PEER_PROTOCOL: "update the older of the two controllers",
  QKD_PEER_STALLED: "check the network between the sites and the load of the peer site",
  QKD_PEER_FLOOD: "check the peer site: its controller begins sessions without end",
  QKD_PEER_LIED: "treat the channel as attacked: check the peer site",
  QKD_AUTH_TAG: "treat the channel as attacked: check the peer site and its secret",
  QKD_AUTH_EXHAUSTED: "make a new secret (qkdlink secret), place it at both sites, restart both",
  QKD_DISTILLATION_SETTINGS: "give both sites the same distillation settings",
  QKD_DISTILLATION_FRAME: "check the transceiver: its raw key is malformed or out of order",
  QKD_DISTILLATION_WORKER: "restart the controller; report the cause if it happens again",
  QKD_DISTILLATION_STALLED:
    "check the disk and the load of this site; restart the controller if it happens again",
  QKD_DISTILLATION_DIGEST: "check that both transceivers belong to the same link",
  QKD_DISTILLATION_ABORT: "check the link: QBER or statistics allow no secret key",
  QKD_DISTILLATION_VERIFY: "none needed: the affected frames were discarded",
  QKD_LINK_FAILED: "report the cause if it happens again; the link goes on where it can",
  QKD_LINK_PROCESS: "run that command by itself to see why it ends",
  QKD_DELIVERY_UNAVAILABLE: "wait for keys, or opt in to the post-quantum fallback",
  QKD_DELIVERY_UNAUTHORIZED: "present a client certificate that the KME trusts",
  QKD_DELIVERY_BAD_REQUEST: "correct the request as the message says",
  QKD_SCENARIO_INVALID: "correct the named field of the scenario",
  QKD_EMULATOR_PORT: "choose a free port or address",
  QKD_EMULATOR_CONTROL:
    "check that the emulator runs, is not paused, and that its control port can be reached",
  QKD_EMULATOR_CONTAINER:
    "check that a Docker engine answers and that the image is built: docker build -t qkdlink-emulator .",
  QKD_PTY_UNAVAILABLE: "use TCP ports; pseudo-terminals need Linux",
  QKD_INTERNAL: "report this with the command that caused it",
} as const;

/** Closed union of every error code. */
export type QkdErrorCode = keyof typeof ERROR_REMEDIES;

/** The codes that begin with `Prefix`. */
export type CodeOf<Prefix extends string> = Extract<QkdErrorCode, `${Prefix}${string}`>;
