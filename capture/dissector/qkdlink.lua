-- Wireshark dissector of qkdlink: transceivers (TCP 5525) and recordings (link types USER0 to USER2).
-- Written by scripts/dissector.mjs from the declarations of every message; do not edit.
-- Into the folder of personal Lua plugins (Help, About, Folders), or: tshark -X lua_script:qkdlink.lua -r FILE

local session = Proto("qkdlink", "QKD transceiver")
local recording = Proto("qkdlink_recording", "qkdlink recording")
local modbus = Proto("qkdlink_modbus", "QKD telemetry")
local peer = Proto("qkdlink_peer", "QKD controllers")
local recorded_session = Proto("qkdlink_user0", "qkdlink recording of a session")
local recorded_modbus = Proto("qkdlink_user1", "qkdlink recording of telemetry")
local recorded_peer = Proto("qkdlink_user2", "qkdlink recording of controllers")

local F = {
  version = ProtoField.uint8("qkdlink.version", "version", base.DEC),
  flags = ProtoField.uint8("qkdlink.flags", "flags", base.HEX),
  kind = ProtoField.string("qkdlink.kind", "kind"),
  sequence = ProtoField.uint16("qkdlink.sequence", "sequence", base.DEC),
  opcode = ProtoField.uint16("qkdlink.opcode", "opcode", base.HEX),
  message = ProtoField.string("qkdlink.message", "message"),
  length = ProtoField.uint32("qkdlink.length", "bytes of payload", base.DEC),
  header_crc = ProtoField.uint16("qkdlink.header_crc", "header checksum", base.HEX),
  payload_crc = ProtoField.uint32("qkdlink.payload_crc", "payload checksum", base.HEX),
  event_gap = ProtoField.uint32("qkdlink.event_gap", "events missing", base.DEC),
  garbage = ProtoField.uint32("qkdlink.damaged_bytes", "bytes that are no frame", base.DEC),
  rec_version = ProtoField.uint8("qkdlink.recording.version", "version", base.DEC),
  rec_direction = ProtoField.uint8("qkdlink.recording.direction", "direction", base.DEC, { [0] = "toDevice", [1] = "fromDevice", [2] = "said", [3] = "heard" }),
  rec_unit = ProtoField.uint8("qkdlink.recording.unit", "unit", base.DEC),
  rec_damaged = ProtoField.uint8("qkdlink.recording.damaged", "damaged", base.DEC, { [0] = "no", [1] = "yes" }),
  rec_redacted = ProtoField.uint8("qkdlink.recording.redacted", "redacted", base.DEC, { [0] = "no", [1] = "yes" }),
  rec_repeat = ProtoField.uint8("qkdlink.recording.repeat", "repeat", base.DEC, { [0] = "no", [1] = "yes" }),
  rec_reason = ProtoField.uint8("qkdlink.recording.reason", "why it is no frame", base.DEC, { [0] = "none", [1] = "noise", [2] = "header", [3] = "version", [4] = "flags", [5] = "length", [6] = "payload", [7] = "incomplete", [8] = "modbus" }),
  mb_unit = ProtoField.uint8("qkdlink.modbus.unit", "unit", base.DEC),
  mb_function = ProtoField.uint8("qkdlink.modbus.function", "function", base.DEC),
  mb_address = ProtoField.uint16("qkdlink.modbus.address", "address", base.DEC),
  mb_count = ProtoField.uint16("qkdlink.modbus.count", "count", base.DEC),
  mb_value = ProtoField.uint16("qkdlink.modbus.value", "value", base.DEC),
  mb_bytes = ProtoField.uint8("qkdlink.modbus.dataBytes", "bytes of data", base.DEC),
  mb_word = ProtoField.uint16("qkdlink.modbus.word", "register", base.DEC),
  mb_exception = ProtoField.uint8("qkdlink.modbus.exception", "exception", base.DEC, { [1] = "illegal function", [2] = "illegal data address", [3] = "illegal data value", [4] = "server device failure", [5] = "acknowledge", [6] = "server device busy", [10] = "gateway path unavailable", [11] = "gateway target failed to respond" }),
  mb_operating = ProtoField.string("qkdlink.modbus.operatingAlarms", "alarm, operating range"),
  mb_absolute = ProtoField.string("qkdlink.modbus.absoluteAlarms", "alarm, absolute range"),
  mb_coil = ProtoField.string("qkdlink.modbus.coils", "coil that is set"),
  mb_object = ProtoField.string("qkdlink.modbus.object", "identification object"),
  mb_mei = ProtoField.uint8("qkdlink.modbus.meiType", "MEI type", base.DEC),
  mb_read_code = ProtoField.uint8("qkdlink.modbus.readCode", "read code", base.DEC),
  mb_first_object = ProtoField.uint8("qkdlink.modbus.firstObject", "first object", base.DEC),
  peer_length = ProtoField.uint32("qkdlink.peer.length", "bytes of body", base.DEC),
  peer_kind = ProtoField.uint8("qkdlink.peer.kind", "kind", base.HEX),
  ["qkdlink.ping.token"] = ProtoField.uint64("qkdlink.ping.token", "token", base.DEC),
  ["qkdlink.identify.protocolVersion"] = ProtoField.uint16("qkdlink.identify.protocolVersion", "protocolVersion", base.DEC),
  ["qkdlink.identify.role"] = ProtoField.uint8("qkdlink.identify.role", "role", base.DEC, { [0] = "qtx", [1] = "qrx" }),
  ["qkdlink.identify.vendor"] = ProtoField.string("qkdlink.identify.vendor", "vendor"),
  ["qkdlink.identify.model"] = ProtoField.string("qkdlink.identify.model", "model"),
  ["qkdlink.identify.serial"] = ProtoField.string("qkdlink.identify.serial", "serial"),
  ["qkdlink.identify.firmware"] = ProtoField.string("qkdlink.identify.firmware", "firmware"),
  ["qkdlink.identify.hardwareRevision"] = ProtoField.string("qkdlink.identify.hardwareRevision", "hardwareRevision"),
  ["qkdlink.identify.clockHz"] = ProtoField.double("qkdlink.identify.clockHz", "clockHz"),
  ["qkdlink.identify.linkId"] = ProtoField.bytes("qkdlink.identify.linkId", "linkId"),
  ["qkdlink.identify.capabilities"] = ProtoField.uint32("qkdlink.identify.capabilities", "capabilities", base.DEC),
  ["qkdlink.identify.limits.maxPayloadBytes"] = ProtoField.uint32("qkdlink.identify.limits.maxPayloadBytes", "limits.maxPayloadBytes", base.DEC),
  ["qkdlink.identify.limits.maxDetectionsPerFrame"] = ProtoField.uint32("qkdlink.identify.limits.maxDetectionsPerFrame", "limits.maxDetectionsPerFrame", base.DEC),
  ["qkdlink.identify.limits.maxCreditFrames"] = ProtoField.uint32("qkdlink.identify.limits.maxCreditFrames", "limits.maxCreditFrames", base.DEC),
  ["qkdlink.listParameters.parameters.id"] = ProtoField.uint16("qkdlink.listParameters.parameters.id", "parameters[].id", base.DEC),
  ["qkdlink.listParameters.parameters.name"] = ProtoField.string("qkdlink.listParameters.parameters.name", "parameters[].name"),
  ["qkdlink.listParameters.parameters.type"] = ProtoField.uint8("qkdlink.listParameters.parameters.type", "parameters[].type", base.DEC, { [0] = "real", [1] = "integer", [2] = "boolean", [3] = "text" }),
  ["qkdlink.listParameters.parameters.unit"] = ProtoField.string("qkdlink.listParameters.parameters.unit", "parameters[].unit"),
  ["qkdlink.listParameters.parameters.min"] = ProtoField.double("qkdlink.listParameters.parameters.min", "parameters[].min"),
  ["qkdlink.listParameters.parameters.max"] = ProtoField.double("qkdlink.listParameters.parameters.max", "parameters[].max"),
  ["qkdlink.listParameters.parameters.access"] = ProtoField.uint8("qkdlink.listParameters.parameters.access", "parameters[].access", base.DEC, { [0] = "readOnly", [1] = "readWrite" }),
  ["qkdlink.listParameters.parameters.value"] = ProtoField.double("qkdlink.listParameters.parameters.value", "parameters[].value"),
  ["qkdlink.listParameters.parameters.valueText"] = ProtoField.string("qkdlink.listParameters.parameters.valueText", "parameters[].valueText"),
  ["qkdlink.listParameters.parameters"] = ProtoField.none("qkdlink.listParameters.parameters", "parameters"),
  ["qkdlink.getParameter.id"] = ProtoField.uint16("qkdlink.getParameter.id", "id", base.DEC),
  ["qkdlink.getParameter.value"] = ProtoField.double("qkdlink.getParameter.value", "value"),
  ["qkdlink.getParameter.valueText"] = ProtoField.string("qkdlink.getParameter.valueText", "valueText"),
  ["qkdlink.setParameter.id"] = ProtoField.uint16("qkdlink.setParameter.id", "id", base.DEC),
  ["qkdlink.setParameter.value"] = ProtoField.double("qkdlink.setParameter.value", "value"),
  ["qkdlink.setParameter.valueText"] = ProtoField.string("qkdlink.setParameter.valueText", "valueText"),
  ["qkdlink.startKeyExchange.detectionsPerFrame"] = ProtoField.uint32("qkdlink.startKeyExchange.detectionsPerFrame", "detectionsPerFrame", base.DEC),
  ["qkdlink.startKeyExchange.creditFrames"] = ProtoField.uint32("qkdlink.startKeyExchange.creditFrames", "creditFrames", base.DEC),
  ["qkdlink.startKeyExchange.sessionNumber"] = ProtoField.uint32("qkdlink.startKeyExchange.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.startKeyExchange.firstFrameId"] = ProtoField.uint32("qkdlink.startKeyExchange.firstFrameId", "firstFrameId", base.DEC),
  ["qkdlink.stopKeyExchange.sessionNumber"] = ProtoField.uint32("qkdlink.stopKeyExchange.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.credit.sessionNumber"] = ProtoField.uint32("qkdlink.credit.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.credit.acknowledgedThrough"] = ProtoField.uint32("qkdlink.credit.acknowledgedThrough", "acknowledgedThrough", base.DEC),
  ["qkdlink.credit.creditLimit"] = ProtoField.uint32("qkdlink.credit.creditLimit", "creditLimit", base.DEC),
  ["qkdlink.credit.nextFrameId"] = ProtoField.uint32("qkdlink.credit.nextFrameId", "nextFrameId", base.DEC),
  ["qkdlink.credit.droppedFrames"] = ProtoField.uint32("qkdlink.credit.droppedFrames", "droppedFrames", base.DEC),
  ["qkdlink.getStatus.state"] = ProtoField.uint8("qkdlink.getStatus.state", "state", base.DEC, { [0] = "idle", [1] = "calibrating", [2] = "online", [3] = "error" }),
  ["qkdlink.getStatus.uptimeMs"] = ProtoField.uint64("qkdlink.getStatus.uptimeMs", "uptimeMs", base.DEC),
  ["qkdlink.getStatus.sessionNumber"] = ProtoField.uint32("qkdlink.getStatus.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.getStatus.qberPpm"] = ProtoField.uint32("qkdlink.getStatus.qberPpm", "qberPpm", base.DEC),
  ["qkdlink.getStatus.visibility"] = ProtoField.double("qkdlink.getStatus.visibility", "visibility"),
  ["qkdlink.getStatus.countRate0Hz"] = ProtoField.double("qkdlink.getStatus.countRate0Hz", "countRate0Hz"),
  ["qkdlink.getStatus.countRate1Hz"] = ProtoField.double("qkdlink.getStatus.countRate1Hz", "countRate1Hz"),
  ["qkdlink.getStatus.laserTemperatureC"] = ProtoField.double("qkdlink.getStatus.laserTemperatureC", "laserTemperatureC"),
  ["qkdlink.getStatus.detectorTemperatureC"] = ProtoField.double("qkdlink.getStatus.detectorTemperatureC", "detectorTemperatureC"),
  ["qkdlink.getStatus.internalTemperatureC"] = ProtoField.double("qkdlink.getStatus.internalTemperatureC", "internalTemperatureC"),
  ["qkdlink.getStatus.framesProduced"] = ProtoField.uint64("qkdlink.getStatus.framesProduced", "framesProduced", base.DEC),
  ["qkdlink.getStatus.framesSent"] = ProtoField.uint64("qkdlink.getStatus.framesSent", "framesSent", base.DEC),
  ["qkdlink.getStatus.framesDropped"] = ProtoField.uint64("qkdlink.getStatus.framesDropped", "framesDropped", base.DEC),
  ["qkdlink.getStatus.detectionsDropped"] = ProtoField.uint64("qkdlink.getStatus.detectionsDropped", "detectionsDropped", base.DEC),
  ["qkdlink.getStatus.frameErrors"] = ProtoField.uint32("qkdlink.getStatus.frameErrors", "frameErrors", base.DEC),
  ["qkdlink.getStatus.requestErrors"] = ProtoField.uint32("qkdlink.getStatus.requestErrors", "requestErrors", base.DEC),
  ["qkdlink.getStatus.activeAlarms"] = ProtoField.uint32("qkdlink.getStatus.activeAlarms", "activeAlarms", base.DEC),
  ["qkdlink.listAlarms.alarms.code"] = ProtoField.uint16("qkdlink.listAlarms.alarms.code", "alarms[].code", base.DEC),
  ["qkdlink.listAlarms.alarms.severity"] = ProtoField.uint8("qkdlink.listAlarms.alarms.severity", "alarms[].severity", base.DEC, { [0] = "minor", [1] = "major", [2] = "critical" }),
  ["qkdlink.listAlarms.alarms.level"] = ProtoField.uint8("qkdlink.listAlarms.alarms.level", "alarms[].level", base.DEC, { [0] = "operating", [1] = "absolute" }),
  ["qkdlink.listAlarms.alarms.value"] = ProtoField.double("qkdlink.listAlarms.alarms.value", "alarms[].value"),
  ["qkdlink.listAlarms.alarms.raisedMs"] = ProtoField.uint64("qkdlink.listAlarms.alarms.raisedMs", "alarms[].raisedMs", base.DEC),
  ["qkdlink.listAlarms.alarms.text"] = ProtoField.string("qkdlink.listAlarms.alarms.text", "alarms[].text"),
  ["qkdlink.listAlarms.alarms"] = ProtoField.none("qkdlink.listAlarms.alarms", "alarms"),
  ["qkdlink.selfTest.results.name"] = ProtoField.string("qkdlink.selfTest.results.name", "results[].name"),
  ["qkdlink.selfTest.results.outcome"] = ProtoField.uint8("qkdlink.selfTest.results.outcome", "results[].outcome", base.DEC, { [0] = "passed", [1] = "failed", [2] = "notRun" }),
  ["qkdlink.selfTest.results.value"] = ProtoField.double("qkdlink.selfTest.results.value", "results[].value"),
  ["qkdlink.selfTest.results.unit"] = ProtoField.string("qkdlink.selfTest.results.unit", "results[].unit"),
  ["qkdlink.selfTest.results.text"] = ProtoField.string("qkdlink.selfTest.results.text", "results[].text"),
  ["qkdlink.selfTest.results"] = ProtoField.none("qkdlink.selfTest.results", "results"),
  ["qkdlink.startCalibration.step"] = ProtoField.uint8("qkdlink.startCalibration.step", "step", base.DEC, { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" }),
  ["qkdlink.startCalibration.variant"] = ProtoField.uint8("qkdlink.startCalibration.variant", "variant", base.DEC, { [0] = "first", [1] = "full", [2] = "fast" }),
  ["qkdlink.startCalibration.run"] = ProtoField.uint32("qkdlink.startCalibration.run", "run", base.DEC),
  ["qkdlink.startCalibration.steps"] = ProtoField.uint8("qkdlink.startCalibration.steps", "steps", base.DEC),
  ["qkdlink.timeSync.t1Ns"] = ProtoField.uint64("qkdlink.timeSync.t1Ns", "t1Ns", base.DEC),
  ["qkdlink.timeSync.t2Ns"] = ProtoField.uint64("qkdlink.timeSync.t2Ns", "t2Ns", base.DEC),
  ["qkdlink.timeSync.t3Ns"] = ProtoField.uint64("qkdlink.timeSync.t3Ns", "t3Ns", base.DEC),
  ["qkdlink.reset.what"] = ProtoField.uint8("qkdlink.reset.what", "what", base.DEC, { [0] = "soft", [1] = "hard", [2] = "factory" }),
  ["qkdlink.identifyLed.durationS"] = ProtoField.uint16("qkdlink.identifyLed.durationS", "durationS", base.DEC),
  ["qkdlink.readLog.fromIndex"] = ProtoField.uint32("qkdlink.readLog.fromIndex", "fromIndex", base.DEC),
  ["qkdlink.readLog.maxEntries"] = ProtoField.uint16("qkdlink.readLog.maxEntries", "maxEntries", base.DEC),
  ["qkdlink.readLog.firstIndex"] = ProtoField.uint32("qkdlink.readLog.firstIndex", "firstIndex", base.DEC),
  ["qkdlink.readLog.nextIndex"] = ProtoField.uint32("qkdlink.readLog.nextIndex", "nextIndex", base.DEC),
  ["qkdlink.readLog.entries.index"] = ProtoField.uint32("qkdlink.readLog.entries.index", "entries[].index", base.DEC),
  ["qkdlink.readLog.entries.uptimeMs"] = ProtoField.uint64("qkdlink.readLog.entries.uptimeMs", "entries[].uptimeMs", base.DEC),
  ["qkdlink.readLog.entries.level"] = ProtoField.uint8("qkdlink.readLog.entries.level", "entries[].level", base.DEC, { [0] = "debug", [1] = "info", [2] = "warning", [3] = "error" }),
  ["qkdlink.readLog.entries.text"] = ProtoField.string("qkdlink.readLog.entries.text", "entries[].text"),
  ["qkdlink.readLog.entries"] = ProtoField.none("qkdlink.readLog.entries", "entries"),
  ["qkdlink.describe.calibratedAtS"] = ProtoField.uint64("qkdlink.describe.calibratedAtS", "calibratedAtS", base.DEC),
  ["qkdlink.describe.calibrationDueS"] = ProtoField.uint64("qkdlink.describe.calibrationDueS", "calibrationDueS", base.DEC),
  ["qkdlink.describe.meanPhotonsUncertainty"] = ProtoField.double("qkdlink.describe.meanPhotonsUncertainty", "meanPhotonsUncertainty"),
  ["qkdlink.describe.quantumNm"] = ProtoField.double("qkdlink.describe.quantumNm", "quantumNm"),
  ["qkdlink.describe.serviceNm"] = ProtoField.double("qkdlink.describe.serviceNm", "serviceNm"),
  ["qkdlink.describe.parts.name"] = ProtoField.string("qkdlink.describe.parts.name", "parts[].name"),
  ["qkdlink.describe.parts.model"] = ProtoField.string("qkdlink.describe.parts.model", "parts[].model"),
  ["qkdlink.describe.parts.serial"] = ProtoField.string("qkdlink.describe.parts.serial", "parts[].serial"),
  ["qkdlink.describe.parts"] = ProtoField.none("qkdlink.describe.parts", "parts"),
  ["qkdlink.describe.measurements"] = ProtoField.uint32("qkdlink.describe.measurements", "measurements", base.DEC),
  ["qkdlink.describe.histograms"] = ProtoField.uint32("qkdlink.describe.histograms", "histograms", base.DEC),
  ["qkdlink.describe.tunes"] = ProtoField.uint32("qkdlink.describe.tunes", "tunes", base.DEC),
  ["qkdlink.describe.commands"] = ProtoField.uint16("qkdlink.describe.commands", "commands", base.DEC),
  ["qkdlink.startMeasurement.kind"] = ProtoField.uint8("qkdlink.startMeasurement.kind", "kind", base.DEC, { [0] = "counts", [1] = "gateDelay", [2] = "phase", [3] = "attenuation" }),
  ["qkdlink.startMeasurement.from"] = ProtoField.double("qkdlink.startMeasurement.from", "from"),
  ["qkdlink.startMeasurement.to"] = ProtoField.double("qkdlink.startMeasurement.to", "to"),
  ["qkdlink.startMeasurement.points"] = ProtoField.uint16("qkdlink.startMeasurement.points", "points", base.DEC),
  ["qkdlink.startMeasurement.dwellMs"] = ProtoField.uint32("qkdlink.startMeasurement.dwellMs", "dwellMs", base.DEC),
  ["qkdlink.startMeasurement.run"] = ProtoField.uint32("qkdlink.startMeasurement.run", "run", base.DEC),
  ["qkdlink.stopMeasurement.run"] = ProtoField.uint32("qkdlink.stopMeasurement.run", "run", base.DEC),
  ["qkdlink.readHistogram.kind"] = ProtoField.uint8("qkdlink.readHistogram.kind", "kind", base.DEC, { [0] = "gap", [1] = "arrival" }),
  ["qkdlink.readHistogram.detector"] = ProtoField.uint8("qkdlink.readHistogram.detector", "detector", base.DEC),
  ["qkdlink.readHistogram.gates"] = ProtoField.uint64("qkdlink.readHistogram.gates", "gates", base.DEC),
  ["qkdlink.readHistogram.unit"] = ProtoField.string("qkdlink.readHistogram.unit", "unit"),
  ["qkdlink.readHistogram.firstBin"] = ProtoField.double("qkdlink.readHistogram.firstBin", "firstBin"),
  ["qkdlink.readHistogram.binWidth"] = ProtoField.double("qkdlink.readHistogram.binWidth", "binWidth"),
  ["qkdlink.readHistogram.below"] = ProtoField.uint64("qkdlink.readHistogram.below", "below", base.DEC),
  ["qkdlink.readHistogram.counts"] = ProtoField.uint64("qkdlink.readHistogram.counts", "counts", base.DEC),
  ["qkdlink.readHistogram.beyond"] = ProtoField.uint64("qkdlink.readHistogram.beyond", "beyond", base.DEC),
  ["qkdlink.tune.what"] = ProtoField.uint8("qkdlink.tune.what", "what", base.DEC, { [0] = "delay", [1] = "phase", [2] = "modulator", [3] = "bias" }),
  ["qkdlink.tune.mode"] = ProtoField.uint8("qkdlink.tune.mode", "mode", base.DEC, { [0] = "off", [1] = "once", [2] = "auto" }),
  ["qkdlink.tune.intervalS"] = ProtoField.uint16("qkdlink.tune.intervalS", "intervalS", base.DEC),
  ["qkdlink.tune.run"] = ProtoField.uint32("qkdlink.tune.run", "run", base.DEC),
  ["qkdlink.lease.holder"] = ProtoField.string("qkdlink.lease.holder", "holder"),
  ["qkdlink.lease.seconds"] = ProtoField.uint16("qkdlink.lease.seconds", "seconds", base.DEC),
  ["qkdlink.lease.ending"] = ProtoField.uint8("qkdlink.lease.ending", "ending", base.DEC, { [0] = "restore", [1] = "keep" }),
  ["qkdlink.lease.yours"] = ProtoField.uint8("qkdlink.lease.yours", "yours", base.DEC, { [0] = "no", [1] = "yes" }),
  ["qkdlink.rawKeyQtx.sessionNumber"] = ProtoField.uint32("qkdlink.rawKeyQtx.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.rawKeyQtx.frameId"] = ProtoField.uint32("qkdlink.rawKeyQtx.frameId", "frameId", base.DEC),
  ["qkdlink.rawKeyQtx.firstGate"] = ProtoField.uint64("qkdlink.rawKeyQtx.firstGate", "firstGate", base.DEC),
  ["qkdlink.rawKeyQtx.gateCount"] = ProtoField.uint64("qkdlink.rawKeyQtx.gateCount", "gateCount", base.DEC),
  ["qkdlink.rawKeyQtx.detections"] = ProtoField.uint32("qkdlink.rawKeyQtx.detections", "detections", base.DEC),
  ["qkdlink.rawKeyQtx.droppedFrames"] = ProtoField.uint32("qkdlink.rawKeyQtx.droppedFrames", "droppedFrames", base.DEC),
  ["qkdlink.rawKeyQtx.gateDigest"] = ProtoField.bytes("qkdlink.rawKeyQtx.gateDigest", "gateDigest"),
  ["qkdlink.rawKeyQtx.sent"] = ProtoField.uint64("qkdlink.rawKeyQtx.sent", "sent", base.DEC),
  ["qkdlink.rawKeyQtx.planes.basis"] = ProtoField.uint32("qkdlink.rawKeyQtx.planes.basis", "planes.basis, bytes not shown", base.DEC),
  ["qkdlink.rawKeyQtx.planes.bit"] = ProtoField.uint32("qkdlink.rawKeyQtx.planes.bit", "planes.bit, bytes not shown", base.DEC),
  ["qkdlink.rawKeyQtx.planes.intensityLow"] = ProtoField.uint32("qkdlink.rawKeyQtx.planes.intensityLow", "planes.intensityLow, bytes not shown", base.DEC),
  ["qkdlink.rawKeyQtx.planes.intensityHigh"] = ProtoField.uint32("qkdlink.rawKeyQtx.planes.intensityHigh", "planes.intensityHigh, bytes not shown", base.DEC),
  ["qkdlink.rawKeyQrx.sessionNumber"] = ProtoField.uint32("qkdlink.rawKeyQrx.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.rawKeyQrx.frameId"] = ProtoField.uint32("qkdlink.rawKeyQrx.frameId", "frameId", base.DEC),
  ["qkdlink.rawKeyQrx.firstGate"] = ProtoField.uint64("qkdlink.rawKeyQrx.firstGate", "firstGate", base.DEC),
  ["qkdlink.rawKeyQrx.gateCount"] = ProtoField.uint64("qkdlink.rawKeyQrx.gateCount", "gateCount", base.DEC),
  ["qkdlink.rawKeyQrx.detections"] = ProtoField.uint32("qkdlink.rawKeyQrx.detections", "detections", base.DEC),
  ["qkdlink.rawKeyQrx.droppedFrames"] = ProtoField.uint32("qkdlink.rawKeyQrx.droppedFrames", "droppedFrames", base.DEC),
  ["qkdlink.rawKeyQrx.gateDigest"] = ProtoField.bytes("qkdlink.rawKeyQrx.gateDigest", "gateDigest"),
  ["qkdlink.rawKeyQrx.clicksDetector0"] = ProtoField.uint64("qkdlink.rawKeyQrx.clicksDetector0", "clicksDetector0", base.DEC),
  ["qkdlink.rawKeyQrx.clicksDetector1"] = ProtoField.uint64("qkdlink.rawKeyQrx.clicksDetector1", "clicksDetector1", base.DEC),
  ["qkdlink.rawKeyQrx.doubleClicks"] = ProtoField.uint64("qkdlink.rawKeyQrx.doubleClicks", "doubleClicks", base.DEC),
  ["qkdlink.rawKeyQrx.deadGates"] = ProtoField.uint64("qkdlink.rawKeyQrx.deadGates", "deadGates", base.DEC),
  ["qkdlink.rawKeyQrx.photocurrentNa"] = ProtoField.double("qkdlink.rawKeyQrx.photocurrentNa", "photocurrentNa"),
  ["qkdlink.rawKeyQrx.planes.basis"] = ProtoField.uint32("qkdlink.rawKeyQrx.planes.basis", "planes.basis, bytes not shown", base.DEC),
  ["qkdlink.rawKeyQrx.planes.bit"] = ProtoField.uint32("qkdlink.rawKeyQrx.planes.bit", "planes.bit, bytes not shown", base.DEC),
  ["qkdlink.status.state"] = ProtoField.uint8("qkdlink.status.state", "state", base.DEC, { [0] = "idle", [1] = "calibrating", [2] = "online", [3] = "error" }),
  ["qkdlink.status.uptimeMs"] = ProtoField.uint64("qkdlink.status.uptimeMs", "uptimeMs", base.DEC),
  ["qkdlink.status.sessionNumber"] = ProtoField.uint32("qkdlink.status.sessionNumber", "sessionNumber", base.DEC),
  ["qkdlink.status.qberPpm"] = ProtoField.uint32("qkdlink.status.qberPpm", "qberPpm", base.DEC),
  ["qkdlink.status.visibility"] = ProtoField.double("qkdlink.status.visibility", "visibility"),
  ["qkdlink.status.countRate0Hz"] = ProtoField.double("qkdlink.status.countRate0Hz", "countRate0Hz"),
  ["qkdlink.status.countRate1Hz"] = ProtoField.double("qkdlink.status.countRate1Hz", "countRate1Hz"),
  ["qkdlink.status.laserTemperatureC"] = ProtoField.double("qkdlink.status.laserTemperatureC", "laserTemperatureC"),
  ["qkdlink.status.detectorTemperatureC"] = ProtoField.double("qkdlink.status.detectorTemperatureC", "detectorTemperatureC"),
  ["qkdlink.status.internalTemperatureC"] = ProtoField.double("qkdlink.status.internalTemperatureC", "internalTemperatureC"),
  ["qkdlink.status.framesProduced"] = ProtoField.uint64("qkdlink.status.framesProduced", "framesProduced", base.DEC),
  ["qkdlink.status.framesSent"] = ProtoField.uint64("qkdlink.status.framesSent", "framesSent", base.DEC),
  ["qkdlink.status.framesDropped"] = ProtoField.uint64("qkdlink.status.framesDropped", "framesDropped", base.DEC),
  ["qkdlink.status.detectionsDropped"] = ProtoField.uint64("qkdlink.status.detectionsDropped", "detectionsDropped", base.DEC),
  ["qkdlink.status.frameErrors"] = ProtoField.uint32("qkdlink.status.frameErrors", "frameErrors", base.DEC),
  ["qkdlink.status.requestErrors"] = ProtoField.uint32("qkdlink.status.requestErrors", "requestErrors", base.DEC),
  ["qkdlink.status.activeAlarms"] = ProtoField.uint32("qkdlink.status.activeAlarms", "activeAlarms", base.DEC),
  ["qkdlink.alarm.transition"] = ProtoField.uint8("qkdlink.alarm.transition", "transition", base.DEC, { [0] = "cleared", [1] = "raised" }),
  ["qkdlink.alarm.code"] = ProtoField.uint16("qkdlink.alarm.code", "code", base.DEC),
  ["qkdlink.alarm.severity"] = ProtoField.uint8("qkdlink.alarm.severity", "severity", base.DEC, { [0] = "minor", [1] = "major", [2] = "critical" }),
  ["qkdlink.alarm.level"] = ProtoField.uint8("qkdlink.alarm.level", "level", base.DEC, { [0] = "operating", [1] = "absolute" }),
  ["qkdlink.alarm.value"] = ProtoField.double("qkdlink.alarm.value", "value"),
  ["qkdlink.alarm.raisedMs"] = ProtoField.uint64("qkdlink.alarm.raisedMs", "raisedMs", base.DEC),
  ["qkdlink.alarm.text"] = ProtoField.string("qkdlink.alarm.text", "text"),
  ["qkdlink.calibrationProgress.run"] = ProtoField.uint32("qkdlink.calibrationProgress.run", "run", base.DEC),
  ["qkdlink.calibrationProgress.step"] = ProtoField.uint8("qkdlink.calibrationProgress.step", "step", base.DEC, { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" }),
  ["qkdlink.calibrationProgress.percent"] = ProtoField.uint8("qkdlink.calibrationProgress.percent", "percent", base.DEC),
  ["qkdlink.calibrationProgress.text"] = ProtoField.string("qkdlink.calibrationProgress.text", "text"),
  ["qkdlink.calibrationResult.run"] = ProtoField.uint32("qkdlink.calibrationResult.run", "run", base.DEC),
  ["qkdlink.calibrationResult.step"] = ProtoField.uint8("qkdlink.calibrationResult.step", "step", base.DEC, { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" }),
  ["qkdlink.calibrationResult.outcome"] = ProtoField.uint8("qkdlink.calibrationResult.outcome", "outcome", base.DEC, { [0] = "passed", [1] = "failed", [2] = "aborted" }),
  ["qkdlink.calibrationResult.value"] = ProtoField.double("qkdlink.calibrationResult.value", "value"),
  ["qkdlink.calibrationResult.unit"] = ProtoField.string("qkdlink.calibrationResult.unit", "unit"),
  ["qkdlink.calibrationResult.text"] = ProtoField.string("qkdlink.calibrationResult.text", "text"),
  ["qkdlink.measurementPoint.run"] = ProtoField.uint32("qkdlink.measurementPoint.run", "run", base.DEC),
  ["qkdlink.measurementPoint.index"] = ProtoField.uint16("qkdlink.measurementPoint.index", "index", base.DEC),
  ["qkdlink.measurementPoint.x"] = ProtoField.double("qkdlink.measurementPoint.x", "x"),
  ["qkdlink.measurementPoint.gates"] = ProtoField.uint64("qkdlink.measurementPoint.gates", "gates", base.DEC),
  ["qkdlink.measurementPoint.blindGates"] = ProtoField.uint64("qkdlink.measurementPoint.blindGates", "blindGates", base.DEC),
  ["qkdlink.measurementPoint.clicks"] = ProtoField.uint64("qkdlink.measurementPoint.clicks", "clicks", base.DEC),
  ["qkdlink.measurementPoint.doubles"] = ProtoField.uint64("qkdlink.measurementPoint.doubles", "doubles", base.DEC),
  ["qkdlink.measurementPoint.sent"] = ProtoField.uint64("qkdlink.measurementPoint.sent", "sent", base.DEC),
  ["qkdlink.measurementPoint.cells"] = ProtoField.uint64("qkdlink.measurementPoint.cells", "cells", base.DEC),
  ["qkdlink.measurementEnded.run"] = ProtoField.uint32("qkdlink.measurementEnded.run", "run", base.DEC),
  ["qkdlink.measurementEnded.outcome"] = ProtoField.uint8("qkdlink.measurementEnded.outcome", "outcome", base.DEC, { [0] = "completed", [1] = "stopped", [2] = "aborted" }),
  ["qkdlink.measurementEnded.text"] = ProtoField.string("qkdlink.measurementEnded.text", "text"),
  ["qkdlink.tuned.run"] = ProtoField.uint32("qkdlink.tuned.run", "run", base.DEC),
  ["qkdlink.tuned.what"] = ProtoField.uint8("qkdlink.tuned.what", "what", base.DEC, { [0] = "delay", [1] = "phase", [2] = "modulator", [3] = "bias" }),
  ["qkdlink.tuned.outcome"] = ProtoField.uint8("qkdlink.tuned.outcome", "outcome", base.DEC, { [0] = "adjusted", [1] = "unchanged", [2] = "failed" }),
  ["qkdlink.tuned.from"] = ProtoField.double("qkdlink.tuned.from", "from"),
  ["qkdlink.tuned.to"] = ProtoField.double("qkdlink.tuned.to", "to"),
  ["qkdlink.tuned.unit"] = ProtoField.string("qkdlink.tuned.unit", "unit"),
  ["qkdlink.tuned.text"] = ProtoField.string("qkdlink.tuned.text", "text"),
  ["qkdlink.error.code"] = ProtoField.uint16("qkdlink.error.code", "code", base.DEC, { [1] = "unknownOpcode", [2] = "badPayload", [3] = "badParameter", [4] = "readOnly", [5] = "outOfRange", [6] = "busy", [7] = "wrongState", [8] = "notSupported", [9] = "internal" }),
  ["qkdlink.error.text"] = ProtoField.string("qkdlink.error.text", "text"),
  ["qkdlink.connection.hello.magic"] = ProtoField.string("qkdlink.connection.hello.magic", "magic"),
  ["qkdlink.connection.hello.version"] = ProtoField.uint16("qkdlink.connection.hello.version", "version", base.DEC),
  ["qkdlink.connection.hello.site"] = ProtoField.uint8("qkdlink.connection.hello.site", "site", base.DEC, { [0] = "alice", [1] = "bob" }),
  ["qkdlink.connection.hello.linkId"] = ProtoField.string("qkdlink.connection.hello.linkId", "linkId"),
  ["qkdlink.connection.hello.nonce"] = ProtoField.bytes("qkdlink.connection.hello.nonce", "nonce"),
  ["qkdlink.connection.hello.secretId"] = ProtoField.bytes("qkdlink.connection.hello.secretId", "secretId"),
  ["qkdlink.connection.hello.authRecovery"] = ProtoField.uint8("qkdlink.connection.hello.authRecovery", "authRecovery", base.DEC, { [0] = "manual", [1] = "computational" }),
  ["qkdlink.connection.hello.kem"] = ProtoField.uint8("qkdlink.connection.hello.kem", "kem", base.DEC, { [0] = "ML-KEM-768", [1] = "ML-KEM-1024" }),
  ["qkdlink.connection.hello.combiner"] = ProtoField.uint8("qkdlink.connection.hello.combiner", "combiner", base.DEC, { [0] = "kdf", [1] = "xor" }),
  ["qkdlink.connection.proof.proof"] = ProtoField.uint32("qkdlink.connection.proof.proof", "proof, bytes not shown", base.DEC),
  ["qkdlink.agreement.open.atMs"] = ProtoField.uint64("qkdlink.agreement.open.atMs", "atMs", base.DEC),
  ["qkdlink.agreement.open.lost.origin"] = ProtoField.uint8("qkdlink.agreement.open.lost.origin", "lost[].origin", base.DEC, { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" }),
  ["qkdlink.agreement.open.lost.first"] = ProtoField.uint64("qkdlink.agreement.open.lost.first", "lost[].first", base.DEC),
  ["qkdlink.agreement.open.lost.last"] = ProtoField.uint64("qkdlink.agreement.open.lost.last", "lost[].last", base.DEC),
  ["qkdlink.agreement.open.lost"] = ProtoField.none("qkdlink.agreement.open.lost", "lost"),
  ["qkdlink.agreement.stored.blocks.blockId"] = ProtoField.bytes("qkdlink.agreement.stored.blocks.blockId", "blocks[].blockId"),
  ["qkdlink.agreement.stored.blocks.origin"] = ProtoField.uint8("qkdlink.agreement.stored.blocks.origin", "blocks[].origin", base.DEC, { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" }),
  ["qkdlink.agreement.stored.blocks.sequence"] = ProtoField.uint64("qkdlink.agreement.stored.blocks.sequence", "blocks[].sequence", base.DEC),
  ["qkdlink.agreement.stored.blocks.provenance"] = ProtoField.bytes("qkdlink.agreement.stored.blocks.provenance", "blocks[].provenance"),
  ["qkdlink.agreement.stored.blocks.lackBytes"] = ProtoField.uint64("qkdlink.agreement.stored.blocks.lackBytes", "blocks[].lackBytes", base.DEC),
  ["qkdlink.agreement.stored.blocks.tag"] = ProtoField.uint32("qkdlink.agreement.stored.blocks.tag", "blocks[].tag, bytes not shown", base.DEC),
  ["qkdlink.agreement.stored.blocks"] = ProtoField.none("qkdlink.agreement.stored.blocks", "blocks"),
  ["qkdlink.agreement.ask.blocks.blockId"] = ProtoField.bytes("qkdlink.agreement.ask.blocks.blockId", "blocks[].blockId"),
  ["qkdlink.agreement.ask.blocks.origin"] = ProtoField.uint8("qkdlink.agreement.ask.blocks.origin", "blocks[].origin", base.DEC, { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" }),
  ["qkdlink.agreement.ask.blocks.sequence"] = ProtoField.uint64("qkdlink.agreement.ask.blocks.sequence", "blocks[].sequence", base.DEC),
  ["qkdlink.agreement.ask.blocks.provenance"] = ProtoField.bytes("qkdlink.agreement.ask.blocks.provenance", "blocks[].provenance"),
  ["qkdlink.agreement.ask.blocks.lackBytes"] = ProtoField.uint64("qkdlink.agreement.ask.blocks.lackBytes", "blocks[].lackBytes", base.DEC),
  ["qkdlink.agreement.ask.blocks.tag"] = ProtoField.uint32("qkdlink.agreement.ask.blocks.tag", "blocks[].tag, bytes not shown", base.DEC),
  ["qkdlink.agreement.ask.blocks"] = ProtoField.none("qkdlink.agreement.ask.blocks", "blocks"),
  ["qkdlink.agreement.released.blocks.blockId"] = ProtoField.bytes("qkdlink.agreement.released.blocks.blockId", "blocks[].blockId"),
  ["qkdlink.agreement.released.blocks.boundaryBytes"] = ProtoField.uint32("qkdlink.agreement.released.blocks.boundaryBytes", "blocks[].boundaryBytes", base.DEC),
  ["qkdlink.agreement.released.blocks.tag"] = ProtoField.uint32("qkdlink.agreement.released.blocks.tag", "blocks[].tag, bytes not shown", base.DEC),
  ["qkdlink.agreement.released.blocks"] = ProtoField.none("qkdlink.agreement.released.blocks", "blocks"),
  ["qkdlink.agreement.absent.blocks.blockId"] = ProtoField.bytes("qkdlink.agreement.absent.blocks.blockId", "blocks[].blockId"),
  ["qkdlink.agreement.absent.blocks"] = ProtoField.none("qkdlink.agreement.absent.blocks", "blocks"),
  ["qkdlink.agreement.heard.blocks.blockId"] = ProtoField.bytes("qkdlink.agreement.heard.blocks.blockId", "blocks[].blockId"),
  ["qkdlink.agreement.heard.blocks"] = ProtoField.none("qkdlink.agreement.heard.blocks", "blocks"),
  ["qkdlink.agreement.gone.notices.number"] = ProtoField.uint64("qkdlink.agreement.gone.notices.number", "notices[].number", base.DEC),
  ["qkdlink.agreement.gone.notices.blockId"] = ProtoField.bytes("qkdlink.agreement.gone.notices.blockId", "notices[].blockId"),
  ["qkdlink.agreement.gone.notices.reason"] = ProtoField.uint8("qkdlink.agreement.gone.notices.reason", "notices[].reason", base.DEC, { [0] = "handedOut", [1] = "expired", [2] = "damaged", [3] = "lost", [4] = "tagWrong", [5] = "burnt" }),
  ["qkdlink.agreement.gone.notices.past"] = ProtoField.uint32("qkdlink.agreement.gone.notices.past", "notices[].past", base.DEC),
  ["qkdlink.agreement.gone.notices"] = ProtoField.none("qkdlink.agreement.gone.notices", "notices"),
  ["qkdlink.agreement.goneHeard.notices.number"] = ProtoField.uint64("qkdlink.agreement.goneHeard.notices.number", "notices[].number", base.DEC),
  ["qkdlink.agreement.goneHeard.notices"] = ProtoField.none("qkdlink.agreement.goneHeard.notices", "notices"),
  ["qkdlink.distillation.hello.role"] = ProtoField.uint8("qkdlink.distillation.hello.role", "role", base.DEC, { [0] = "alice", [1] = "bob" }),
  ["qkdlink.distillation.hello.settingsDigest"] = ProtoField.bytes("qkdlink.distillation.hello.settingsDigest", "settingsDigest"),
  ["qkdlink.distillation.hello.nonce"] = ProtoField.bytes("qkdlink.distillation.hello.nonce", "nonce"),
  ["qkdlink.distillation.hello.echo"] = ProtoField.bytes("qkdlink.distillation.hello.echo", "echo"),
  ["qkdlink.distillation.hello.nextSequence"] = ProtoField.uint64("qkdlink.distillation.hello.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.distillation.hello.closing.blockId"] = ProtoField.bytes("qkdlink.distillation.hello.closing.blockId", "closing[].blockId"),
  ["qkdlink.distillation.hello.closing"] = ProtoField.none("qkdlink.distillation.hello.closing", "closing"),
  ["qkdlink.distillation.offer.sequence"] = ProtoField.uint64("qkdlink.distillation.offer.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.offer.offset"] = ProtoField.uint64("qkdlink.distillation.offer.offset", "offset", base.DEC),
  ["qkdlink.distillation.have.number"] = ProtoField.uint64("qkdlink.distillation.have.number", "number", base.DEC),
  ["qkdlink.distillation.have.firstGate"] = ProtoField.uint64("qkdlink.distillation.have.firstGate", "firstGate", base.DEC),
  ["qkdlink.distillation.have.gateCount"] = ProtoField.uint64("qkdlink.distillation.have.gateCount", "gateCount", base.DEC),
  ["qkdlink.distillation.have.detections"] = ProtoField.uint32("qkdlink.distillation.have.detections", "detections", base.DEC),
  ["qkdlink.distillation.have.gateDigest"] = ProtoField.bytes("qkdlink.distillation.have.gateDigest", "gateDigest"),
  ["qkdlink.distillation.omit.number"] = ProtoField.uint64("qkdlink.distillation.omit.number", "number", base.DEC),
  ["qkdlink.distillation.omit.reason"] = ProtoField.uint8("qkdlink.distillation.omit.reason", "reason", base.DEC, { [0] = "missing", [1] = "digest", [2] = "refused" }),
  ["qkdlink.distillation.agree.sequence"] = ProtoField.uint64("qkdlink.distillation.agree.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.agree.heard"] = ProtoField.uint32("qkdlink.distillation.agree.heard", "heard", base.DEC),
  ["qkdlink.distillation.agree.last"] = ProtoField.uint64("qkdlink.distillation.agree.last", "last", base.DEC),
  ["qkdlink.distillation.agree.frames"] = ProtoField.uint32("qkdlink.distillation.agree.frames", "frames", base.DEC),
  ["qkdlink.distillation.agree.detections"] = ProtoField.uint64("qkdlink.distillation.agree.detections", "detections", base.DEC),
  ["qkdlink.distillation.agree.flushed"] = ProtoField.uint8("qkdlink.distillation.agree.flushed", "flushed", base.DEC, { [0] = "no", [1] = "yes" }),
  ["qkdlink.distillation.agree.listDigest"] = ProtoField.bytes("qkdlink.distillation.agree.listDigest", "listDigest"),
  ["qkdlink.distillation.sift.sequence"] = ProtoField.uint64("qkdlink.distillation.sift.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.sift.heard"] = ProtoField.uint32("qkdlink.distillation.sift.heard", "heard", base.DEC),
  ["qkdlink.distillation.sift.frame"] = ProtoField.uint32("qkdlink.distillation.sift.frame", "frame", base.DEC),
  ["qkdlink.distillation.sift.doubleClicks"] = ProtoField.uint64("qkdlink.distillation.sift.doubleClicks", "doubleClicks", base.DEC),
  ["qkdlink.distillation.sift.photocurrentNa"] = ProtoField.double("qkdlink.distillation.sift.photocurrentNa", "photocurrentNa"),
  ["qkdlink.distillation.sift.detections"] = ProtoField.uint32("qkdlink.distillation.sift.detections", "detections", base.DEC),
  ["qkdlink.distillation.sift.basis"] = ProtoField.uint32("qkdlink.distillation.sift.basis", "basis, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.sequence"] = ProtoField.uint64("qkdlink.distillation.siftReply.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.siftReply.heard"] = ProtoField.uint32("qkdlink.distillation.siftReply.heard", "heard", base.DEC),
  ["qkdlink.distillation.siftReply.frame"] = ProtoField.uint32("qkdlink.distillation.siftReply.frame", "frame", base.DEC),
  ["qkdlink.distillation.siftReply.sent"] = ProtoField.uint64("qkdlink.distillation.siftReply.sent", "sent", base.DEC),
  ["qkdlink.distillation.siftReply.detections"] = ProtoField.uint32("qkdlink.distillation.siftReply.detections", "detections", base.DEC),
  ["qkdlink.distillation.siftReply.basis"] = ProtoField.uint32("qkdlink.distillation.siftReply.basis", "basis, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.zBits"] = ProtoField.uint32("qkdlink.distillation.siftReply.zBits", "zBits", base.DEC),
  ["qkdlink.distillation.siftReply.zDecoys"] = ProtoField.uint32("qkdlink.distillation.siftReply.zDecoys", "zDecoys", base.DEC),
  ["qkdlink.distillation.siftReply.zDecoy"] = ProtoField.uint32("qkdlink.distillation.siftReply.zDecoy", "zDecoy, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.zVacuum"] = ProtoField.uint32("qkdlink.distillation.siftReply.zVacuum", "zVacuum, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.xBits"] = ProtoField.uint32("qkdlink.distillation.siftReply.xBits", "xBits", base.DEC),
  ["qkdlink.distillation.siftReply.xDecoys"] = ProtoField.uint32("qkdlink.distillation.siftReply.xDecoys", "xDecoys", base.DEC),
  ["qkdlink.distillation.siftReply.xDecoy"] = ProtoField.uint32("qkdlink.distillation.siftReply.xDecoy", "xDecoy, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.xVacuum"] = ProtoField.uint32("qkdlink.distillation.siftReply.xVacuum", "xVacuum, bytes not shown", base.DEC),
  ["qkdlink.distillation.siftReply.xBit"] = ProtoField.uint32("qkdlink.distillation.siftReply.xBit", "xBit, bytes not shown", base.DEC),
  ["qkdlink.distillation.reconcile.sequence"] = ProtoField.uint64("qkdlink.distillation.reconcile.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.reconcile.heard"] = ProtoField.uint32("qkdlink.distillation.reconcile.heard", "heard", base.DEC),
  ["qkdlink.distillation.reconcile.qberPpm"] = ProtoField.uint32("qkdlink.distillation.reconcile.qberPpm", "qberPpm", base.DEC),
  ["qkdlink.distillation.reconcile.seed"] = ProtoField.bytes("qkdlink.distillation.reconcile.seed", "seed"),
  ["qkdlink.distillation.parities.sequence"] = ProtoField.uint64("qkdlink.distillation.parities.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.parities.heard"] = ProtoField.uint32("qkdlink.distillation.parities.heard", "heard", base.DEC),
  ["qkdlink.distillation.parities.entries.cohort"] = ProtoField.uint32("qkdlink.distillation.parities.entries.cohort", "entries[].cohort", base.DEC),
  ["qkdlink.distillation.parities.entries.round"] = ProtoField.uint32("qkdlink.distillation.parities.entries.round", "entries[].round", base.DEC),
  ["qkdlink.distillation.parities.entries.parities"] = ProtoField.bytes("qkdlink.distillation.parities.entries.parities", "entries[].parities"),
  ["qkdlink.distillation.parities.entries"] = ProtoField.none("qkdlink.distillation.parities.entries", "entries"),
  ["qkdlink.distillation.verify.sequence"] = ProtoField.uint64("qkdlink.distillation.verify.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.verify.heard"] = ProtoField.uint32("qkdlink.distillation.verify.heard", "heard", base.DEC),
  ["qkdlink.distillation.verify.cohort"] = ProtoField.uint32("qkdlink.distillation.verify.cohort", "cohort", base.DEC),
  ["qkdlink.distillation.verify.attempt"] = ProtoField.uint8("qkdlink.distillation.verify.attempt", "attempt", base.DEC),
  ["qkdlink.distillation.verify.hashKey"] = ProtoField.bytes("qkdlink.distillation.verify.hashKey", "hashKey"),
  ["qkdlink.distillation.verify.tag"] = ProtoField.uint32("qkdlink.distillation.verify.tag", "tag, bytes not shown", base.DEC),
  ["qkdlink.distillation.verdict.sequence"] = ProtoField.uint64("qkdlink.distillation.verdict.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.verdict.heard"] = ProtoField.uint32("qkdlink.distillation.verdict.heard", "heard", base.DEC),
  ["qkdlink.distillation.verdict.cohort"] = ProtoField.uint32("qkdlink.distillation.verdict.cohort", "cohort", base.DEC),
  ["qkdlink.distillation.verdict.attempt"] = ProtoField.uint8("qkdlink.distillation.verdict.attempt", "attempt", base.DEC),
  ["qkdlink.distillation.verdict.verdict"] = ProtoField.uint8("qkdlink.distillation.verdict.verdict", "verdict", base.DEC, { [0] = "equal", [1] = "extend", [2] = "discard" }),
  ["qkdlink.distillation.disclose.sequence"] = ProtoField.uint64("qkdlink.distillation.disclose.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.disclose.heard"] = ProtoField.uint32("qkdlink.distillation.disclose.heard", "heard", base.DEC),
  ["qkdlink.distillation.disclose.cohort"] = ProtoField.uint32("qkdlink.distillation.disclose.cohort", "cohort", base.DEC),
  ["qkdlink.distillation.disclose.bits"] = ProtoField.uint32("qkdlink.distillation.disclose.bits", "bits", base.DEC),
  ["qkdlink.distillation.disclose.plane"] = ProtoField.uint32("qkdlink.distillation.disclose.plane", "plane, bytes not shown", base.DEC),
  ["qkdlink.distillation.estimates.sequence"] = ProtoField.uint64("qkdlink.distillation.estimates.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.estimates.heard"] = ProtoField.uint32("qkdlink.distillation.estimates.heard", "heard", base.DEC),
  ["qkdlink.distillation.estimates.sent"] = ProtoField.uint64("qkdlink.distillation.estimates.sent", "sent", base.DEC),
  ["qkdlink.distillation.estimates.sifted"] = ProtoField.uint64("qkdlink.distillation.estimates.sifted", "sifted", base.DEC),
  ["qkdlink.distillation.estimates.errors"] = ProtoField.uint64("qkdlink.distillation.estimates.errors", "errors", base.DEC),
  ["qkdlink.distillation.amplify.sequence"] = ProtoField.uint64("qkdlink.distillation.amplify.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.amplify.heard"] = ProtoField.uint32("qkdlink.distillation.amplify.heard", "heard", base.DEC),
  ["qkdlink.distillation.amplify.reason"] = ProtoField.uint8("qkdlink.distillation.amplify.reason", "reason", base.DEC, { [0] = "none", [1] = "leakAboveMaximum", [2] = "noSecretKey", [3] = "correctnessBound" }),
  ["qkdlink.distillation.amplify.secretBits"] = ProtoField.uint64("qkdlink.distillation.amplify.secretBits", "secretBits", base.DEC),
  ["qkdlink.distillation.amplify.leakBits"] = ProtoField.uint64("qkdlink.distillation.amplify.leakBits", "leakBits", base.DEC),
  ["qkdlink.distillation.amplify.createdAtMs"] = ProtoField.uint64("qkdlink.distillation.amplify.createdAtMs", "createdAtMs", base.DEC),
  ["qkdlink.distillation.amplify.authBytes"] = ProtoField.uint32("qkdlink.distillation.amplify.authBytes", "authBytes", base.DEC),
  ["qkdlink.distillation.seed.sequence"] = ProtoField.uint64("qkdlink.distillation.seed.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.seed.heard"] = ProtoField.uint32("qkdlink.distillation.seed.heard", "heard", base.DEC),
  ["qkdlink.distillation.seed.offset"] = ProtoField.uint32("qkdlink.distillation.seed.offset", "offset", base.DEC),
  ["qkdlink.distillation.seed.bytes"] = ProtoField.bytes("qkdlink.distillation.seed.bytes", "bytes"),
  ["qkdlink.distillation.tag.sequence"] = ProtoField.uint64("qkdlink.distillation.tag.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.tag.tag"] = ProtoField.uint32("qkdlink.distillation.tag.tag", "tag, bytes not shown", base.DEC),
  ["qkdlink.distillation.done.sequence"] = ProtoField.uint64("qkdlink.distillation.done.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.refuse.sequence"] = ProtoField.uint64("qkdlink.distillation.refuse.sequence", "sequence", base.DEC),
  ["qkdlink.distillation.refuse.offset"] = ProtoField.uint64("qkdlink.distillation.refuse.offset", "offset", base.DEC),
  ["qkdlink.pqc.want.blocks"] = ProtoField.uint32("qkdlink.pqc.want.blocks", "blocks", base.DEC),
  ["qkdlink.pqc.want.nextSequence"] = ProtoField.uint32("qkdlink.pqc.want.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.pqc.offer.blockId"] = ProtoField.bytes("qkdlink.pqc.offer.blockId", "blockId"),
  ["qkdlink.pqc.offer.sequence"] = ProtoField.uint32("qkdlink.pqc.offer.sequence", "sequence", base.DEC),
  ["qkdlink.pqc.offer.createdAtMs"] = ProtoField.uint64("qkdlink.pqc.offer.createdAtMs", "createdAtMs", base.DEC),
  ["qkdlink.pqc.offer.blockBytes"] = ProtoField.uint32("qkdlink.pqc.offer.blockBytes", "blockBytes", base.DEC),
  ["qkdlink.pqc.offer.kem"] = ProtoField.uint8("qkdlink.pqc.offer.kem", "kem", base.DEC, { [0] = "ML-KEM-768", [1] = "ML-KEM-1024" }),
  ["qkdlink.pqc.offer.publicKey"] = ProtoField.bytes("qkdlink.pqc.offer.publicKey", "publicKey"),
  ["qkdlink.pqc.answer.blockId"] = ProtoField.bytes("qkdlink.pqc.answer.blockId", "blockId"),
  ["qkdlink.pqc.answer.ciphertext"] = ProtoField.uint32("qkdlink.pqc.answer.ciphertext", "ciphertext, bytes not shown", base.DEC),
  ["qkdlink.pqc.answer.mac"] = ProtoField.uint32("qkdlink.pqc.answer.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.pqc.confirm.blockId"] = ProtoField.bytes("qkdlink.pqc.confirm.blockId", "blockId"),
  ["qkdlink.pqc.confirm.mac"] = ProtoField.uint32("qkdlink.pqc.confirm.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.pqc.refuse.blockId"] = ProtoField.bytes("qkdlink.pqc.refuse.blockId", "blockId"),
  ["qkdlink.pqc.refuse.nextSequence"] = ProtoField.uint32("qkdlink.pqc.refuse.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.relay.hop.sender"] = ProtoField.string("qkdlink.relay.hop.sender", "sender"),
  ["qkdlink.relay.hop.receiver"] = ProtoField.string("qkdlink.relay.hop.receiver", "receiver"),
  ["qkdlink.relay.hop.blockId"] = ProtoField.bytes("qkdlink.relay.hop.blockId", "blockId"),
  ["qkdlink.relay.hop.nonce"] = ProtoField.bytes("qkdlink.relay.hop.nonce", "nonce"),
  ["qkdlink.relay.hop.sequence"] = ProtoField.uint32("qkdlink.relay.hop.sequence", "sequence", base.DEC),
  ["qkdlink.relay.hop.createdAtMs"] = ProtoField.uint64("qkdlink.relay.hop.createdAtMs", "createdAtMs", base.DEC),
  ["qkdlink.relay.hop.blockBytes"] = ProtoField.uint32("qkdlink.relay.hop.blockBytes", "blockBytes", base.DEC),
  ["qkdlink.relay.hop.secrecy"] = ProtoField.double("qkdlink.relay.hop.secrecy", "secrecy"),
  ["qkdlink.relay.hop.correctness"] = ProtoField.double("qkdlink.relay.hop.correctness", "correctness"),
  ["qkdlink.relay.hop.authentication"] = ProtoField.double("qkdlink.relay.hop.authentication", "authentication"),
  ["qkdlink.relay.hop.auth"] = ProtoField.uint8("qkdlink.relay.hop.auth", "auth", base.DEC, { [0] = "information-theoretic", [1] = "computational" }),
  ["qkdlink.relay.hop.shares.path"] = ProtoField.string("qkdlink.relay.hop.shares.path", "shares[].path"),
  ["qkdlink.relay.hop.shares"] = ProtoField.none("qkdlink.relay.hop.shares", "shares"),
  ["qkdlink.relay.hop.share"] = ProtoField.uint8("qkdlink.relay.hop.share", "share", base.DEC),
  ["qkdlink.relay.hop.position"] = ProtoField.uint8("qkdlink.relay.hop.position", "position", base.DEC),
  ["qkdlink.relay.hop.rank"] = ProtoField.uint8("qkdlink.relay.hop.rank", "rank", base.DEC, { [0] = "critical", [1] = "ordinary", [2] = "background" }),
  ["qkdlink.relay.hop.leftMs"] = ProtoField.uint32("qkdlink.relay.hop.leftMs", "leftMs", base.DEC),
  ["qkdlink.relay.hop.traceId"] = ProtoField.bytes("qkdlink.relay.hop.traceId", "traceId"),
  ["qkdlink.relay.hop.spanId"] = ProtoField.bytes("qkdlink.relay.hop.spanId", "spanId"),
  ["qkdlink.relay.hop.places.sequence"] = ProtoField.uint32("qkdlink.relay.hop.places.sequence", "places[].sequence", base.DEC),
  ["qkdlink.relay.hop.places.offset"] = ProtoField.uint32("qkdlink.relay.hop.places.offset", "places[].offset", base.DEC),
  ["qkdlink.relay.hop.places.length"] = ProtoField.uint32("qkdlink.relay.hop.places.length", "places[].length", base.DEC),
  ["qkdlink.relay.hop.places"] = ProtoField.none("qkdlink.relay.hop.places", "places"),
  ["qkdlink.relay.hop.trail.epsilon"] = ProtoField.double("qkdlink.relay.hop.trail.epsilon", "trail[].epsilon"),
  ["qkdlink.relay.hop.trail.auth"] = ProtoField.uint8("qkdlink.relay.hop.trail.auth", "trail[].auth", base.DEC, { [0] = "information-theoretic", [1] = "computational" }),
  ["qkdlink.relay.hop.trail"] = ProtoField.none("qkdlink.relay.hop.trail", "trail"),
  ["qkdlink.relay.hop.ciphertext"] = ProtoField.uint32("qkdlink.relay.hop.ciphertext", "ciphertext, bytes not shown", base.DEC),
  ["qkdlink.relay.hop.tag"] = ProtoField.uint32("qkdlink.relay.hop.tag", "tag, bytes not shown", base.DEC),
  ["qkdlink.relay.refused.blockId"] = ProtoField.bytes("qkdlink.relay.refused.blockId", "blockId"),
  ["qkdlink.relay.refused.share"] = ProtoField.uint8("qkdlink.relay.refused.share", "share", base.DEC),
  ["qkdlink.relay.refused.position"] = ProtoField.uint8("qkdlink.relay.refused.position", "position", base.DEC),
  ["qkdlink.relay.refused.reason"] = ProtoField.uint8("qkdlink.relay.refused.reason", "reason", base.DEC, { [0] = "exhausted", [1] = "linkDown", [2] = "notHere", [3] = "padUnknown", [4] = "bound" }),
  ["qkdlink.relay.want.bytes"] = ProtoField.uint32("qkdlink.relay.want.bytes", "bytes", base.DEC),
  ["qkdlink.relay.want.rank"] = ProtoField.uint8("qkdlink.relay.want.rank", "rank", base.DEC, { [0] = "critical", [1] = "ordinary", [2] = "background" }),
  ["qkdlink.relay.want.timeoutMs"] = ProtoField.uint32("qkdlink.relay.want.timeoutMs", "timeoutMs", base.DEC),
  ["qkdlink.relay.want.nextSequence"] = ProtoField.uint32("qkdlink.relay.want.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.relay.links.reporter"] = ProtoField.string("qkdlink.relay.links.reporter", "reporter"),
  ["qkdlink.relay.links.number"] = ProtoField.uint64("qkdlink.relay.links.number", "number", base.DEC),
  ["qkdlink.relay.links.links.neighbour"] = ProtoField.string("qkdlink.relay.links.links.neighbour", "links[].neighbour"),
  ["qkdlink.relay.links.links.freeBits"] = ProtoField.uint64("qkdlink.relay.links.links.freeBits", "links[].freeBits", base.DEC),
  ["qkdlink.relay.links.links.leastRateBps"] = ProtoField.uint32("qkdlink.relay.links.links.leastRateBps", "links[].leastRateBps", base.DEC),
  ["qkdlink.relay.links.links.demandBps"] = ProtoField.uint32("qkdlink.relay.links.links.demandBps", "links[].demandBps", base.DEC),
  ["qkdlink.relay.links.links.up"] = ProtoField.uint8("qkdlink.relay.links.links.up", "links[].up", base.DEC, { [0] = "no", [1] = "yes" }),
  ["qkdlink.relay.links.links.epsilon"] = ProtoField.double("qkdlink.relay.links.links.epsilon", "links[].epsilon"),
  ["qkdlink.relay.links.links.auth"] = ProtoField.uint8("qkdlink.relay.links.links.auth", "links[].auth", base.DEC, { [0] = "information-theoretic", [1] = "computational" }),
  ["qkdlink.relay.links.links"] = ProtoField.none("qkdlink.relay.links.links", "links"),
  ["qkdlink.reserve.want.next"] = ProtoField.uint32("qkdlink.reserve.want.next", "next", base.DEC),
  ["qkdlink.reserve.offer.number"] = ProtoField.uint32("qkdlink.reserve.offer.number", "number", base.DEC),
  ["qkdlink.reserve.offer.place"] = ProtoField.uint64("qkdlink.reserve.offer.place", "place", base.DEC),
  ["qkdlink.reserve.offer.kemKey"] = ProtoField.bytes("qkdlink.reserve.offer.kemKey", "kemKey"),
  ["qkdlink.reserve.offer.dhKey"] = ProtoField.bytes("qkdlink.reserve.offer.dhKey", "dhKey"),
  ["qkdlink.reserve.offer.mac"] = ProtoField.uint32("qkdlink.reserve.offer.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.reserve.answer.number"] = ProtoField.uint32("qkdlink.reserve.answer.number", "number", base.DEC),
  ["qkdlink.reserve.answer.place"] = ProtoField.uint64("qkdlink.reserve.answer.place", "place", base.DEC),
  ["qkdlink.reserve.answer.ciphertext"] = ProtoField.uint32("qkdlink.reserve.answer.ciphertext", "ciphertext, bytes not shown", base.DEC),
  ["qkdlink.reserve.answer.dhKey"] = ProtoField.bytes("qkdlink.reserve.answer.dhKey", "dhKey"),
  ["qkdlink.reserve.answer.mac"] = ProtoField.uint32("qkdlink.reserve.answer.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.reserve.confirm.number"] = ProtoField.uint32("qkdlink.reserve.confirm.number", "number", base.DEC),
  ["qkdlink.reserve.confirm.mac"] = ProtoField.uint32("qkdlink.reserve.confirm.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.reserve.held.number"] = ProtoField.uint32("qkdlink.reserve.held.number", "number", base.DEC),
  ["qkdlink.reserve.held.held"] = ProtoField.uint8("qkdlink.reserve.held.held", "held", base.DEC, { [0] = "no", [1] = "yes" }),
  ["qkdlink.reserve.held.next"] = ProtoField.uint32("qkdlink.reserve.held.next", "next", base.DEC),
  ["qkdlink.reserve.query.number"] = ProtoField.uint32("qkdlink.reserve.query.number", "number", base.DEC),
  ["qkdlink.reserve.unsure.nonce"] = ProtoField.bytes("qkdlink.reserve.unsure.nonce", "nonce"),
  ["qkdlink.reserve.seen.nonce"] = ProtoField.bytes("qkdlink.reserve.seen.nonce", "nonce"),
  ["qkdlink.reserve.seen.sure"] = ProtoField.uint8("qkdlink.reserve.seen.sure", "sure", base.DEC, { [0] = "no", [1] = "yes" }),
  ["qkdlink.reserve.seen.seen"] = ProtoField.uint64("qkdlink.reserve.seen.seen", "seen", base.DEC),
  ["qkdlink.reserve.seen.used"] = ProtoField.uint64("qkdlink.reserve.seen.used", "used", base.DEC),
  ["qkdlink.reserve.seen.mac"] = ProtoField.uint32("qkdlink.reserve.seen.mac", "mac, bytes not shown", base.DEC),
  ["qkdlink.network.stamp.network"] = ProtoField.string("qkdlink.network.stamp.network", "network"),
  ["qkdlink.network.stamp.nodes"] = ProtoField.bytes("qkdlink.network.stamp.nodes", "nodes"),
  ["qkdlink.network.stamp.links"] = ProtoField.bytes("qkdlink.network.stamp.links", "links"),
  ["qkdlink.network.stamp.saes"] = ProtoField.bytes("qkdlink.network.stamp.saes", "saes"),
  ["qkdlink.network.stamp.policies"] = ProtoField.bytes("qkdlink.network.stamp.policies", "policies"),
  ["qkdlink.hybrid.want.bytes"] = ProtoField.uint32("qkdlink.hybrid.want.bytes", "bytes", base.DEC),
  ["qkdlink.hybrid.want.nextSequence"] = ProtoField.uint32("qkdlink.hybrid.want.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.hybrid.combine.sequence"] = ProtoField.uint32("qkdlink.hybrid.combine.sequence", "sequence", base.DEC),
  ["qkdlink.hybrid.combine.createdAtMs"] = ProtoField.uint64("qkdlink.hybrid.combine.createdAtMs", "createdAtMs", base.DEC),
  ["qkdlink.hybrid.combine.blockBytes"] = ProtoField.uint32("qkdlink.hybrid.combine.blockBytes", "blockBytes", base.DEC),
  ["qkdlink.hybrid.combine.quantumKeyId"] = ProtoField.bytes("qkdlink.hybrid.combine.quantumKeyId", "quantumKeyId"),
  ["qkdlink.hybrid.combine.exchangedKeyId"] = ProtoField.bytes("qkdlink.hybrid.combine.exchangedKeyId", "exchangedKeyId"),
  ["qkdlink.hybrid.refuse.blockId"] = ProtoField.bytes("qkdlink.hybrid.refuse.blockId", "blockId"),
  ["qkdlink.hybrid.refuse.nextSequence"] = ProtoField.uint32("qkdlink.hybrid.refuse.nextSequence", "nextSequence", base.DEC),
  ["qkdlink.streams.open.ksid"] = ProtoField.bytes("qkdlink.streams.open.ksid", "ksid"),
  ["qkdlink.streams.open.source"] = ProtoField.string("qkdlink.streams.open.source", "source"),
  ["qkdlink.streams.open.destination"] = ProtoField.string("qkdlink.streams.open.destination", "destination"),
  ["qkdlink.streams.open.chunkBytes"] = ProtoField.uint16("qkdlink.streams.open.chunkBytes", "chunkBytes", base.DEC),
  ["qkdlink.streams.key.ksid"] = ProtoField.bytes("qkdlink.streams.key.ksid", "ksid"),
  ["qkdlink.streams.key.index"] = ProtoField.uint32("qkdlink.streams.key.index", "index", base.DEC),
  ["qkdlink.streams.key.keyId"] = ProtoField.bytes("qkdlink.streams.key.keyId", "keyId"),
  ["qkdlink.streams.close.ksid"] = ProtoField.bytes("qkdlink.streams.close.ksid", "ksid"),
  ["qkdlink.modbus.mapVersion"] = ProtoField.double("qkdlink.modbus.mapVersion", "mapVersion"),
  ["qkdlink.modbus.role"] = ProtoField.double("qkdlink.modbus.role", "role"),
  ["qkdlink.modbus.state"] = ProtoField.double("qkdlink.modbus.state", "state"),
  ["qkdlink.modbus.activeAlarms"] = ProtoField.double("qkdlink.modbus.activeAlarms", "activeAlarms"),
  ["qkdlink.modbus.uptimeS"] = ProtoField.double("qkdlink.modbus.uptimeS", "uptimeS in s"),
  ["qkdlink.modbus.laserBiasMa"] = ProtoField.double("qkdlink.modbus.laserBiasMa", "laserBiasMa in mA"),
  ["qkdlink.modbus.laserTemperatureC"] = ProtoField.double("qkdlink.modbus.laserTemperatureC", "laserTemperatureC in degC"),
  ["qkdlink.modbus.laserPowerDbm"] = ProtoField.double("qkdlink.modbus.laserPowerDbm", "laserPowerDbm in dBm"),
  ["qkdlink.modbus.laserTecCurrentA"] = ProtoField.double("qkdlink.modbus.laserTecCurrentA", "laserTecCurrentA in A"),
  ["qkdlink.modbus.attenuatorDb"] = ProtoField.double("qkdlink.modbus.attenuatorDb", "attenuatorDb in dB"),
  ["qkdlink.modbus.modulatorBiasV"] = ProtoField.double("qkdlink.modbus.modulatorBiasV", "modulatorBiasV in V"),
  ["qkdlink.modbus.modulatorAmplifierMa"] = ProtoField.double("qkdlink.modbus.modulatorAmplifierMa", "modulatorAmplifierMa in mA"),
  ["qkdlink.modbus.modulatorAmplifierV"] = ProtoField.double("qkdlink.modbus.modulatorAmplifierV", "modulatorAmplifierV in V"),
  ["qkdlink.modbus.modulatorTemperatureC"] = ProtoField.double("qkdlink.modbus.modulatorTemperatureC", "modulatorTemperatureC in degC"),
  ["qkdlink.modbus.modulatorTecCurrentA"] = ProtoField.double("qkdlink.modbus.modulatorTecCurrentA", "modulatorTecCurrentA in A"),
  ["qkdlink.modbus.monitorPowerDbm"] = ProtoField.double("qkdlink.modbus.monitorPowerDbm", "monitorPowerDbm in dBm"),
  ["qkdlink.modbus.internalTemperatureC"] = ProtoField.double("qkdlink.modbus.internalTemperatureC", "internalTemperatureC in degC"),
  ["qkdlink.modbus.interferometerTemperatureC"] = ProtoField.double("qkdlink.modbus.interferometerTemperatureC", "interferometerTemperatureC in degC"),
  ["qkdlink.modbus.filterTemperatureC"] = ProtoField.double("qkdlink.modbus.filterTemperatureC", "filterTemperatureC in degC"),
  ["qkdlink.modbus.serviceTxDbm"] = ProtoField.double("qkdlink.modbus.serviceTxDbm", "serviceTxDbm in dBm"),
  ["qkdlink.modbus.serviceRxDbm"] = ProtoField.double("qkdlink.modbus.serviceRxDbm", "serviceRxDbm in dBm"),
  ["qkdlink.modbus.detector0TemperatureC"] = ProtoField.double("qkdlink.modbus.detector0TemperatureC", "detector0TemperatureC in degC"),
  ["qkdlink.modbus.detector0BiasV"] = ProtoField.double("qkdlink.modbus.detector0BiasV", "detector0BiasV in V"),
  ["qkdlink.modbus.detector0CountRateHz"] = ProtoField.double("qkdlink.modbus.detector0CountRateHz", "detector0CountRateHz in Hz"),
  ["qkdlink.modbus.detector0PhotocurrentNa"] = ProtoField.double("qkdlink.modbus.detector0PhotocurrentNa", "detector0PhotocurrentNa in nA"),
  ["qkdlink.modbus.detector1TemperatureC"] = ProtoField.double("qkdlink.modbus.detector1TemperatureC", "detector1TemperatureC in degC"),
  ["qkdlink.modbus.detector1BiasV"] = ProtoField.double("qkdlink.modbus.detector1BiasV", "detector1BiasV in V"),
  ["qkdlink.modbus.detector1CountRateHz"] = ProtoField.double("qkdlink.modbus.detector1CountRateHz", "detector1CountRateHz in Hz"),
  ["qkdlink.modbus.detector1PhotocurrentNa"] = ProtoField.double("qkdlink.modbus.detector1PhotocurrentNa", "detector1PhotocurrentNa in nA"),
  ["qkdlink.modbus.monitorTemperatureC"] = ProtoField.double("qkdlink.modbus.monitorTemperatureC", "monitorTemperatureC in degC"),
  ["qkdlink.modbus.monitorBiasV"] = ProtoField.double("qkdlink.modbus.monitorBiasV", "monitorBiasV in V"),
  ["qkdlink.modbus.monitorCountRateHz"] = ProtoField.double("qkdlink.modbus.monitorCountRateHz", "monitorCountRateHz in Hz"),
  ["qkdlink.modbus.monitorPhotocurrentNa"] = ProtoField.double("qkdlink.modbus.monitorPhotocurrentNa", "monitorPhotocurrentNa in nA"),
  ["qkdlink.modbus.arrivalOffsetPs"] = ProtoField.double("qkdlink.modbus.arrivalOffsetPs", "arrivalOffsetPs in ps"),
  ["qkdlink.modbus.gateSkewPs"] = ProtoField.double("qkdlink.modbus.gateSkewPs", "gateSkewPs in ps"),
  ["qkdlink.modbus.classical1PowerDbm"] = ProtoField.double("qkdlink.modbus.classical1PowerDbm", "classical1PowerDbm in dBm"),
  ["qkdlink.modbus.classical2PowerDbm"] = ProtoField.double("qkdlink.modbus.classical2PowerDbm", "classical2PowerDbm in dBm"),
  ["qkdlink.modbus.classical3PowerDbm"] = ProtoField.double("qkdlink.modbus.classical3PowerDbm", "classical3PowerDbm in dBm"),
  ["qkdlink.modbus.classical4PowerDbm"] = ProtoField.double("qkdlink.modbus.classical4PowerDbm", "classical4PowerDbm in dBm"),
  ["qkdlink.modbus.classical1LaunchDbm"] = ProtoField.double("qkdlink.modbus.classical1LaunchDbm", "classical1LaunchDbm in dBm"),
  ["qkdlink.modbus.classical2LaunchDbm"] = ProtoField.double("qkdlink.modbus.classical2LaunchDbm", "classical2LaunchDbm in dBm"),
  ["qkdlink.modbus.classical3LaunchDbm"] = ProtoField.double("qkdlink.modbus.classical3LaunchDbm", "classical3LaunchDbm in dBm"),
  ["qkdlink.modbus.classical4LaunchDbm"] = ProtoField.double("qkdlink.modbus.classical4LaunchDbm", "classical4LaunchDbm in dBm"),
  ["qkdlink.modbus.qberZPpm"] = ProtoField.double("qkdlink.modbus.qberZPpm", "qberZPpm in ppm"),
  ["qkdlink.modbus.qberXPpm"] = ProtoField.double("qkdlink.modbus.qberXPpm", "qberXPpm in ppm"),
  ["qkdlink.modbus.visibility"] = ProtoField.double("qkdlink.modbus.visibility", "visibility"),
  ["qkdlink.modbus.gain"] = ProtoField.double("qkdlink.modbus.gain", "gain"),
  ["qkdlink.modbus.sessionNumber"] = ProtoField.double("qkdlink.modbus.sessionNumber", "sessionNumber"),
  ["qkdlink.modbus.framesProduced"] = ProtoField.double("qkdlink.modbus.framesProduced", "framesProduced"),
  ["qkdlink.modbus.framesDropped"] = ProtoField.double("qkdlink.modbus.framesDropped", "framesDropped"),
  ["qkdlink.modbus.detections"] = ProtoField.double("qkdlink.modbus.detections", "detections"),
  ["qkdlink.modbus.siftableDetections"] = ProtoField.double("qkdlink.modbus.siftableDetections", "siftableDetections"),
  ["qkdlink.modbus.doubleClicks"] = ProtoField.double("qkdlink.modbus.doubleClicks", "doubleClicks"),
  ["qkdlink.modbus.gainU"] = ProtoField.double("qkdlink.modbus.gainU", "gainU"),
  ["qkdlink.modbus.gainV"] = ProtoField.double("qkdlink.modbus.gainV", "gainV"),
  ["qkdlink.modbus.gainW"] = ProtoField.double("qkdlink.modbus.gainW", "gainW"),
  ["qkdlink.modbus.doubleClicksHz"] = ProtoField.double("qkdlink.modbus.doubleClicksHz", "doubleClicksHz in Hz"),
  ["qkdlink.modbus.afterpulsePpm"] = ProtoField.double("qkdlink.modbus.afterpulsePpm", "afterpulsePpm in ppm"),
  ["qkdlink.modbus.mismatchedCorrelation"] = ProtoField.double("qkdlink.modbus.mismatchedCorrelation", "mismatchedCorrelation"),
  ["qkdlink.modbus.identifyLedS"] = ProtoField.uint16("qkdlink.modbus.identifyLedS", "identifyLedS", base.DEC),
  ["qkdlink.modbus.statusIntervalMs"] = ProtoField.uint16("qkdlink.modbus.statusIntervalMs", "statusIntervalMs", base.DEC),
  ["qkdlink.modbus.vendorName"] = ProtoField.string("qkdlink.modbus.vendorName", "vendorName"),
  ["qkdlink.modbus.productCode"] = ProtoField.string("qkdlink.modbus.productCode", "productCode"),
  ["qkdlink.modbus.majorMinorRevision"] = ProtoField.string("qkdlink.modbus.majorMinorRevision", "majorMinorRevision"),
  ["qkdlink.modbus.vendorUrl"] = ProtoField.string("qkdlink.modbus.vendorUrl", "vendorUrl"),
  ["qkdlink.modbus.productName"] = ProtoField.string("qkdlink.modbus.productName", "productName"),
  ["qkdlink.modbus.modelName"] = ProtoField.string("qkdlink.modbus.modelName", "modelName"),
  ["qkdlink.modbus.serialNumber"] = ProtoField.string("qkdlink.modbus.serialNumber", "serialNumber"),
  ["qkdlink.modbus.role_"] = ProtoField.string("qkdlink.modbus.role_", "role"),
  ["qkdlink.modbus.linkId"] = ProtoField.string("qkdlink.modbus.linkId", "linkId"),
}
local all_fields = {}
for _, field in pairs(F) do all_fields[#all_fields + 1] = field end
session.fields = all_fields

local experts = {
  bad_crc = ProtoExpert.new("qkdlink.bad_crc", "the checksum is wrong", expert.group.CHECKSUM, expert.severity.ERROR),
  event_gap = ProtoExpert.new("qkdlink.gap", "events are missing", expert.group.SEQUENCE, expert.severity.WARN),
  malformed = ProtoExpert.new("qkdlink.malformed", "the message is malformed", expert.group.MALFORMED, expert.severity.ERROR),
  damaged = ProtoExpert.new("qkdlink.damaged", "bytes are no frame", expert.group.UNDECODED, expert.severity.WARN),
}
session.experts = { experts.bad_crc, experts.event_gap, experts.malformed, experts.damaged }

local COMMANDS = {
  [1] = { name = "ping", request = { { n = "token", t = "u64", f = F["qkdlink.ping.token"] } }, reply = { { n = "token", t = "u64", f = F["qkdlink.ping.token"] } } },
  [2] = { name = "identify", request = {}, reply = { { n = "protocolVersion", t = "u16", f = F["qkdlink.identify.protocolVersion"] }, { n = "role", t = "u8", f = F["qkdlink.identify.role"], names = { [0] = "qtx", [1] = "qrx" } }, { n = "vendor", t = "text8", f = F["qkdlink.identify.vendor"] }, { n = "model", t = "text8", f = F["qkdlink.identify.model"] }, { n = "serial", t = "text8", f = F["qkdlink.identify.serial"] }, { n = "firmware", t = "text8", f = F["qkdlink.identify.firmware"] }, { n = "hardwareRevision", t = "text8", f = F["qkdlink.identify.hardwareRevision"] }, { n = "clockHz", t = "f64", f = F["qkdlink.identify.clockHz"] }, { n = "linkId", t = "bytes", f = F["qkdlink.identify.linkId"], size = 16 }, { n = "capabilities", t = "set32", f = F["qkdlink.identify.capabilities"], bits = { "keyExchange", "calibration", "selfTest", "modbusTelemetry", "identifyLed", "timeSync", "deviceLog", "factoryReset" }, known = 255 }, { n = "limits.maxPayloadBytes", t = "u32", f = F["qkdlink.identify.limits.maxPayloadBytes"], last = "maxPayloadBytes" }, { n = "limits.maxDetectionsPerFrame", t = "u32", f = F["qkdlink.identify.limits.maxDetectionsPerFrame"], last = "maxDetectionsPerFrame" }, { n = "limits.maxCreditFrames", t = "u32", f = F["qkdlink.identify.limits.maxCreditFrames"], last = "maxCreditFrames" } } },
  [16] = { name = "listParameters", request = {}, reply = { { n = "parameters", t = "list16", f = F["qkdlink.listParameters.parameters"], items = { { n = "parameters[].id", t = "u16", f = F["qkdlink.listParameters.parameters.id"] }, { n = "parameters[].name", t = "text8", f = F["qkdlink.listParameters.parameters.name"] }, { n = "parameters[].type", t = "u8", f = F["qkdlink.listParameters.parameters.type"], names = { [0] = "real", [1] = "integer", [2] = "boolean", [3] = "text" } }, { n = "parameters[].unit", t = "text8", f = F["qkdlink.listParameters.parameters.unit"] }, { n = "parameters[].min", t = "f64", f = F["qkdlink.listParameters.parameters.min"] }, { n = "parameters[].max", t = "f64", f = F["qkdlink.listParameters.parameters.max"] }, { n = "parameters[].access", t = "u8", f = F["qkdlink.listParameters.parameters.access"], names = { [0] = "readOnly", [1] = "readWrite" } }, { n = "parameters[].value", t = "f64 or text16", number = { n = "parameters[].value", t = "f64", f = F["qkdlink.listParameters.parameters.value"] }, text = { n = "parameters[].valueText", t = "text16", f = F["qkdlink.listParameters.parameters.valueText"] } } } } } },
  [17] = { name = "getParameter", request = { { n = "id", t = "u16", f = F["qkdlink.getParameter.id"] } }, reply = { { n = "id", t = "u16", f = F["qkdlink.getParameter.id"] }, { n = "value", t = "f64 or text16", number = { n = "value", t = "f64", f = F["qkdlink.getParameter.value"] }, text = { n = "valueText", t = "text16", f = F["qkdlink.getParameter.valueText"] } } } },
  [18] = { name = "setParameter", request = { { n = "id", t = "u16", f = F["qkdlink.setParameter.id"] }, { n = "value", t = "f64 or text16", number = { n = "value", t = "f64", f = F["qkdlink.setParameter.value"] }, text = { n = "valueText", t = "text16", f = F["qkdlink.setParameter.valueText"] } } }, reply = { { n = "id", t = "u16", f = F["qkdlink.setParameter.id"] }, { n = "value", t = "f64 or text16", number = { n = "value", t = "f64", f = F["qkdlink.setParameter.value"] }, text = { n = "valueText", t = "text16", f = F["qkdlink.setParameter.valueText"] } } } },
  [32] = { name = "startKeyExchange", request = { { n = "detectionsPerFrame", t = "u32", f = F["qkdlink.startKeyExchange.detectionsPerFrame"], last = "detectionsPerFrame" }, { n = "creditFrames", t = "u32", f = F["qkdlink.startKeyExchange.creditFrames"], last = "creditFrames" } }, reply = { { n = "sessionNumber", t = "u32", f = F["qkdlink.startKeyExchange.sessionNumber"], last = "sessionNumber" }, { n = "firstFrameId", t = "u32", f = F["qkdlink.startKeyExchange.firstFrameId"], last = "firstFrameId" }, { n = "detectionsPerFrame", t = "u32", f = F["qkdlink.startKeyExchange.detectionsPerFrame"], last = "detectionsPerFrame" } } },
  [33] = { name = "stopKeyExchange", request = { { n = "sessionNumber", t = "u32", f = F["qkdlink.stopKeyExchange.sessionNumber"], last = "sessionNumber" } }, reply = { { n = "sessionNumber", t = "u32", f = F["qkdlink.stopKeyExchange.sessionNumber"], last = "sessionNumber" } } },
  [34] = { name = "credit", request = { { n = "sessionNumber", t = "u32", f = F["qkdlink.credit.sessionNumber"], last = "sessionNumber" }, { n = "acknowledgedThrough", t = "u32", f = F["qkdlink.credit.acknowledgedThrough"], last = "acknowledgedThrough" }, { n = "creditLimit", t = "u32", f = F["qkdlink.credit.creditLimit"], last = "creditLimit" } }, reply = { { n = "sessionNumber", t = "u32", f = F["qkdlink.credit.sessionNumber"], last = "sessionNumber" }, { n = "creditLimit", t = "u32", f = F["qkdlink.credit.creditLimit"], last = "creditLimit" }, { n = "nextFrameId", t = "u32", f = F["qkdlink.credit.nextFrameId"], last = "nextFrameId" }, { n = "droppedFrames", t = "u32", f = F["qkdlink.credit.droppedFrames"], last = "droppedFrames" } } },
  [48] = { name = "getStatus", request = {}, reply = { { n = "state", t = "u8", f = F["qkdlink.getStatus.state"], names = { [0] = "idle", [1] = "calibrating", [2] = "online", [3] = "error" } }, { n = "uptimeMs", t = "u64", f = F["qkdlink.getStatus.uptimeMs"] }, { n = "sessionNumber", t = "u32", f = F["qkdlink.getStatus.sessionNumber"], last = "sessionNumber" }, { n = "qberPpm", t = "optional", items = { { n = "qberPpm", t = "u32", f = F["qkdlink.getStatus.qberPpm"], last = "qberPpm" } } }, { n = "visibility", t = "optional", items = { { n = "visibility", t = "f64", f = F["qkdlink.getStatus.visibility"] } } }, { n = "countRate0Hz", t = "f64", f = F["qkdlink.getStatus.countRate0Hz"] }, { n = "countRate1Hz", t = "f64", f = F["qkdlink.getStatus.countRate1Hz"] }, { n = "laserTemperatureC", t = "optional", items = { { n = "laserTemperatureC", t = "f64", f = F["qkdlink.getStatus.laserTemperatureC"] } } }, { n = "detectorTemperatureC", t = "optional", items = { { n = "detectorTemperatureC", t = "f64", f = F["qkdlink.getStatus.detectorTemperatureC"] } } }, { n = "internalTemperatureC", t = "f64", f = F["qkdlink.getStatus.internalTemperatureC"] }, { n = "framesProduced", t = "count64", f = F["qkdlink.getStatus.framesProduced"] }, { n = "framesSent", t = "count64", f = F["qkdlink.getStatus.framesSent"] }, { n = "framesDropped", t = "count64", f = F["qkdlink.getStatus.framesDropped"] }, { n = "detectionsDropped", t = "count64", f = F["qkdlink.getStatus.detectionsDropped"] }, { n = "frameErrors", t = "u32", f = F["qkdlink.getStatus.frameErrors"], last = "frameErrors" }, { n = "requestErrors", t = "u32", f = F["qkdlink.getStatus.requestErrors"], last = "requestErrors" }, { n = "activeAlarms", t = "u32", f = F["qkdlink.getStatus.activeAlarms"], last = "activeAlarms" } } },
  [49] = { name = "listAlarms", request = {}, reply = { { n = "alarms", t = "list16", f = F["qkdlink.listAlarms.alarms"], items = { { n = "alarms[].code", t = "u16", f = F["qkdlink.listAlarms.alarms.code"] }, { n = "alarms[].severity", t = "u8", f = F["qkdlink.listAlarms.alarms.severity"], names = { [0] = "minor", [1] = "major", [2] = "critical" } }, { n = "alarms[].level", t = "u8", f = F["qkdlink.listAlarms.alarms.level"], names = { [0] = "operating", [1] = "absolute" } }, { n = "alarms[].value", t = "f64", f = F["qkdlink.listAlarms.alarms.value"] }, { n = "alarms[].raisedMs", t = "u64", f = F["qkdlink.listAlarms.alarms.raisedMs"] }, { n = "alarms[].text", t = "text8", f = F["qkdlink.listAlarms.alarms.text"] } } } } },
  [50] = { name = "selfTest", request = {}, reply = { { n = "results", t = "list16", f = F["qkdlink.selfTest.results"], items = { { n = "results[].name", t = "text8", f = F["qkdlink.selfTest.results.name"] }, { n = "results[].outcome", t = "u8", f = F["qkdlink.selfTest.results.outcome"], names = { [0] = "passed", [1] = "failed", [2] = "notRun" } }, { n = "results[].value", t = "f64", f = F["qkdlink.selfTest.results.value"] }, { n = "results[].unit", t = "text8", f = F["qkdlink.selfTest.results.unit"] }, { n = "results[].text", t = "text8", f = F["qkdlink.selfTest.results.text"] } } } } },
  [64] = { name = "startCalibration", request = { { n = "step", t = "u8", f = F["qkdlink.startCalibration.step"], names = { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" } }, { n = "variant", t = "u8", f = F["qkdlink.startCalibration.variant"], names = { [0] = "first", [1] = "full", [2] = "fast" } } }, reply = { { n = "run", t = "u32", f = F["qkdlink.startCalibration.run"], last = "run" }, { n = "steps", t = "u8", f = F["qkdlink.startCalibration.steps"] } } },
  [80] = { name = "timeSync", request = { { n = "t1Ns", t = "u64", f = F["qkdlink.timeSync.t1Ns"] } }, reply = { { n = "t1Ns", t = "u64", f = F["qkdlink.timeSync.t1Ns"] }, { n = "t2Ns", t = "u64", f = F["qkdlink.timeSync.t2Ns"] }, { n = "t3Ns", t = "u64", f = F["qkdlink.timeSync.t3Ns"] } } },
  [81] = { name = "reset", request = { { n = "what", t = "u8", f = F["qkdlink.reset.what"], names = { [0] = "soft", [1] = "hard", [2] = "factory" } } }, reply = {} },
  [82] = { name = "identifyLed", request = { { n = "durationS", t = "u16", f = F["qkdlink.identifyLed.durationS"] } }, reply = {} },
  [83] = { name = "readLog", request = { { n = "fromIndex", t = "u32", f = F["qkdlink.readLog.fromIndex"], last = "fromIndex" }, { n = "maxEntries", t = "u16", f = F["qkdlink.readLog.maxEntries"] } }, reply = { { n = "firstIndex", t = "u32", f = F["qkdlink.readLog.firstIndex"], last = "firstIndex" }, { n = "nextIndex", t = "u32", f = F["qkdlink.readLog.nextIndex"], last = "nextIndex" }, { n = "entries", t = "list16", f = F["qkdlink.readLog.entries"], items = { { n = "entries[].index", t = "u32", f = F["qkdlink.readLog.entries.index"], last = "index" }, { n = "entries[].uptimeMs", t = "u64", f = F["qkdlink.readLog.entries.uptimeMs"] }, { n = "entries[].level", t = "u8", f = F["qkdlink.readLog.entries.level"], names = { [0] = "debug", [1] = "info", [2] = "warning", [3] = "error" } }, { n = "entries[].text", t = "text16", f = F["qkdlink.readLog.entries.text"] } } } } },
  [3] = { name = "describe", request = {}, reply = { { n = "calibratedAtS", t = "optional", items = { { n = "calibratedAtS", t = "count64", f = F["qkdlink.describe.calibratedAtS"] } } }, { n = "calibrationDueS", t = "optional", items = { { n = "calibrationDueS", t = "count64", f = F["qkdlink.describe.calibrationDueS"] } } }, { n = "meanPhotonsUncertainty", t = "optional", items = { { n = "meanPhotonsUncertainty", t = "f64", f = F["qkdlink.describe.meanPhotonsUncertainty"] } } }, { n = "quantumNm", t = "f64", f = F["qkdlink.describe.quantumNm"] }, { n = "serviceNm", t = "optional", items = { { n = "serviceNm", t = "f64", f = F["qkdlink.describe.serviceNm"] } } }, { n = "parts", t = "list16", f = F["qkdlink.describe.parts"], items = { { n = "parts[].name", t = "text8", f = F["qkdlink.describe.parts.name"] }, { n = "parts[].model", t = "text8", f = F["qkdlink.describe.parts.model"] }, { n = "parts[].serial", t = "text8", f = F["qkdlink.describe.parts.serial"] } } }, { n = "measurements", t = "set32", f = F["qkdlink.describe.measurements"], bits = { "counts", "gateDelay", "phase", "attenuation" }, known = 15 }, { n = "histograms", t = "set32", f = F["qkdlink.describe.histograms"], bits = { "gap", "arrival" }, known = 3 }, { n = "tunes", t = "set32", f = F["qkdlink.describe.tunes"], bits = { "delay", "phase", "modulator", "bias" }, known = 15 }, { n = "commands", t = "list16", items = { { n = "commands", t = "u16", f = F["qkdlink.describe.commands"] } } } } },
  [51] = { name = "resetAlarmLatch", request = {}, reply = {} },
  [65] = { name = "startMeasurement", request = { { n = "kind", t = "u8", f = F["qkdlink.startMeasurement.kind"], names = { [0] = "counts", [1] = "gateDelay", [2] = "phase", [3] = "attenuation" } }, { n = "from", t = "f64", f = F["qkdlink.startMeasurement.from"] }, { n = "to", t = "f64", f = F["qkdlink.startMeasurement.to"] }, { n = "points", t = "u16", f = F["qkdlink.startMeasurement.points"] }, { n = "dwellMs", t = "u32", f = F["qkdlink.startMeasurement.dwellMs"], last = "dwellMs" } }, reply = { { n = "run", t = "u32", f = F["qkdlink.startMeasurement.run"], last = "run" } } },
  [66] = { name = "stopMeasurement", request = { { n = "run", t = "u32", f = F["qkdlink.stopMeasurement.run"], last = "run" } }, reply = { { n = "run", t = "u32", f = F["qkdlink.stopMeasurement.run"], last = "run" } } },
  [67] = { name = "readHistogram", request = { { n = "kind", t = "u8", f = F["qkdlink.readHistogram.kind"], names = { [0] = "gap", [1] = "arrival" } }, { n = "detector", t = "u8", f = F["qkdlink.readHistogram.detector"] } }, reply = { { n = "kind", t = "u8", f = F["qkdlink.readHistogram.kind"], names = { [0] = "gap", [1] = "arrival" } }, { n = "detector", t = "u8", f = F["qkdlink.readHistogram.detector"] }, { n = "gates", t = "count64", f = F["qkdlink.readHistogram.gates"] }, { n = "unit", t = "text8", f = F["qkdlink.readHistogram.unit"] }, { n = "firstBin", t = "f64", f = F["qkdlink.readHistogram.firstBin"] }, { n = "binWidth", t = "f64", f = F["qkdlink.readHistogram.binWidth"] }, { n = "below", t = "count64", f = F["qkdlink.readHistogram.below"] }, { n = "counts", t = "list16", items = { { n = "counts", t = "count64", f = F["qkdlink.readHistogram.counts"] } } }, { n = "beyond", t = "count64", f = F["qkdlink.readHistogram.beyond"] } } },
  [68] = { name = "tune", request = { { n = "what", t = "u8", f = F["qkdlink.tune.what"], names = { [0] = "delay", [1] = "phase", [2] = "modulator", [3] = "bias" } }, { n = "mode", t = "u8", f = F["qkdlink.tune.mode"], names = { [0] = "off", [1] = "once", [2] = "auto" } }, { n = "intervalS", t = "u16", f = F["qkdlink.tune.intervalS"] } }, reply = { { n = "run", t = "u32", f = F["qkdlink.tune.run"], last = "run" } } },
  [84] = { name = "lease", request = { { n = "holder", t = "text8", f = F["qkdlink.lease.holder"] }, { n = "seconds", t = "u16", f = F["qkdlink.lease.seconds"] }, { n = "ending", t = "u8", f = F["qkdlink.lease.ending"], names = { [0] = "restore", [1] = "keep" } } }, reply = { { n = "holder", t = "text8", f = F["qkdlink.lease.holder"] }, { n = "seconds", t = "u16", f = F["qkdlink.lease.seconds"] }, { n = "yours", t = "bool", f = F["qkdlink.lease.yours"], names = { [0] = "no", [1] = "yes" } } } },
}

local EVENTS = {
  [32800] = { name = "rawKeyQtx", event = { { n = "sessionNumber", t = "u32", f = F["qkdlink.rawKeyQtx.sessionNumber"], last = "sessionNumber" }, { n = "frameId", t = "u32", f = F["qkdlink.rawKeyQtx.frameId"], last = "frameId" }, { n = "firstGate", t = "u64", f = F["qkdlink.rawKeyQtx.firstGate"] }, { n = "gateCount", t = "u64", f = F["qkdlink.rawKeyQtx.gateCount"] }, { n = "detections", t = "u32", f = F["qkdlink.rawKeyQtx.detections"], last = "detections" }, { n = "droppedFrames", t = "u32", f = F["qkdlink.rawKeyQtx.droppedFrames"], last = "droppedFrames" }, { n = "gateDigest", t = "bytes", f = F["qkdlink.rawKeyQtx.gateDigest"], size = 32 }, { n = "sent", t = "list", count = 6, items = { { n = "sent", t = "count64", f = F["qkdlink.rawKeyQtx.sent"] } } }, { n = "planes.basis", t = "plane", f = F["qkdlink.rawKeyQtx.planes.basis"], hidden = true, count = "detections" }, { n = "planes.bit", t = "plane", f = F["qkdlink.rawKeyQtx.planes.bit"], hidden = true, count = "detections" }, { n = "planes.intensityLow", t = "plane", f = F["qkdlink.rawKeyQtx.planes.intensityLow"], hidden = true, count = "detections" }, { n = "planes.intensityHigh", t = "plane", f = F["qkdlink.rawKeyQtx.planes.intensityHigh"], hidden = true, count = "detections" } } },
  [32801] = { name = "rawKeyQrx", event = { { n = "sessionNumber", t = "u32", f = F["qkdlink.rawKeyQrx.sessionNumber"], last = "sessionNumber" }, { n = "frameId", t = "u32", f = F["qkdlink.rawKeyQrx.frameId"], last = "frameId" }, { n = "firstGate", t = "u64", f = F["qkdlink.rawKeyQrx.firstGate"] }, { n = "gateCount", t = "u64", f = F["qkdlink.rawKeyQrx.gateCount"] }, { n = "detections", t = "u32", f = F["qkdlink.rawKeyQrx.detections"], last = "detections" }, { n = "droppedFrames", t = "u32", f = F["qkdlink.rawKeyQrx.droppedFrames"], last = "droppedFrames" }, { n = "gateDigest", t = "bytes", f = F["qkdlink.rawKeyQrx.gateDigest"], size = 32 }, { n = "clicksDetector0", t = "count64", f = F["qkdlink.rawKeyQrx.clicksDetector0"] }, { n = "clicksDetector1", t = "count64", f = F["qkdlink.rawKeyQrx.clicksDetector1"] }, { n = "doubleClicks", t = "count64", f = F["qkdlink.rawKeyQrx.doubleClicks"] }, { n = "deadGates", t = "count64", f = F["qkdlink.rawKeyQrx.deadGates"] }, { n = "photocurrentNa", t = "f64", f = F["qkdlink.rawKeyQrx.photocurrentNa"] }, { n = "planes.basis", t = "plane", f = F["qkdlink.rawKeyQrx.planes.basis"], hidden = true, count = "detections" }, { n = "planes.bit", t = "plane", f = F["qkdlink.rawKeyQrx.planes.bit"], hidden = true, count = "detections" } } },
  [32816] = { name = "status", event = { { n = "state", t = "u8", f = F["qkdlink.status.state"], names = { [0] = "idle", [1] = "calibrating", [2] = "online", [3] = "error" } }, { n = "uptimeMs", t = "u64", f = F["qkdlink.status.uptimeMs"] }, { n = "sessionNumber", t = "u32", f = F["qkdlink.status.sessionNumber"], last = "sessionNumber" }, { n = "qberPpm", t = "optional", items = { { n = "qberPpm", t = "u32", f = F["qkdlink.status.qberPpm"], last = "qberPpm" } } }, { n = "visibility", t = "optional", items = { { n = "visibility", t = "f64", f = F["qkdlink.status.visibility"] } } }, { n = "countRate0Hz", t = "f64", f = F["qkdlink.status.countRate0Hz"] }, { n = "countRate1Hz", t = "f64", f = F["qkdlink.status.countRate1Hz"] }, { n = "laserTemperatureC", t = "optional", items = { { n = "laserTemperatureC", t = "f64", f = F["qkdlink.status.laserTemperatureC"] } } }, { n = "detectorTemperatureC", t = "optional", items = { { n = "detectorTemperatureC", t = "f64", f = F["qkdlink.status.detectorTemperatureC"] } } }, { n = "internalTemperatureC", t = "f64", f = F["qkdlink.status.internalTemperatureC"] }, { n = "framesProduced", t = "count64", f = F["qkdlink.status.framesProduced"] }, { n = "framesSent", t = "count64", f = F["qkdlink.status.framesSent"] }, { n = "framesDropped", t = "count64", f = F["qkdlink.status.framesDropped"] }, { n = "detectionsDropped", t = "count64", f = F["qkdlink.status.detectionsDropped"] }, { n = "frameErrors", t = "u32", f = F["qkdlink.status.frameErrors"], last = "frameErrors" }, { n = "requestErrors", t = "u32", f = F["qkdlink.status.requestErrors"], last = "requestErrors" }, { n = "activeAlarms", t = "u32", f = F["qkdlink.status.activeAlarms"], last = "activeAlarms" } } },
  [32817] = { name = "alarm", event = { { n = "transition", t = "u8", f = F["qkdlink.alarm.transition"], names = { [0] = "cleared", [1] = "raised" } }, { n = "code", t = "u16", f = F["qkdlink.alarm.code"] }, { n = "severity", t = "u8", f = F["qkdlink.alarm.severity"], names = { [0] = "minor", [1] = "major", [2] = "critical" } }, { n = "level", t = "u8", f = F["qkdlink.alarm.level"], names = { [0] = "operating", [1] = "absolute" } }, { n = "value", t = "f64", f = F["qkdlink.alarm.value"] }, { n = "raisedMs", t = "u64", f = F["qkdlink.alarm.raisedMs"] }, { n = "text", t = "text8", f = F["qkdlink.alarm.text"] } } },
  [32832] = { name = "calibrationProgress", event = { { n = "run", t = "u32", f = F["qkdlink.calibrationProgress.run"], last = "run" }, { n = "step", t = "u8", f = F["qkdlink.calibrationProgress.step"], names = { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" } }, { n = "percent", t = "u8", f = F["qkdlink.calibrationProgress.percent"] }, { n = "text", t = "text8", f = F["qkdlink.calibrationProgress.text"] } } },
  [32833] = { name = "calibrationResult", event = { { n = "run", t = "u32", f = F["qkdlink.calibrationResult.run"], last = "run" }, { n = "step", t = "u8", f = F["qkdlink.calibrationResult.step"], names = { [0] = "all", [1] = "init", [2] = "laser", [3] = "globalCounterSync", [4] = "attenuator", [5] = "modulatorBias", [6] = "receiverPolarisation", [7] = "photonsPerPulse", [8] = "detectorGates", [9] = "finePhaseShift", [10] = "coarseDelayModulo", [11] = "coarseDelayAbsolute", [12] = "zeroPosition" } }, { n = "outcome", t = "u8", f = F["qkdlink.calibrationResult.outcome"], names = { [0] = "passed", [1] = "failed", [2] = "aborted" } }, { n = "value", t = "f64", f = F["qkdlink.calibrationResult.value"] }, { n = "unit", t = "text8", f = F["qkdlink.calibrationResult.unit"] }, { n = "text", t = "text8", f = F["qkdlink.calibrationResult.text"] } } },
  [32834] = { name = "measurementPoint", event = { { n = "run", t = "u32", f = F["qkdlink.measurementPoint.run"], last = "run" }, { n = "index", t = "u16", f = F["qkdlink.measurementPoint.index"] }, { n = "x", t = "f64", f = F["qkdlink.measurementPoint.x"] }, { n = "gates", t = "count64", f = F["qkdlink.measurementPoint.gates"] }, { n = "blindGates", t = "count64", f = F["qkdlink.measurementPoint.blindGates"] }, { n = "clicks", t = "list", count = 2, items = { { n = "clicks", t = "count64", f = F["qkdlink.measurementPoint.clicks"] } } }, { n = "doubles", t = "count64", f = F["qkdlink.measurementPoint.doubles"] }, { n = "sent", t = "list", count = 6, items = { { n = "sent", t = "count64", f = F["qkdlink.measurementPoint.sent"] } } }, { n = "cells", t = "list", count = 48, items = { { n = "cells", t = "count64", f = F["qkdlink.measurementPoint.cells"] } } } } },
  [32835] = { name = "measurementEnded", event = { { n = "run", t = "u32", f = F["qkdlink.measurementEnded.run"], last = "run" }, { n = "outcome", t = "u8", f = F["qkdlink.measurementEnded.outcome"], names = { [0] = "completed", [1] = "stopped", [2] = "aborted" } }, { n = "text", t = "text8", f = F["qkdlink.measurementEnded.text"] } } },
  [32836] = { name = "tuned", event = { { n = "run", t = "u32", f = F["qkdlink.tuned.run"], last = "run" }, { n = "what", t = "u8", f = F["qkdlink.tuned.what"], names = { [0] = "delay", [1] = "phase", [2] = "modulator", [3] = "bias" } }, { n = "outcome", t = "u8", f = F["qkdlink.tuned.outcome"], names = { [0] = "adjusted", [1] = "unchanged", [2] = "failed" } }, { n = "from", t = "f64", f = F["qkdlink.tuned.from"] }, { n = "to", t = "f64", f = F["qkdlink.tuned.to"] }, { n = "unit", t = "text8", f = F["qkdlink.tuned.unit"] }, { n = "text", t = "text8", f = F["qkdlink.tuned.text"] } } },
}

local ERROR_ROWS = { { n = "code", t = "u16", f = F["qkdlink.error.code"], names = { [1] = "unknownOpcode", [2] = "badPayload", [3] = "badParameter", [4] = "readOnly", [5] = "outOfRange", [6] = "busy", [7] = "wrongState", [8] = "notSupported", [9] = "internal" } }, { n = "text", t = "text8", f = F["qkdlink.error.text"] } }

local PEER = {
  [1] = { name = "connection.hello", limit = 4096, rows = { { n = "magic", t = "bytes", f = F["qkdlink.connection.hello.magic"], size = 4, only = "QKDP" }, { n = "version", t = "u16", f = F["qkdlink.connection.hello.version"] }, { n = "site", t = "u8", f = F["qkdlink.connection.hello.site"], names = { [0] = "alice", [1] = "bob" } }, { n = "linkId", t = "text8", f = F["qkdlink.connection.hello.linkId"] }, { n = "nonce", t = "bytes", f = F["qkdlink.connection.hello.nonce"], size = 32 }, { n = "secretId", t = "bytes", f = F["qkdlink.connection.hello.secretId"], size = 10 }, { n = "authRecovery", t = "u8", f = F["qkdlink.connection.hello.authRecovery"], names = { [0] = "manual", [1] = "computational" } }, { n = "kem", t = "u8", f = F["qkdlink.connection.hello.kem"], names = { [0] = "ML-KEM-768", [1] = "ML-KEM-1024" } }, { n = "combiner", t = "u8", f = F["qkdlink.connection.hello.combiner"], names = { [0] = "kdf", [1] = "xor" } } } },
  [2] = { name = "connection.proof", limit = 32, rows = { { n = "proof", t = "bytes", f = F["qkdlink.connection.proof.proof"], size = 32, hidden = true } } },
  [3] = { name = "connection.heartbeat", limit = 0, rows = {} },
  [8] = { name = "agreement.open", limit = 1096, rows = { { n = "atMs", t = "count64", f = F["qkdlink.agreement.open.atMs"] }, { n = "lost", t = "records", most = 64, f = F["qkdlink.agreement.open.lost"], items = { { n = "lost[].origin", t = "u8", f = F["qkdlink.agreement.open.lost.origin"], names = { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" } }, { n = "lost[].first", t = "count64", f = F["qkdlink.agreement.open.lost.first"] }, { n = "lost[].last", t = "count64", f = F["qkdlink.agreement.open.lost.last"] } } } } },
  [9] = { name = "agreement.stored", limit = 82944, rows = { { n = "blocks", t = "records", most = 1024, f = F["qkdlink.agreement.stored.blocks"], items = { { n = "blocks[].blockId", t = "bytes", f = F["qkdlink.agreement.stored.blocks.blockId"], size = 16 }, { n = "blocks[].origin", t = "u8", f = F["qkdlink.agreement.stored.blocks.origin"], names = { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" } }, { n = "blocks[].sequence", t = "count64", f = F["qkdlink.agreement.stored.blocks.sequence"] }, { n = "blocks[].provenance", t = "bytes", f = F["qkdlink.agreement.stored.blocks.provenance"], size = 32 }, { n = "blocks[].lackBytes", t = "count64", f = F["qkdlink.agreement.stored.blocks.lackBytes"] }, { n = "blocks[].tag", t = "bytes", f = F["qkdlink.agreement.stored.blocks.tag"], size = 16, hidden = true } } } } },
  [10] = { name = "agreement.ask", limit = 82944, rows = { { n = "blocks", t = "records", most = 1024, f = F["qkdlink.agreement.ask.blocks"], items = { { n = "blocks[].blockId", t = "bytes", f = F["qkdlink.agreement.ask.blocks.blockId"], size = 16 }, { n = "blocks[].origin", t = "u8", f = F["qkdlink.agreement.ask.blocks.origin"], names = { [0] = "qkd", [1] = "relay", [2] = "hybrid", [3] = "pqc" } }, { n = "blocks[].sequence", t = "count64", f = F["qkdlink.agreement.ask.blocks.sequence"] }, { n = "blocks[].provenance", t = "bytes", f = F["qkdlink.agreement.ask.blocks.provenance"], size = 32 }, { n = "blocks[].lackBytes", t = "count64", f = F["qkdlink.agreement.ask.blocks.lackBytes"] }, { n = "blocks[].tag", t = "bytes", f = F["qkdlink.agreement.ask.blocks.tag"], size = 16, hidden = true } } } } },
  [11] = { name = "agreement.released", limit = 36864, rows = { { n = "blocks", t = "records", most = 1024, f = F["qkdlink.agreement.released.blocks"], items = { { n = "blocks[].blockId", t = "bytes", f = F["qkdlink.agreement.released.blocks.blockId"], size = 16 }, { n = "blocks[].boundaryBytes", t = "u32", f = F["qkdlink.agreement.released.blocks.boundaryBytes"], last = "boundaryBytes" }, { n = "blocks[].tag", t = "bytes", f = F["qkdlink.agreement.released.blocks.tag"], size = 16, hidden = true } } } } },
  [12] = { name = "agreement.absent", limit = 16384, rows = { { n = "blocks", t = "records", most = 1024, f = F["qkdlink.agreement.absent.blocks"], items = { { n = "blocks[].blockId", t = "bytes", f = F["qkdlink.agreement.absent.blocks.blockId"], size = 16 } } } } },
  [13] = { name = "agreement.heard", limit = 16384, rows = { { n = "blocks", t = "records", most = 1024, f = F["qkdlink.agreement.heard.blocks"], items = { { n = "blocks[].blockId", t = "bytes", f = F["qkdlink.agreement.heard.blocks.blockId"], size = 16 } } } } },
  [14] = { name = "agreement.gone", limit = 29696, rows = { { n = "notices", t = "records", most = 1024, f = F["qkdlink.agreement.gone.notices"], items = { { n = "notices[].number", t = "count64", f = F["qkdlink.agreement.gone.notices.number"] }, { n = "notices[].blockId", t = "bytes", f = F["qkdlink.agreement.gone.notices.blockId"], size = 16 }, { n = "notices[].reason", t = "u8", f = F["qkdlink.agreement.gone.notices.reason"], names = { [0] = "handedOut", [1] = "expired", [2] = "damaged", [3] = "lost", [4] = "tagWrong", [5] = "burnt" } }, { n = "notices[].past", t = "u32", f = F["qkdlink.agreement.gone.notices.past"], last = "past" } } } } },
  [15] = { name = "agreement.goneHeard", limit = 8192, rows = { { n = "notices", t = "records", most = 1024, f = F["qkdlink.agreement.goneHeard.notices"], items = { { n = "notices[].number", t = "count64", f = F["qkdlink.agreement.goneHeard.notices.number"] } } } } },
  [16] = { name = "distillation.hello", limit = 1097, rows = { { n = "role", t = "u8", f = F["qkdlink.distillation.hello.role"], names = { [0] = "alice", [1] = "bob" } }, { n = "settingsDigest", t = "bytes", f = F["qkdlink.distillation.hello.settingsDigest"], size = 32 }, { n = "nonce", t = "bytes", f = F["qkdlink.distillation.hello.nonce"], size = 16 }, { n = "echo", t = "bytes", f = F["qkdlink.distillation.hello.echo"], size = 16 }, { n = "nextSequence", t = "count64", f = F["qkdlink.distillation.hello.nextSequence"] }, { n = "closing", t = "records", most = 64, f = F["qkdlink.distillation.hello.closing"], items = { { n = "closing[].blockId", t = "bytes", f = F["qkdlink.distillation.hello.closing.blockId"], size = 16 } } } } },
  [17] = { name = "distillation.offer", limit = 16, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.offer.sequence"] }, { n = "offset", t = "count64", f = F["qkdlink.distillation.offer.offset"] } } },
  [18] = { name = "distillation.have", limit = 60, rows = { { n = "number", t = "count64", f = F["qkdlink.distillation.have.number"] }, { n = "firstGate", t = "u64", f = F["qkdlink.distillation.have.firstGate"] }, { n = "gateCount", t = "u64", f = F["qkdlink.distillation.have.gateCount"] }, { n = "detections", t = "u32", f = F["qkdlink.distillation.have.detections"], last = "detections", min = 0, max = 8388608 }, { n = "gateDigest", t = "bytes", f = F["qkdlink.distillation.have.gateDigest"], size = 32 } } },
  [19] = { name = "distillation.omit", limit = 9, rows = { { n = "number", t = "count64", f = F["qkdlink.distillation.omit.number"] }, { n = "reason", t = "u8", f = F["qkdlink.distillation.omit.reason"], names = { [0] = "missing", [1] = "digest", [2] = "refused" } } } },
  [20] = { name = "distillation.agree", limit = 65, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.agree.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.agree.heard"], last = "heard" }, { n = "last", t = "count64", f = F["qkdlink.distillation.agree.last"] }, { n = "frames", t = "u32", f = F["qkdlink.distillation.agree.frames"], last = "frames" }, { n = "detections", t = "count64", f = F["qkdlink.distillation.agree.detections"] }, { n = "flushed", t = "bool", f = F["qkdlink.distillation.agree.flushed"], names = { [0] = "no", [1] = "yes" } }, { n = "listDigest", t = "bytes", f = F["qkdlink.distillation.agree.listDigest"], size = 32 } } },
  [21] = { name = "distillation.sift", limit = 1048612, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.sift.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.sift.heard"], last = "heard" }, { n = "frame", t = "u32", f = F["qkdlink.distillation.sift.frame"], last = "frame" }, { n = "doubleClicks", t = "count64", f = F["qkdlink.distillation.sift.doubleClicks"] }, { n = "photocurrentNa", t = "f64", f = F["qkdlink.distillation.sift.photocurrentNa"] }, { n = "detections", t = "u32", f = F["qkdlink.distillation.sift.detections"], last = "detections", min = 0, max = 8388608 }, { n = "basis", t = "plane", f = F["qkdlink.distillation.sift.basis"], hidden = true, count = "detections" } } },
  [22] = { name = "distillation.siftReply", limit = 4194391, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.siftReply.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.siftReply.heard"], last = "heard" }, { n = "frame", t = "u32", f = F["qkdlink.distillation.siftReply.frame"], last = "frame" }, { n = "sent", t = "list", count = 6, items = { { n = "sent", t = "count64", f = F["qkdlink.distillation.siftReply.sent"] } } }, { n = "detections", t = "u32", f = F["qkdlink.distillation.siftReply.detections"], last = "detections", min = 0, max = 8388608 }, { n = "basis", t = "plane", f = F["qkdlink.distillation.siftReply.basis"], hidden = true, count = "detections" }, { n = "zBits", t = "u32", f = F["qkdlink.distillation.siftReply.zBits"], last = "zBits", min = 0, max = 8388608 }, { n = "zDecoys", t = "u32", f = F["qkdlink.distillation.siftReply.zDecoys"], last = "zDecoys", min = 0, max = 8388608 }, { n = "zDecoy", t = "plane", f = F["qkdlink.distillation.siftReply.zDecoy"], hidden = true, count = "zBits" }, { n = "zVacuum", t = "plane", f = F["qkdlink.distillation.siftReply.zVacuum"], hidden = true, count = "zDecoys" }, { n = "xBits", t = "u32", f = F["qkdlink.distillation.siftReply.xBits"], last = "xBits", min = 0, max = 8388608 }, { n = "xDecoys", t = "u32", f = F["qkdlink.distillation.siftReply.xDecoys"], last = "xDecoys", min = 0, max = 8388608 }, { n = "xDecoy", t = "plane", f = F["qkdlink.distillation.siftReply.xDecoy"], hidden = true, count = "xBits" }, { n = "xVacuum", t = "plane", f = F["qkdlink.distillation.siftReply.xVacuum"], hidden = true, count = "xDecoys" }, { n = "xBit", t = "plane", f = F["qkdlink.distillation.siftReply.xBit"], hidden = true, count = "xBits" } } },
  [23] = { name = "distillation.reconcile", limit = 48, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.reconcile.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.reconcile.heard"], last = "heard" }, { n = "qberPpm", t = "u32", f = F["qkdlink.distillation.reconcile.qberPpm"], last = "qberPpm", min = 1, max = 500000 }, { n = "seed", t = "bytes", f = F["qkdlink.distillation.reconcile.seed"], size = 32 } } },
  [24] = { name = "distillation.parities", limit = 16777216, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.parities.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.parities.heard"], last = "heard" }, { n = "entries", t = "records", most = 65536, f = F["qkdlink.distillation.parities.entries"], items = { { n = "entries[].cohort", t = "u32", f = F["qkdlink.distillation.parities.entries.cohort"], last = "cohort" }, { n = "entries[].round", t = "u32", f = F["qkdlink.distillation.parities.entries.round"], last = "round" }, { n = "entries[].parities", t = "bytes32", f = F["qkdlink.distillation.parities.entries.parities"], most = 4194304 } } } } },
  [25] = { name = "distillation.verify", limit = 49, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.verify.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.verify.heard"], last = "heard" }, { n = "cohort", t = "u32", f = F["qkdlink.distillation.verify.cohort"], last = "cohort" }, { n = "attempt", t = "u8", f = F["qkdlink.distillation.verify.attempt"] }, { n = "hashKey", t = "bytes", f = F["qkdlink.distillation.verify.hashKey"], size = 16 }, { n = "tag", t = "bytes", f = F["qkdlink.distillation.verify.tag"], size = 16, hidden = true } } },
  [26] = { name = "distillation.verdict", limit = 18, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.verdict.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.verdict.heard"], last = "heard" }, { n = "cohort", t = "u32", f = F["qkdlink.distillation.verdict.cohort"], last = "cohort" }, { n = "attempt", t = "u8", f = F["qkdlink.distillation.verdict.attempt"] }, { n = "verdict", t = "u8", f = F["qkdlink.distillation.verdict.verdict"], names = { [0] = "equal", [1] = "extend", [2] = "discard" } } } },
  [27] = { name = "distillation.disclose", limit = 16777236, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.disclose.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.disclose.heard"], last = "heard" }, { n = "cohort", t = "u32", f = F["qkdlink.distillation.disclose.cohort"], last = "cohort" }, { n = "bits", t = "u32", f = F["qkdlink.distillation.disclose.bits"], last = "bits", min = 0, max = 134217728 }, { n = "plane", t = "plane", f = F["qkdlink.distillation.disclose.plane"], hidden = true, count = "bits" } } },
  [28] = { name = "distillation.estimates", limit = 156, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.estimates.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.estimates.heard"], last = "heard" }, { n = "sent", t = "list", count = 6, items = { { n = "sent", t = "count64", f = F["qkdlink.distillation.estimates.sent"] } } }, { n = "sifted", t = "list", count = 6, items = { { n = "sifted", t = "count64", f = F["qkdlink.distillation.estimates.sifted"] } } }, { n = "errors", t = "list", count = 6, items = { { n = "errors", t = "count64", f = F["qkdlink.distillation.estimates.errors"] } } } } },
  [29] = { name = "distillation.amplify", limit = 41, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.amplify.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.amplify.heard"], last = "heard" }, { n = "reason", t = "u8", f = F["qkdlink.distillation.amplify.reason"], names = { [0] = "none", [1] = "leakAboveMaximum", [2] = "noSecretKey", [3] = "correctnessBound" } }, { n = "secretBits", t = "count64", f = F["qkdlink.distillation.amplify.secretBits"] }, { n = "leakBits", t = "count64", f = F["qkdlink.distillation.amplify.leakBits"] }, { n = "createdAtMs", t = "count64", f = F["qkdlink.distillation.amplify.createdAtMs"] }, { n = "authBytes", t = "u32", f = F["qkdlink.distillation.amplify.authBytes"], last = "authBytes" } } },
  [30] = { name = "distillation.seed", limit = 1048596, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.seed.sequence"] }, { n = "heard", t = "u32", f = F["qkdlink.distillation.seed.heard"], last = "heard" }, { n = "offset", t = "u32", f = F["qkdlink.distillation.seed.offset"], last = "offset" }, { n = "bytes", t = "bytes32", f = F["qkdlink.distillation.seed.bytes"], most = 1048576 } } },
  [31] = { name = "distillation.tag", limit = 24, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.tag.sequence"] }, { n = "tag", t = "bytes", f = F["qkdlink.distillation.tag.tag"], size = 16, hidden = true } } },
  [32] = { name = "distillation.done", limit = 8, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.done.sequence"] } } },
  [33] = { name = "distillation.refuse", limit = 16, rows = { { n = "sequence", t = "count64", f = F["qkdlink.distillation.refuse.sequence"] }, { n = "offset", t = "count64", f = F["qkdlink.distillation.refuse.offset"] } } },
  [64] = { name = "pqc.want", limit = 8, rows = { { n = "blocks", t = "u32", f = F["qkdlink.pqc.want.blocks"], last = "blocks" }, { n = "nextSequence", t = "u32", f = F["qkdlink.pqc.want.nextSequence"], last = "nextSequence" } } },
  [65] = { name = "pqc.offer", limit = 1603, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.pqc.offer.blockId"], size = 16 }, { n = "sequence", t = "u32", f = F["qkdlink.pqc.offer.sequence"], last = "sequence" }, { n = "createdAtMs", t = "count64", f = F["qkdlink.pqc.offer.createdAtMs"] }, { n = "blockBytes", t = "u32", f = F["qkdlink.pqc.offer.blockBytes"], last = "blockBytes" }, { n = "kem", t = "u8", f = F["qkdlink.pqc.offer.kem"], names = { [0] = "ML-KEM-768", [1] = "ML-KEM-1024" } }, { n = "publicKey", t = "bytes16", f = F["qkdlink.pqc.offer.publicKey"] } } },
  [66] = { name = "pqc.answer", limit = 1618, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.pqc.answer.blockId"], size = 16 }, { n = "ciphertext", t = "bytes16", f = F["qkdlink.pqc.answer.ciphertext"], hidden = true }, { n = "mac", t = "bytes", f = F["qkdlink.pqc.answer.mac"], size = 32, hidden = true } } },
  [67] = { name = "pqc.confirm", limit = 48, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.pqc.confirm.blockId"], size = 16 }, { n = "mac", t = "bytes", f = F["qkdlink.pqc.confirm.mac"], size = 32, hidden = true } } },
  [68] = { name = "pqc.refuse", limit = 20, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.pqc.refuse.blockId"], size = 16 }, { n = "nextSequence", t = "u32", f = F["qkdlink.pqc.refuse.nextSequence"], last = "nextSequence" } } },
  [80] = { name = "relay.hop", limit = 81920, rows = { { n = "sender", t = "text8", f = F["qkdlink.relay.hop.sender"] }, { n = "receiver", t = "text8", f = F["qkdlink.relay.hop.receiver"] }, { n = "blockId", t = "bytes", f = F["qkdlink.relay.hop.blockId"], size = 16 }, { n = "nonce", t = "bytes", f = F["qkdlink.relay.hop.nonce"], size = 16 }, { n = "sequence", t = "u32", f = F["qkdlink.relay.hop.sequence"], last = "sequence" }, { n = "createdAtMs", t = "count64", f = F["qkdlink.relay.hop.createdAtMs"] }, { n = "blockBytes", t = "u32", f = F["qkdlink.relay.hop.blockBytes"], last = "blockBytes" }, { n = "secrecy", t = "f64", f = F["qkdlink.relay.hop.secrecy"] }, { n = "correctness", t = "f64", f = F["qkdlink.relay.hop.correctness"] }, { n = "authentication", t = "f64", f = F["qkdlink.relay.hop.authentication"] }, { n = "auth", t = "u8", f = F["qkdlink.relay.hop.auth"], names = { [0] = "information-theoretic", [1] = "computational" } }, { n = "shares", t = "list16", f = F["qkdlink.relay.hop.shares"], items = { { n = "shares[].path", t = "list16", items = { { n = "shares[].path", t = "text8", f = F["qkdlink.relay.hop.shares.path"] } } } } }, { n = "share", t = "u8", f = F["qkdlink.relay.hop.share"] }, { n = "position", t = "u8", f = F["qkdlink.relay.hop.position"] }, { n = "rank", t = "u8", f = F["qkdlink.relay.hop.rank"], names = { [0] = "critical", [1] = "ordinary", [2] = "background" } }, { n = "leftMs", t = "u32", f = F["qkdlink.relay.hop.leftMs"], last = "leftMs" }, { n = "traceId", t = "bytes", f = F["qkdlink.relay.hop.traceId"], size = 16 }, { n = "spanId", t = "bytes", f = F["qkdlink.relay.hop.spanId"], size = 8 }, { n = "places", t = "list16", f = F["qkdlink.relay.hop.places"], items = { { n = "places[].sequence", t = "u32", f = F["qkdlink.relay.hop.places.sequence"], last = "sequence" }, { n = "places[].offset", t = "u32", f = F["qkdlink.relay.hop.places.offset"], last = "offset" }, { n = "places[].length", t = "u32", f = F["qkdlink.relay.hop.places.length"], last = "length" } } }, { n = "trail", t = "list16", f = F["qkdlink.relay.hop.trail"], items = { { n = "trail[].epsilon", t = "f64", f = F["qkdlink.relay.hop.trail.epsilon"] }, { n = "trail[].auth", t = "u8", f = F["qkdlink.relay.hop.trail.auth"], names = { [0] = "information-theoretic", [1] = "computational" } } } }, { n = "ciphertext", t = "bytes32", f = F["qkdlink.relay.hop.ciphertext"], hidden = true, most = 65536 }, { n = "tag", t = "bytes", f = F["qkdlink.relay.hop.tag"], size = 16, hidden = true } } },
  [81] = { name = "relay.refused", limit = 19, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.relay.refused.blockId"], size = 16 }, { n = "share", t = "u8", f = F["qkdlink.relay.refused.share"] }, { n = "position", t = "u8", f = F["qkdlink.relay.refused.position"] }, { n = "reason", t = "u8", f = F["qkdlink.relay.refused.reason"], names = { [0] = "exhausted", [1] = "linkDown", [2] = "notHere", [3] = "padUnknown", [4] = "bound" } } } },
  [82] = { name = "relay.want", limit = 13, rows = { { n = "bytes", t = "u32", f = F["qkdlink.relay.want.bytes"], last = "bytes" }, { n = "rank", t = "u8", f = F["qkdlink.relay.want.rank"], names = { [0] = "critical", [1] = "ordinary", [2] = "background" } }, { n = "timeoutMs", t = "u32", f = F["qkdlink.relay.want.timeoutMs"], last = "timeoutMs" }, { n = "nextSequence", t = "u32", f = F["qkdlink.relay.want.nextSequence"], last = "nextSequence" } } },
  [83] = { name = "relay.links", limit = 72456, rows = { { n = "reporter", t = "text8", f = F["qkdlink.relay.links.reporter"] }, { n = "number", t = "count64", f = F["qkdlink.relay.links.number"] }, { n = "links", t = "records", most = 256, f = F["qkdlink.relay.links.links"], items = { { n = "links[].neighbour", t = "text8", f = F["qkdlink.relay.links.links.neighbour"] }, { n = "links[].freeBits", t = "count64", f = F["qkdlink.relay.links.links.freeBits"] }, { n = "links[].leastRateBps", t = "u32", f = F["qkdlink.relay.links.links.leastRateBps"], last = "leastRateBps" }, { n = "links[].demandBps", t = "u32", f = F["qkdlink.relay.links.links.demandBps"], last = "demandBps" }, { n = "links[].up", t = "bool", f = F["qkdlink.relay.links.links.up"], names = { [0] = "no", [1] = "yes" } }, { n = "links[].epsilon", t = "f64", f = F["qkdlink.relay.links.links.epsilon"] }, { n = "links[].auth", t = "u8", f = F["qkdlink.relay.links.links.auth"], names = { [0] = "information-theoretic", [1] = "computational" } } } } } },
  [144] = { name = "reserve.want", limit = 4, rows = { { n = "next", t = "u32", f = F["qkdlink.reserve.want.next"], last = "next" } } },
  [145] = { name = "reserve.offer", limit = 1644, rows = { { n = "number", t = "u32", f = F["qkdlink.reserve.offer.number"], last = "number" }, { n = "place", t = "count64", f = F["qkdlink.reserve.offer.place"] }, { n = "kemKey", t = "bytes", f = F["qkdlink.reserve.offer.kemKey"], size = 1568 }, { n = "dhKey", t = "bytes", f = F["qkdlink.reserve.offer.dhKey"], size = 32 }, { n = "mac", t = "bytes", f = F["qkdlink.reserve.offer.mac"], size = 32, hidden = true } } },
  [146] = { name = "reserve.answer", limit = 1644, rows = { { n = "number", t = "u32", f = F["qkdlink.reserve.answer.number"], last = "number" }, { n = "place", t = "count64", f = F["qkdlink.reserve.answer.place"] }, { n = "ciphertext", t = "bytes", f = F["qkdlink.reserve.answer.ciphertext"], size = 1568, hidden = true }, { n = "dhKey", t = "bytes", f = F["qkdlink.reserve.answer.dhKey"], size = 32 }, { n = "mac", t = "bytes", f = F["qkdlink.reserve.answer.mac"], size = 32, hidden = true } } },
  [147] = { name = "reserve.confirm", limit = 36, rows = { { n = "number", t = "u32", f = F["qkdlink.reserve.confirm.number"], last = "number" }, { n = "mac", t = "bytes", f = F["qkdlink.reserve.confirm.mac"], size = 32, hidden = true } } },
  [148] = { name = "reserve.held", limit = 9, rows = { { n = "number", t = "u32", f = F["qkdlink.reserve.held.number"], last = "number" }, { n = "held", t = "bool", f = F["qkdlink.reserve.held.held"], names = { [0] = "no", [1] = "yes" } }, { n = "next", t = "u32", f = F["qkdlink.reserve.held.next"], last = "next" } } },
  [149] = { name = "reserve.query", limit = 4, rows = { { n = "number", t = "u32", f = F["qkdlink.reserve.query.number"], last = "number" } } },
  [150] = { name = "reserve.unsure", limit = 16, rows = { { n = "nonce", t = "bytes", f = F["qkdlink.reserve.unsure.nonce"], size = 16 } } },
  [151] = { name = "reserve.seen", limit = 65, rows = { { n = "nonce", t = "bytes", f = F["qkdlink.reserve.seen.nonce"], size = 16 }, { n = "sure", t = "bool", f = F["qkdlink.reserve.seen.sure"], names = { [0] = "no", [1] = "yes" } }, { n = "seen", t = "count64", f = F["qkdlink.reserve.seen.seen"] }, { n = "used", t = "count64", f = F["qkdlink.reserve.seen.used"] }, { n = "mac", t = "bytes", f = F["qkdlink.reserve.seen.mac"], size = 32, hidden = true } } },
  [152] = { name = "network.stamp", limit = 320, rows = { { n = "network", t = "text8", f = F["qkdlink.network.stamp.network"] }, { n = "nodes", t = "bytes", f = F["qkdlink.network.stamp.nodes"], size = 16 }, { n = "links", t = "bytes", f = F["qkdlink.network.stamp.links"], size = 16 }, { n = "saes", t = "bytes", f = F["qkdlink.network.stamp.saes"], size = 16 }, { n = "policies", t = "bytes", f = F["qkdlink.network.stamp.policies"], size = 16 } } },
  [160] = { name = "hybrid.want", limit = 8, rows = { { n = "bytes", t = "u32", f = F["qkdlink.hybrid.want.bytes"], last = "bytes" }, { n = "nextSequence", t = "u32", f = F["qkdlink.hybrid.want.nextSequence"], last = "nextSequence" } } },
  [161] = { name = "hybrid.combine", limit = 48, rows = { { n = "sequence", t = "u32", f = F["qkdlink.hybrid.combine.sequence"], last = "sequence" }, { n = "createdAtMs", t = "count64", f = F["qkdlink.hybrid.combine.createdAtMs"] }, { n = "blockBytes", t = "u32", f = F["qkdlink.hybrid.combine.blockBytes"], last = "blockBytes" }, { n = "quantumKeyId", t = "bytes", f = F["qkdlink.hybrid.combine.quantumKeyId"], size = 16 }, { n = "exchangedKeyId", t = "bytes", f = F["qkdlink.hybrid.combine.exchangedKeyId"], size = 16 } } },
  [162] = { name = "hybrid.refuse", limit = 20, rows = { { n = "blockId", t = "bytes", f = F["qkdlink.hybrid.refuse.blockId"], size = 16 }, { n = "nextSequence", t = "u32", f = F["qkdlink.hybrid.refuse.nextSequence"], last = "nextSequence" } } },
  [168] = { name = "streams.open", limit = 530, rows = { { n = "ksid", t = "bytes", f = F["qkdlink.streams.open.ksid"], size = 16 }, { n = "source", t = "text8", f = F["qkdlink.streams.open.source"] }, { n = "destination", t = "text8", f = F["qkdlink.streams.open.destination"] }, { n = "chunkBytes", t = "u16", f = F["qkdlink.streams.open.chunkBytes"] } } },
  [169] = { name = "streams.key", limit = 36, rows = { { n = "ksid", t = "bytes", f = F["qkdlink.streams.key.ksid"], size = 16 }, { n = "index", t = "u32", f = F["qkdlink.streams.key.index"], last = "index" }, { n = "keyId", t = "bytes", f = F["qkdlink.streams.key.keyId"], size = 16 } } },
  [170] = { name = "streams.close", limit = 16, rows = { { n = "ksid", t = "bytes", f = F["qkdlink.streams.close.ksid"], size = 16 } } },
}

local REGISTERS = {
  { address = 0, t = "u16", words = 1, steps = 1, absent = 65535, f = F["qkdlink.modbus.mapVersion"] },
  { address = 1, t = "u16", words = 1, steps = 1, absent = 65535, f = F["qkdlink.modbus.role"] },
  { address = 2, t = "u16", words = 1, steps = 1, absent = 65535, f = F["qkdlink.modbus.state"] },
  { address = 3, t = "u16", words = 1, steps = 1, absent = 65535, f = F["qkdlink.modbus.activeAlarms"] },
  { address = 4, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.uptimeS"] },
  { address = 16, t = "u16", words = 1, steps = 100, absent = 65535, f = F["qkdlink.modbus.laserBiasMa"] },
  { address = 17, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.laserTemperatureC"] },
  { address = 18, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.laserPowerDbm"] },
  { address = 19, t = "i16", words = 1, steps = 1000, absent = 32768, f = F["qkdlink.modbus.laserTecCurrentA"] },
  { address = 20, t = "u16", words = 1, steps = 100, absent = 65535, f = F["qkdlink.modbus.attenuatorDb"] },
  { address = 21, t = "i16", words = 1, steps = 1000, absent = 32768, f = F["qkdlink.modbus.modulatorBiasV"] },
  { address = 22, t = "u16", words = 1, steps = 10, absent = 65535, f = F["qkdlink.modbus.modulatorAmplifierMa"] },
  { address = 23, t = "u16", words = 1, steps = 1000, absent = 65535, f = F["qkdlink.modbus.modulatorAmplifierV"] },
  { address = 24, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.modulatorTemperatureC"] },
  { address = 25, t = "i16", words = 1, steps = 1000, absent = 32768, f = F["qkdlink.modbus.modulatorTecCurrentA"] },
  { address = 26, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.monitorPowerDbm"] },
  { address = 32, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.internalTemperatureC"] },
  { address = 33, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.interferometerTemperatureC"] },
  { address = 34, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.filterTemperatureC"] },
  { address = 35, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.serviceTxDbm"] },
  { address = 36, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.serviceRxDbm"] },
  { address = 48, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.detector0TemperatureC"] },
  { address = 49, t = "u16", words = 1, steps = 100, absent = 65535, f = F["qkdlink.modbus.detector0BiasV"] },
  { address = 50, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.detector0CountRateHz"] },
  { address = 52, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.detector0PhotocurrentNa"] },
  { address = 54, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.detector1TemperatureC"] },
  { address = 55, t = "u16", words = 1, steps = 100, absent = 65535, f = F["qkdlink.modbus.detector1BiasV"] },
  { address = 56, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.detector1CountRateHz"] },
  { address = 58, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.detector1PhotocurrentNa"] },
  { address = 60, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.monitorTemperatureC"] },
  { address = 61, t = "u16", words = 1, steps = 100, absent = 65535, f = F["qkdlink.modbus.monitorBiasV"] },
  { address = 62, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.monitorCountRateHz"] },
  { address = 64, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.monitorPhotocurrentNa"] },
  { address = 66, t = "i16", words = 1, steps = 10, absent = 32768, f = F["qkdlink.modbus.arrivalOffsetPs"] },
  { address = 67, t = "i16", words = 1, steps = 10, absent = 32768, f = F["qkdlink.modbus.gateSkewPs"] },
  { address = 72, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical1PowerDbm"] },
  { address = 73, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical2PowerDbm"] },
  { address = 74, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical3PowerDbm"] },
  { address = 75, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical4PowerDbm"] },
  { address = 76, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical1LaunchDbm"] },
  { address = 77, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical2LaunchDbm"] },
  { address = 78, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical3LaunchDbm"] },
  { address = 79, t = "i16", words = 1, steps = 100, absent = 32768, f = F["qkdlink.modbus.classical4LaunchDbm"] },
  { address = 88, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.qberZPpm"] },
  { address = 90, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.qberXPpm"] },
  { address = 92, t = "u16", words = 1, steps = 10000, absent = 65535, f = F["qkdlink.modbus.visibility"] },
  { address = 94, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.gain"] },
  { address = 96, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.sessionNumber"] },
  { address = 98, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.framesProduced"] },
  { address = 100, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.framesDropped"] },
  { address = 102, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.detections"] },
  { address = 104, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.siftableDetections"] },
  { address = 106, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.doubleClicks"] },
  { address = 108, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.gainU"] },
  { address = 110, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.gainV"] },
  { address = 112, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.gainW"] },
  { address = 114, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.doubleClicksHz"] },
  { address = 116, t = "u32", words = 2, steps = 1, absent = 4294967295, f = F["qkdlink.modbus.afterpulsePpm"] },
  { address = 118, t = "f32", words = 2, steps = 1, absent = 0, f = F["qkdlink.modbus.mismatchedCorrelation"] },
}

local HOLDING = {
  [0] = F["qkdlink.modbus.identifyLedS"],
  [1] = F["qkdlink.modbus.statusIntervalMs"],
}

local COILS = {
  [0] = "resetAlarmLatch",
  [1] = "identifyLed",
}

local OBJECTS = {
  [0] = F["qkdlink.modbus.vendorName"],
  [1] = F["qkdlink.modbus.productCode"],
  [2] = F["qkdlink.modbus.majorMinorRevision"],
  [3] = F["qkdlink.modbus.vendorUrl"],
  [4] = F["qkdlink.modbus.productName"],
  [5] = F["qkdlink.modbus.modelName"],
  [128] = F["qkdlink.modbus.serialNumber"],
  [129] = F["qkdlink.modbus.role_"],
  [130] = F["qkdlink.modbus.linkId"],
}

local ALARMS = {
  [0] = "laserBiasMa",
  [1] = "laserTemperatureC",
  [2] = "laserPowerDbm",
  [3] = "laserTecCurrentA",
  [4] = "attenuatorDb",
  [5] = "modulatorBiasV",
  [6] = "modulatorAmplifierMa",
  [7] = "modulatorAmplifierV",
  [8] = "modulatorTemperatureC",
  [9] = "modulatorTecCurrentA",
  [10] = "monitorPowerDbm",
  [11] = "internalTemperatureC",
  [12] = "interferometerTemperatureC",
  [13] = "filterTemperatureC",
  [16] = "detector0TemperatureC",
  [17] = "detector0BiasV",
  [18] = "detector0CountRateHz",
  [19] = "detector0PhotocurrentNa",
  [20] = "detector1TemperatureC",
  [21] = "detector1BiasV",
  [22] = "detector1CountRateHz",
  [23] = "detector1PhotocurrentNa",
  [24] = "monitorTemperatureC",
  [25] = "monitorBiasV",
  [26] = "monitorCountRateHz",
  [27] = "monitorPhotocurrentNa",
  [32] = "classical1PowerDbm",
  [33] = "classical2PowerDbm",
  [34] = "classical3PowerDbm",
  [35] = "classical4PowerDbm",
  [40] = "qberZPpm",
  [41] = "qberXPpm",
  [42] = "visibility",
  [43] = "gain",
  [14] = "serviceTxDbm",
  [15] = "serviceRxDbm",
  [28] = "arrivalOffsetPs",
  [29] = "gateSkewPs",
  [36] = "classical1LaunchDbm",
  [37] = "classical2LaunchDbm",
  [38] = "classical3LaunchDbm",
  [39] = "classical4LaunchDbm",
  [44] = "gainU",
  [45] = "gainV",
  [46] = "gainW",
  [47] = "doubleClicksHz",
  [30] = "afterpulsePpm",
  [31] = "mismatchedCorrelation",
  [48] = "lossOfSignal",
  [49] = "laserOff",
  [50] = "framesDropped",
  [51] = "calibrationFailed",
  [52] = "selfTestFailed",
  [53] = "protectiveShutdown",
  [55] = "tunedTooFar",
  [54] = "internalFault",
}

local ALARM_BITS = 64

local FUNCTIONS = {
  [1] = "readCoils",
  [2] = "readDiscreteInputs",
  [3] = "readHoldingRegisters",
  [4] = "readInputRegisters",
  [5] = "writeCoil",
  [6] = "writeRegister",
  [15] = "writeCoils",
  [16] = "writeRegisters",
  [43] = "readIdentification",
}

local DIRECTIONS = {
  [0] = "toDevice",
  [1] = "fromDevice",
  [2] = "said",
  [3] = "heard",
}

local REASONS = {
  [0] = "none",
  [1] = "noise",
  [2] = "header",
  [3] = "version",
  [4] = "flags",
  [5] = "length",
  [6] = "payload",
  [7] = "incomplete",
  [8] = "modbus",
}

-- How fields are read: by rows, one after the other, each with its type. Generated rows stand in front of this part.

local MALFORMED = {}

local function malformed(why)
  error(setmetatable({ why = why }, MALFORMED), 0)
end

local FIXED = {
  u8 = 1, bool = 1, u16 = 2, u32 = 4, i32 = 4, f32 = 4, set32 = 4, u64 = 8, count64 = 8, f64 = 8,
}
local PREFIXED = { text8 = 1, text16 = 2, bytes16 = 2, bytes32 = 4 }

-- A place in a message: tvb, next byte, end, and the numbers read so far by their last name.
local function cursor(tvb, at, stop)
  return { tvb = tvb, at = at, stop = stop, numbers = {} }
end

local function take(c, count, name)
  if c.at + count > c.stop then malformed("it ends inside " .. name) end
  local range = c.tvb:range(c.at, count)
  c.at = c.at + count
  return range
end

local function number(c, count, name)
  return take(c, count, name):uint()
end

local function mark(c, name)
  local value = number(c, 1, name)
  if value > 1 then malformed(name .. " must start with 0 or 1") end
  return value
end

-- Whether a text is valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
local function is_utf8(text)
  local at, length = 1, #text
  while at <= length do
    local byte = text:byte(at)
    local more, low, high = 0, 0x80, 0xbf
    if byte < 0x80 then more = 0
    elseif byte >= 0xc2 and byte <= 0xdf then more = 1
    elseif byte >= 0xe0 and byte <= 0xef then
      more = 2
      if byte == 0xe0 then low = 0xa0 elseif byte == 0xed then high = 0x9f end
    elseif byte >= 0xf0 and byte <= 0xf4 then
      more = 3
      if byte == 0xf0 then low = 0x90 elseif byte == 0xf4 then high = 0x8f end
    else return false end
    for offset = 1, more do
      local next_byte = text:byte(at + offset)
      if next_byte == nil or next_byte < low or next_byte > high then return false end
      low, high = 0x80, 0xbf
    end
    at = at + more + 1
  end
  return true
end

local function check_plane(raw, bits, name)
  local rest = bits % 8
  if rest ~= 0 and math.floor(raw:byte(#raw) / 2 ^ rest) ~= 0 then
    malformed(name .. " must have zeros after its last bit")
  end
end

local CHECKS = {
  bool = function(range, row)
    if range:uint() > 1 then malformed(row.n .. " must be 0 or 1") end
  end,
  count64 = function(range, row)
    if range:range(0, 4):uint() >= 0x200000 then malformed(row.n .. " must be below 2^53") end
  end,
  f64 = function(range, row)
    if range:range(0, 1):uint() % 0x80 == 0x7f and range:range(1, 1):uint() >= 0xf0 then
      malformed(row.n .. " must be a finite number")
    end
  end,
  f32 = function(range, row)
    if range:range(0, 1):uint() % 0x80 == 0x7f and range:range(1, 1):uint() >= 0x80 then
      malformed(row.n .. " must be a finite number")
    end
  end,
  set32 = function(range, row)
    if range:uint() > row.known then malformed(row.n .. " has an unknown bit") end
  end,
}

local function text_of(range)
  return range:len() == 0 and "" or range:raw()
end

local function set_names(row, word)
  local names = {}
  for bit_number, name in ipairs(row.bits) do
    if math.floor(word / 2 ^ (bit_number - 1)) % 2 == 1 then names[#names + 1] = name end
  end
  return #names == 0 and "none" or table.concat(names, ", ")
end

local walk

local function value(c, tree, row)
  local kind = row.t
  if kind == "f64 or text16" then
    local inner = mark(c, row.n) == 0 and row.number or row.text
    value(c, tree, inner)
    return
  end
  local size = FIXED[kind] or row.size
  if PREFIXED[kind] ~= nil then
    size = number(c, PREFIXED[kind], row.n)
    if row.most ~= nil and size > row.most then malformed(row.n .. " is too long") end
  elseif kind == "plane" then
    size = math.ceil(c.numbers[row.count] / 8)
  end
  local range = take(c, size, row.n)
  if CHECKS[kind] ~= nil then CHECKS[kind](range, row) end
  if kind == "plane" then
    if size > 0 then check_plane(range:raw(), c.numbers[row.count], row.n) end
    tree:add(row.f, range, size)
    return
  end
  if row.hidden then
    tree:add(row.f, range, size)
    return
  end
  if kind == "u32" then
    c.numbers[row.last] = range:uint()
    if row.min ~= nil and (range:uint() < row.min or range:uint() > row.max) then
      malformed(row.n .. " is out of range")
    end
  end
  if row.names ~= nil and row.names[range:uint()] == nil then malformed(row.n .. " has an unknown value") end
  if row.only ~= nil and text_of(range) ~= row.only then malformed(row.n .. " must be " .. row.only) end
  if kind == "text8" or kind == "text16" then
    if not is_utf8(text_of(range)) then malformed(row.n .. " is not valid UTF-8") end
    if size > 0 then tree:add_packet_field(row.f, range, ENC_UTF_8) else tree:add(row.f, range, "") end
    return
  end
  local item = size > 0 and tree:add(row.f, range) or tree:add(row.f, range, "")
  if kind == "set32" then item:append_text(" (" .. set_names(row, range:uint()) .. ")") end
end

local function list(c, tree, row)
  if row.t == "records" then
    local index = 0
    while c.at < c.stop do
      if index >= row.most then malformed(row.n .. " has too many records") end
      walk(c, tree:add(row.f, c.tvb:range(c.at, 0)):set_text(row.n .. "[" .. index .. "]"), row.items)
      index = index + 1
    end
    return
  end
  local count = row.count
  if row.t == "optional" then count = mark(c, row.n) elseif row.t == "list16" then count = number(c, 2, row.n) end
  for index = 0, count - 1 do
    if row.f == nil then walk(c, tree, row.items)
    else walk(c, tree:add(row.f, c.tvb:range(c.at, 0)):set_text(row.n .. "[" .. index .. "]"), row.items) end
  end
end

walk = function(c, tree, rows)
  for _, row in ipairs(rows) do
    if row.items ~= nil then list(c, tree, row) else value(c, tree, row) end
  end
end

-- Reads the fields of one message; says why where they contradict its declaration.
local function dissect_fields(tvb, at, length, tree, rows)
  local c = cursor(tvb, at, at + length)
  local ok, problem = pcall(walk, c, tree, rows)
  if ok and c.at ~= c.stop then ok, problem = false, { why = "it has bytes after its last field" } end
  if ok then return true end
  local why = type(problem) == "table" and problem.why or tostring(problem)
  tree:add_proto_expert_info(experts.malformed, "malformed: " .. why)
  return false
end

-- Checksums, frames of the session plane, and where they come from: recordings (USER0) and TCP.

local CRC16, CRC32 = {}, {}
for byte = 0, 255 do
  local short, long = byte * 256, byte
  for _ = 1, 8 do
    short = short >= 0x8000 and bit.band(bit.bxor(short * 2, 0x1021), 0xffff) or short * 2
    long = long % 2 == 1 and bit.bxor(bit.rshift(long, 1), 0xedb88320) or bit.rshift(long, 1)
  end
  CRC16[byte], CRC32[byte] = short, long
end

local function crc16(raw)
  local crc = 0xffff
  for at = 1, #raw do
    local index = bit.bxor(math.floor(crc / 256), raw:byte(at))
    crc = bit.bxor((crc % 256) * 256, CRC16[index])
  end
  return crc
end

local function crc32(raw)
  local crc, bxor, band, rshift, length = -1, bit.bxor, bit.band, bit.rshift, #raw
  for from = 1, length, 4096 do
    local bytes = { raw:byte(from, math.min(from + 4095, length)) }
    for at = 1, #bytes do crc = bxor(rshift(crc, 8), CRC32[band(bxor(crc, bytes[at]), 0xff)]) end
  end
  return bit.bnot(crc) % 2 ^ 32
end

local SYNC = "QKDL"
local HEADER, TRAILER, MOST_PAYLOAD = 16, 4, 1048576
local KINDS = { [0] = "request", [4] = "request", [1] = "reply", [9] = "error", [2] = "event" }

-- What stands at a place: "frame" and its length, "more" while it cannot be told, or "garbage" and how many bytes.
local function frame_at(tvb, at)
  local left = tvb:len() - at
  local raw = tvb:raw(at, math.min(left, 4096))
  local start = raw:find(SYNC, 1, true)
  if start == nil then
    for keep = math.min(3, #raw), 1, -1 do
      if raw:sub(-keep) == SYNC:sub(1, keep) then
        if left > keep then return "garbage", #raw - keep end
        return "more"
      end
    end
    return "garbage", #raw
  end
  if start > 1 then return "garbage", start - 1 end
  if left < HEADER then return "more" end
  local header = tvb:range(at, HEADER)
  if crc16(raw:sub(1, 14)) ~= header:range(14, 2):uint() then return "garbage", 1 end
  local length = header:range(10, 4):uint()
  if header:range(4, 1):uint() ~= 1 or KINDS[header:range(5, 1):uint()] == nil or length > MOST_PAYLOAD then
    return "garbage", 1
  end
  local whole = HEADER + length + TRAILER
  if left < whole then return "more", whole end
  return "frame", whole
end

-- Event counters by who sends them; what was found missing is remembered by packet, since packets are looked at again.
local next_event, gaps = {}, {}

local function event_gap(pinfo, key, at, kind, opcode, sequence)
  if kind == "request" and opcode == 2 then next_event[key] = nil end
  if kind ~= "event" then return nil end
  local place = pinfo.number .. ":" .. at
  if not pinfo.visited then
    local expected = next_event[key]
    next_event[key] = (sequence + 1) % 65536
    if expected ~= nil and sequence ~= 0 and sequence ~= expected then gaps[place] = (sequence - expected) % 65536 end
  end
  return gaps[place]
end

local checksum_right = {}

local function payload_right(pinfo, tvb, at, length)
  local place = pinfo.number .. ":" .. at
  if checksum_right[place] == nil then
    local raw = length == 0 and "" or tvb:raw(at + HEADER, length)
    checksum_right[place] = crc32(raw) == tvb:range(at + HEADER + length, TRAILER):uint()
  end
  return checksum_right[place]
end

local function rows_of(kind, opcode)
  if kind == "error" then return ERROR_ROWS end
  local message = (kind == "event" and EVENTS or COMMANDS)[opcode]
  return message ~= nil and message[kind] or nil
end

local function dissect_frame(tvb, at, whole, pinfo, tree, key)
  local length = whole - HEADER - TRAILER
  local header = tvb:range(at, HEADER)
  local flags, sequence, opcode = header:range(5, 1):uint(), header:range(6, 2):uint(), header:range(8, 2):uint()
  local kind = KINDS[flags]
  local message = (kind == "event" and EVENTS or COMMANDS)[opcode]
  local name = message ~= nil and message.name or "unknown"
  local title = (flags == 4 and "repeated " or "") .. kind .. " " .. name
  local top = tree:add(session, tvb:range(at, whole), "QKD transceiver, " .. title)
  top:add(F.version, header:range(4, 1))
  top:add(F.flags, header:range(5, 1)):append_text(" (" .. kind .. (flags == 4 and ", repeat" or "") .. ")")
  top:add(F.kind, header:range(5, 1), kind)
  top:add(F.sequence, header:range(6, 2))
  top:add(F.opcode, header:range(8, 2)):append_text(" (" .. name .. ")")
  top:add(F.message, header:range(8, 2), name)
  top:add(F.length, header:range(10, 4))
  top:add(F.header_crc, header:range(14, 2))
  local missing = event_gap(pinfo, key, at, kind, opcode, sequence)
  if missing ~= nil then
    top:add(F.event_gap, header:range(6, 2), missing):set_generated()
    top:add_proto_expert_info(experts.event_gap, missing .. " events are missing before this one")
  end
  local trailer = tvb:range(at + HEADER + length, TRAILER)
  top:add(F.payload_crc, trailer)
  pinfo.cols.protocol = "QKDLINK"
  pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or "; ") .. title .. ", sequence " .. sequence)
  if not payload_right(pinfo, tvb, at, length) then
    top:add_proto_expert_info(experts.bad_crc)
    return false
  end
  local rows = rows_of(kind, opcode)
  if rows ~= nil then dissect_fields(tvb, at + HEADER, length, top, rows) end
  return true
end

local function add_garbage(tvb, at, length, pinfo, tree)
  local item = tree:add(session, tvb:range(at, length), "QKD transceiver, " .. length .. " bytes that are no frame")
  item:add(F.garbage, tvb:range(at, length), length)
  item:add_proto_expert_info(experts.damaged, length .. " bytes are no frame")
  pinfo.cols.protocol = "QKDLINK"
end

-- Every frame of a buffer that is complete; bytes that are none between them. Returns where an incomplete one begins.
local function dissect_frames(tvb, from, pinfo, tree, key)
  local at, garbage = from, 0
  local function flush()
    if garbage > 0 then add_garbage(tvb, at - garbage, garbage, pinfo, tree) end
    garbage = 0
  end
  while at < tvb:len() do
    local what, length = frame_at(tvb, at)
    if what == "more" then
      flush()
      return at, length
    elseif what == "garbage" then
      at, garbage = at + length, garbage + length
    else
      flush()
      -- Inside a frame whose payload is damaged another one may begin: the search goes on at its second byte.
      if dissect_frame(tvb, at, length, pinfo, tree, key) then at = at + length
      else at, garbage = at + 1, 0 end
    end
  end
  flush()
  return at
end

local function reassembled(tvb, pinfo, tree)
  local key = tostring(pinfo.src) .. ":" .. pinfo.src_port
  if pinfo.dst_port < pinfo.src_port then key = tostring(pinfo.dst) .. ":" .. pinfo.dst_port .. ":" .. pinfo.src_port
  else key = key .. ":" .. pinfo.dst_port end
  pinfo.cols.info = ""
  local at, whole = dissect_frames(tvb, 0, pinfo, tree, key)
  if at < tvb:len() then
    pinfo.desegment_offset = at
    pinfo.desegment_len = whole == nil and DESEGMENT_ONE_MORE_SEGMENT or whole - (tvb:len() - at)
  end
  return tvb:len()
end

function session.dissector(tvb, pinfo, tree)
  return reassembled(tvb, pinfo, tree)
end

-- The eight bytes in front of a recorded packet, and what they say of it.
local function dissect_pseudo(tvb, pinfo, tree, plane)
  local head = tvb:range(0, 8)
  local top = tree:add(recording, head, "qkdlink recording, " .. plane)
  top:add(F.rec_version, head:range(0, 1))
  top:add(F.rec_direction, head:range(1, 1))
  top:add(F.rec_unit, head:range(2, 1), head:range(2, 1):uint() + 1)
  local flags = head:range(3, 1):uint()
  top:add(F.rec_damaged, head:range(3, 1), flags % 2)
  top:add(F.rec_redacted, head:range(3, 1), math.floor(flags / 2) % 2)
  top:add(F.rec_repeat, head:range(3, 1), math.floor(flags / 4) % 2)
  top:add(F.rec_reason, head:range(4, 1))
  pinfo.cols.protocol = "QKDLINK"
  pinfo.cols.src = DIRECTIONS[head:range(1, 1):uint()] == "fromDevice" and "unit " .. head:range(2, 1):uint() + 1 or "driver"
  pinfo.cols.info = ""
  local facts = { unit = head:range(2, 1):uint(), direction = head:range(1, 1):uint(), damaged = flags % 2 == 1 }
  if facts.damaged then
    local length = tvb:len() - 8
    local why = REASONS[head:range(4, 1):uint()] or "unknown"
    top:add(F.garbage, tvb:range(8), length)
    top:add_proto_expert_info(experts.damaged, length .. " bytes were no frame: " .. why)
    pinfo.cols.info = length .. " bytes passed over: " .. why
  end
  return facts
end

local function recorded(plane, dissect)
  return function(tvb, pinfo, tree)
    if tvb:len() < 8 or tvb:range(0, 1):uint() ~= 1 then return 0 end
    local facts = dissect_pseudo(tvb, pinfo, tree, plane)
    if not facts.damaged and tvb:len() > 8 then dissect(tvb:range(8):tvb(), pinfo, tree, facts) end
    return tvb:len()
  end
end

recorded_session.dissector = recorded("session", function(tvb, pinfo, tree, facts)
  local at = dissect_frames(tvb, 0, pinfo, tree, "unit " .. facts.unit)
  if at < tvb:len() then add_garbage(tvb, at, tvb:len() - at, pinfo, tree) end
end)

-- Frames of the telemetry plane (USER1): unit, function, data, checksum, whatever line they came by.

local function modbus_crc(raw)
  local crc = 0xffff
  for at = 1, #raw do
    crc = bit.bxor(crc, raw:byte(at))
    for _ = 1, 8 do
      local odd = crc % 2 == 1
      crc = math.floor(crc / 2)
      if odd then crc = bit.bxor(crc, 0xa001) end
    end
  end
  return crc
end

-- What a reply means hangs on the request before it, of the same unit; remembered by packet.
local last_request, request_of = {}, {}

local function input_registers(data, start, tree)
  local count = math.floor(data:len() / 2)
  for _, register in ipairs(REGISTERS) do
    local at = register.address - start
    if at >= 0 and at + register.words <= count then
      local range = data:range(2 * at, 2 * register.words)
      local raw = range:uint()
      if register.t == "f32" then
        local exponent = math.floor(raw / 2 ^ 23) % 256
        if exponent ~= 255 then tree:add(register.f, range, range:float() / register.steps) end
      elseif raw ~= register.absent then
        if register.t == "i16" then raw = range:int() end
        tree:add(register.f, range, raw / register.steps)
      end
    end
  end
end

local function set_bits(data, start, count)
  local set = {}
  for index = 0, count - 1 do
    local byte = math.floor(index / 8)
    if byte < data:len() and math.floor(data:range(byte, 1):uint() / 2 ^ (index % 8)) % 2 == 1 then
      set[#set + 1] = { address = start + index, range = data:range(byte, 1) }
    end
  end
  return set
end

local function alarm_bits(data, start, count, tree)
  for _, one in ipairs(set_bits(data, start, count)) do
    local absolute = one.address >= ALARM_BITS
    local code = absolute and one.address - ALARM_BITS or one.address
    local name = ALARMS[code] or ("alarm " .. code)
    if code < ALARM_BITS then tree:add(absolute and F.mb_absolute or F.mb_operating, one.range, name) end
  end
end

local function identification(pdu, tree)
  if pdu:len() < 7 then return end
  local at = 7
  for _ = 1, pdu:range(6, 1):uint() do
    if at + 2 > pdu:len() then return end
    local id, length = pdu:range(at, 1):uint(), pdu:range(at + 1, 1):uint()
    if at + 2 + length > pdu:len() then return end
    local field = OBJECTS[id] or F.mb_object
    if length > 0 then tree:add_packet_field(field, pdu:range(at + 2, length), ENC_UTF_8)
    else tree:add(field, pdu:range(at + 2, 0), "") end
    at = at + 2 + length
  end
end

local function place_and_count(pdu, tree)
  if pdu:len() < 5 then return end
  local code = pdu:range(0, 1):uint()
  tree:add(F.mb_address, pdu:range(1, 2))
  tree:add((code == 5 or code == 6) and F.mb_value or F.mb_count, pdu:range(3, 2))
end

local function reply(pdu, tree, request)
  local code = pdu:range(0, 1):uint()
  if code >= 0x80 then
    if pdu:len() > 1 then tree:add(F.mb_exception, pdu:range(1, 1)) end
  elseif code == 43 then identification(pdu, tree)
  elseif code > 4 then place_and_count(pdu, tree)
  elseif pdu:len() >= 2 then
    local length = math.min(pdu:range(1, 1):uint(), pdu:len() - 2)
    tree:add(F.mb_bytes, pdu:range(1, 1), length)
    if request == nil or request.code ~= code or length == 0 then return end
    local data = pdu:range(2, length)
    if code == 4 then input_registers(data, request.address, tree)
    elseif code == 3 then
      for index = 0, math.floor(length / 2) - 1 do
        local range = data:range(2 * index, 2)
        tree:add(HOLDING[request.address + index] or F.mb_word, range)
      end
    elseif code == 2 then alarm_bits(data, request.address, request.count, tree)
    else
      for _, one in ipairs(set_bits(data, request.address, request.count)) do
        if COILS[one.address] ~= nil then tree:add(F.mb_coil, one.range, COILS[one.address]) end
      end
    end
  end
end

recorded_modbus.dissector = recorded("Modbus", function(tvb, pinfo, tree, facts)
  local length = tvb:len()
  local top = tree:add(modbus, tvb:range(0), "Modbus telemetry")
  local crc = length >= 4 and modbus_crc(tvb:raw(0, length - 2)) or -1
  if length < 4 or crc ~= tvb:range(length - 2, 2):le_uint() then
    top:add_proto_expert_info(experts.bad_crc)
    return
  end
  local asks = facts.direction == 0
  local code = tvb:range(1, 1):uint()
  local name = FUNCTIONS[code % 0x80] or ("function " .. code % 0x80)
  local kind = asks and "request" or code >= 0x80 and "error" or "reply"
  top:add(F.mb_unit, tvb:range(0, 1))
  top:add(F.mb_function, tvb:range(1, 1))
  top:add(F.kind, tvb:range(1, 1), kind)
  top:add(F.message, tvb:range(1, 1), name)
  pinfo.cols.info = "modbus " .. kind .. " " .. name
  local pdu = tvb:range(1, length - 3)
  if asks then
    if code == 43 then
      if pdu:len() >= 4 then
        top:add(F.mb_mei, pdu:range(1, 1))
        top:add(F.mb_read_code, pdu:range(2, 1))
        top:add(F.mb_first_object, pdu:range(3, 1))
      end
    else place_and_count(pdu, top) end
    if not pinfo.visited and pdu:len() >= 5 then
      last_request[facts.unit] = { code = code, address = pdu:range(1, 2):uint(), count = pdu:range(3, 2):uint() }
    end
    return
  end
  if not pinfo.visited then request_of[pinfo.number] = last_request[facts.unit] end
  reply(pdu, top, request_of[pinfo.number])
end)

-- Messages between the two controllers of a link (USER2): length, kind, body.

recorded_peer.dissector = recorded("peer", function(tvb, pinfo, tree)
  local at = 0
  while at < tvb:len() do
    local left = tvb:len() - at
    local length = left >= 8 and tvb:range(at, 4):uint() or 0
    if left < 8 or 8 + length > left or tvb:range(at + 5, 3):uint() ~= 0 then
      local item = tree:add(peer, tvb:range(at), "QKD controllers, " .. left .. " bytes that are no message")
      item:add_proto_expert_info(experts.damaged, left .. " bytes are no message")
      return
    end
    local kind = tvb:range(at + 4, 1):uint()
    local message = PEER[kind]
    local name = message ~= nil and message.name or "unknown"
    local top = tree:add(peer, tvb:range(at, 8 + length), "QKD controllers, " .. name)
    top:add(F.peer_length, tvb:range(at, 4))
    top:add(F.peer_kind, tvb:range(at + 4, 1)):append_text(" (" .. name .. ")")
    top:add(F.message, tvb:range(at + 4, 1), name)
    pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or "; ") .. name)
    if message ~= nil then
      if length > message.limit then
        top:add_proto_expert_info(experts.malformed, "malformed: at most " .. message.limit .. " bytes are allowed")
      else dissect_fields(tvb, at + 8, length, top, message.rows) end
    end
    at = at + 8 + length
  end
end)

local encapsulations = DissectorTable.get("wtap_encap")
encapsulations:add(wtap.USER0, recorded_session)
encapsulations:add(wtap.USER1, recorded_modbus)
encapsulations:add(wtap.USER2, recorded_peer)
-- Other ports: tshark -d tcp.port==15525,qkdlink, or "Decode as" in Wireshark.
DissectorTable.get("tcp.port"):add(5525, session)
