import {
  ALARM_BITS,
  ALARMS,
  COILS,
  COMMANDS,
  EVENTS,
  errorReply,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTERS,
  PEER_MESSAGES,
  registerWords,
} from "../../protocol/index.ts";
import { MODBUS_EXCEPTIONS, MODBUS_FUNCTIONS } from "../decode/modbus-pdu.ts";
import { REASONS } from "../packet/pseudo-header.ts";
import { luaRows, type ProtoField, ProtoFields } from "./lua-rows.ts";
import { type LuaCode, type LuaValue, luaString, luaText } from "./lua-text.ts";

const DIRECTIONS = ["toDevice", "fromDevice", "said", "heard"];

/** Fields that belong to no message: name in the parts of the dissector, filter, kind, label, names of values. */
const COMMON: readonly (readonly [string, string, string, string, Readonly<Record<number, string>>?])[] = [
  ["version", "qkdlink.version", "uint8", "version"],
  ["flags", "qkdlink.flags", "uint8", "flags"],
  ["kind", "qkdlink.kind", "string", "kind"],
  ["sequence", "qkdlink.sequence", "uint16", "sequence"],
  ["opcode", "qkdlink.opcode", "uint16", "opcode"],
  ["message", "qkdlink.message", "string", "message"],
  ["length", "qkdlink.length", "uint32", "bytes of payload"],
  ["header_crc", "qkdlink.header_crc", "uint16", "header checksum"],
  ["payload_crc", "qkdlink.payload_crc", "uint32", "payload checksum"],
  ["event_gap", "qkdlink.event_gap", "uint32", "events missing"],
  ["garbage", "qkdlink.damaged_bytes", "uint32", "bytes that are no frame"],
  ["rec_version", "qkdlink.recording.version", "uint8", "version"],
  ["rec_direction", "qkdlink.recording.direction", "uint8", "direction", { ...DIRECTIONS }],
  ["rec_unit", "qkdlink.recording.unit", "uint8", "unit"],
  ["rec_damaged", "qkdlink.recording.damaged", "uint8", "damaged", { 0: "no", 1: "yes" }],
  ["rec_redacted", "qkdlink.recording.redacted", "uint8", "redacted", { 0: "no", 1: "yes" }],
  ["rec_repeat", "qkdlink.recording.repeat", "uint8", "repeat", { 0: "no", 1: "yes" }],
  ["rec_reason", "qkdlink.recording.reason", "uint8", "why it is no frame", { ...REASONS }],
  ["mb_unit", "qkdlink.modbus.unit", "uint8", "unit"],
  ["mb_function", "qkdlink.modbus.function", "uint8", "function"],
  ["mb_address", "qkdlink.modbus.address", "uint16", "address"],
  ["mb_count", "qkdlink.modbus.count", "uint16", "count"],
  ["mb_value", "qkdlink.modbus.value", "uint16", "value"],
  ["mb_bytes", "qkdlink.modbus.dataBytes", "uint8", "bytes of data"],
  ["mb_word", "qkdlink.modbus.word", "uint16", "register"],
  ["mb_exception", "qkdlink.modbus.exception", "uint8", "exception", MODBUS_EXCEPTIONS],
  ["mb_operating", "qkdlink.modbus.operatingAlarms", "string", "alarm, operating range"],
  ["mb_absolute", "qkdlink.modbus.absoluteAlarms", "string", "alarm, absolute range"],
  ["mb_coil", "qkdlink.modbus.coils", "string", "coil that is set"],
  ["mb_object", "qkdlink.modbus.object", "string", "identification object"],
  ["mb_mei", "qkdlink.modbus.meiType", "uint8", "MEI type"],
  ["mb_read_code", "qkdlink.modbus.readCode", "uint8", "read code"],
  ["mb_first_object", "qkdlink.modbus.firstObject", "uint8", "first object"],
  ["peer_length", "qkdlink.peer.length", "uint32", "bytes of body"],
  ["peer_kind", "qkdlink.peer.kind", "uint8", "kind"],
];

/**
 * The source of the Wireshark dissector: everything that the catalogues say as Lua tables, then `parts`, which read by
 * them. A pure function of both.
 */
export function dissectorSource(parts: readonly string[]): string {
  const fields = new ProtoFields();
  const tables = [
    table(
      "COMMANDS",
      byOpcode(COMMANDS, ({ request, reply }, name) => ({
        request: luaRows(name, request.rows, fields),
        reply: luaRows(name, reply.rows, fields),
      })),
    ),
    table(
      "EVENTS",
      byOpcode(EVENTS, ({ event }, name) => ({ event: luaRows(name, event.rows, fields) })),
    ),
    `local ERROR_ROWS = ${luaText(luaRows("error", errorReply.rows, fields))}`,
    table(
      "PEER",
      PEER_MESSAGES.map(({ kind, name, limitBytes, rows }) => [
        kind,
        { named: { name, limit: limitBytes, rows: luaRows(name, rows, fields) } },
      ]),
    ),
    `local REGISTERS = {\n${Object.entries(INPUT_REGISTERS)
      .map((entry) => `  ${register(entry, fields)},`)
      .join("\n")}\n}`,
    table(
      "HOLDING",
      Object.entries(HOLDING_REGISTERS).map(([name, { address }]) => [
        address,
        modbusField(fields, name, "uint16"),
      ]),
    ),
    table(
      "COILS",
      Object.entries(COILS).map(([name, { address }]) => [address, name]),
    ),
    table(
      "OBJECTS",
      Object.entries(IDENTIFICATION_OBJECTS).map(([name, { id }]) => [
        id,
        modbusField(fields, name, "string"),
      ]),
    ),
    table(
      "ALARMS",
      Object.entries(ALARMS).map(([name, { code }]) => [code, name]),
    ),
    `local ALARM_BITS = ${ALARM_BITS}`,
    table(
      "FUNCTIONS",
      Object.entries(MODBUS_FUNCTIONS).map(([code, name]) => [Number(code), name]),
    ),
    table(
      "DIRECTIONS",
      DIRECTIONS.map((name, number) => [number, name]),
    ),
    table(
      "REASONS",
      REASONS.map((name, number) => [number, name]),
    ),
  ];
  return `${[HEADER, PROTOCOLS, fieldSource(fields.all()), EXPERTS, ...tables, ...parts.map((part) => part.trim())].join("\n\n")}\n`;
}

const HEADER = `-- Wireshark dissector of qkdlink: transceivers (TCP 5525) and recordings (link types USER0 to USER2).
-- Written by scripts/dissector.mjs from the declarations of every message; do not edit.
-- Into the folder of personal Lua plugins (Help, About, Folders), or: tshark -X lua_script:qkdlink.lua -r FILE`;

const PROTOCOLS = `local session = Proto("qkdlink", "QKD transceiver")
local recording = Proto("qkdlink_recording", "qkdlink recording")
local modbus = Proto("qkdlink_modbus", "QKD telemetry")
local peer = Proto("qkdlink_peer", "QKD controllers")
local recorded_session = Proto("qkdlink_user0", "qkdlink recording of a session")
local recorded_modbus = Proto("qkdlink_user1", "qkdlink recording of telemetry")
local recorded_peer = Proto("qkdlink_user2", "qkdlink recording of controllers")`;

const EXPERTS = `local experts = {
  bad_crc = ProtoExpert.new("qkdlink.bad_crc", "the checksum is wrong", expert.group.CHECKSUM, expert.severity.ERROR),
  event_gap = ProtoExpert.new("qkdlink.gap", "events are missing", expert.group.SEQUENCE, expert.severity.WARN),
  malformed = ProtoExpert.new("qkdlink.malformed", "the message is malformed", expert.group.MALFORMED, expert.severity.ERROR),
  damaged = ProtoExpert.new("qkdlink.damaged", "bytes are no frame", expert.group.UNDECODED, expert.severity.WARN),
}
session.experts = { experts.bad_crc, experts.event_gap, experts.malformed, experts.damaged }`;

function fieldSource(fields: readonly ProtoField[]): string {
  const common = COMMON.map(([key, filter, kind, label, names]) => {
    const base = kind === "string" ? "" : `, ${HEX.has(key) ? "base.HEX" : "base.DEC"}`;
    const values =
      names === undefined
        ? ""
        : `, ${luaText({ numbered: Object.entries(names).map(([number, name]) => [Number(number), name]) })}`;
    return `  ${key} = ProtoField.${kind}(${luaString(filter)}, ${luaString(label)}${base}${values}),`;
  });
  const own = fields.map(({ filter, kind, label, names }) => {
    const base = /int/.test(kind) ? ", base.DEC" : "";
    const values =
      names === undefined
        ? ""
        : `, ${luaText({ numbered: Object.entries(names).map(([name, number]) => [number, name]) })}`;
    return `  [${luaString(filter)}] = ProtoField.${kind}(${luaString(filter)}, ${luaString(label)}${base}${values}),`;
  });
  return `local F = {\n${[...common, ...own].join("\n")}\n}\nlocal all_fields = {}\nfor _, field in pairs(F) do all_fields[#all_fields + 1] = field end\nsession.fields = all_fields`;
}

const HEX: ReadonlySet<string> = new Set(["flags", "opcode", "header_crc", "payload_crc", "peer_kind"]);

function table(name: string, members: readonly (readonly [number, LuaValue])[]): string {
  const lines = members.map(([number, value]) => `  [${number}] = ${luaText(value)},`);
  return `local ${name} = {\n${lines.join("\n")}\n}`;
}

function byOpcode<T extends { readonly opcode: number }>(
  catalogue: Readonly<Record<string, T>>,
  rows: (declaration: T, name: string) => Readonly<Record<string, LuaValue>>,
): (readonly [number, LuaValue])[] {
  return Object.entries(catalogue).map(([name, declaration]) => [
    declaration.opcode,
    { named: { name, ...rows(declaration, name) } },
  ]);
}

const ABSENT = { u16: 0xffff, i16: 0x8000, u32: 0xffff_ffff, f32: 0 } as const;

function register(
  [name, { address, type, stepsPerUnit, unit }]: [
    string,
    (typeof INPUT_REGISTERS)[keyof typeof INPUT_REGISTERS],
  ],
  fields: ProtoFields,
): string {
  const f = fields.field({
    filter: `qkdlink.modbus.${name}`,
    label: unit === "" ? name : `${name} in ${unit}`,
    kind: "double",
  });
  return luaText({
    named: { address, t: type, words: registerWords(type), steps: stepsPerUnit, absent: ABSENT[type], f },
  });
}

function modbusField(fields: ProtoFields, name: string, kind: "uint16" | "string"): LuaCode {
  return fields.field({ filter: `qkdlink.modbus.${name}`, label: name, kind });
}
