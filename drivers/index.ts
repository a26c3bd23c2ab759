import "./need-node.ts";

export { type BackOffPolicy, DEFAULT_BACK_OFF } from "./device/back-off.ts";
export type { CalibrationEvent } from "./device/calibration.ts";
export type * from "./device/commands.ts";
export type { ConnectionReport, TransportFactory } from "./device/connection.ts";
export type { DeviceIdentity } from "./device/identity.ts";
export type { KeyExchangeCounters } from "./device/key-exchange.ts";
export {
  type OpenedTransceiver,
  openTransceiver,
  type TransceiverDiagnostics,
} from "./device/open-transceiver.ts";
export type * from "./device/service/transceiver-service.ts";
export { isNotSupported, type UnitDescription, type UnitPart } from "./device/service/unit-description.ts";
export type { LeaseEnding, LeaseHolder, UnitLease } from "./device/service/unit-lease.ts";
export type { MeasurementPoint, MeasurementRequest } from "./device/service/unit-measurement.ts";
export {
  checkParameterValue,
  namedParameter,
  type UnitParameter,
  type UnitParameterValue,
} from "./device/service/unit-parameters.ts";
export type { TuneResult, TuneTarget } from "./device/service/unit-tuning.ts";
export type * from "./device/transceiver.ts";
export type { TransceiverOptions } from "./device/transceiver-options.ts";
export { wallNs } from "./device/wall-clock.ts";
export type { AnnouncedUnit } from "./discovery/announced-unit.ts";
export { type FindUnitsOptions, findUnits } from "./discovery/find-units.ts";
export type { LinkCounters } from "./link/link-counters.ts";
export { createModbusLine, type ModbusLine, type ModbusLineOptions } from "./modbus/modbus-line.ts";
export {
  openTelemetry,
  type Telemetry,
  type TelemetryIdentification,
  type TelemetryUpdate,
} from "./modbus/telemetry.ts";
export type { TelemetryOptions } from "./modbus/telemetry-options.ts";
export type { PortTrouble } from "./probe/port-access.ts";
export type { PortHolder } from "./probe/port-holder.ts";
export { type ProbeFinding, type ProbeOptions, probeAddress } from "./probe/probe.ts";
export {
  openSession,
  type Session,
  type SessionEvent,
  type SessionHandlers,
  type SessionStatistics,
} from "./session/session.ts";
export type { SessionOptions } from "./session/session-options.ts";
export * from "./transport/address.ts";
export { createMemoryLink, type MemoryTransport } from "./transport/memory-link.ts";
export { openTransport, type TransportOptions } from "./transport/open-transport.ts";
export { listSerialPorts, type SerialPortInfo } from "./transport/serial-port.ts";
export type { TlsCredentials } from "./transport/tls-credentials.ts";
export type * from "./transport/transport.ts";
export type { WireDirection, WireTap } from "./transport/wire-tap.ts";
