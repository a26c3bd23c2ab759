import {
  ALARMS,
  COILS,
  COMMANDS,
  DEVICE_ERROR_CODES,
  EVENTS,
  type FieldRow,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTERS,
  type MessageCodec,
  PARAMETERS,
  type ParameterDeclaration,
  type RegisterDeclaration,
} from "../../protocol/index.ts";

/** A number as the SPEC prints it: 0x and that many digits. */
export const hex = (value: number, digits: number): string =>
  `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;

/** A table of the SPEC, columns not padded. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [columns, columns.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`.replaceAll(/ +\|/g, " |"))
    .join("\n");
}

/** The field table of one payload, as SPEC.md prints it. */
export function fieldTable(rows: readonly FieldRow[]): string {
  if (rows.length === 0) return "Empty.";
  return table(
    ["field", "type", "meaning"],
    rows.map(({ name, type, meaning }) => [`\`${name}\``, type, meaning]),
  );
}

/** The catalogue: every opcode. */
export function catalogTable(): string {
  return table(
    ["opcode", "name", "kind", "may be repeated", "writes", "meaning"],
    [
      ...Object.entries(COMMANDS).map(([name, { opcode, idempotent, writes, meaning }]) => [
        hex(opcode, 4),
        `\`${name}\``,
        "command",
        idempotent ? "yes" : "no",
        writes ? "yes" : "no",
        meaning,
      ]),
      ...Object.entries(EVENTS).map(([name, { opcode, meaning }]) => [
        hex(opcode, 4),
        `\`${name}\``,
        "event",
        "",
        "",
        meaning,
      ]),
    ],
  );
}

/** One section for each message, with its field tables. */
export function messageSections(): string[] {
  const part = (label: string, codec: { readonly rows: MessageCodec<unknown>["rows"] }): string =>
    `${label}:${codec.rows.length === 0 ? " empty." : `\n\n${fieldTable(codec.rows)}`}`;
  const commands = Object.entries(COMMANDS).map(([name, { opcode, request, reply }]) => ({
    title: `\`${name}\` (${hex(opcode, 4)})`,
    body: [part("Request", request), part("Reply", reply)].join("\n\n"),
  }));
  const events = Object.entries(EVENTS).map(([name, { opcode, event }]) => ({
    title: `\`${name}\` (${hex(opcode, 4)})`,
    body: part("Event", event),
  }));
  return [...commands, ...events].map(({ title, body }, index) => `### 6.${index + 2} ${title}\n\n${body}`);
}

/** The parameters with a fixed id. */
export function parameterTable(): string {
  return table(
    ["id", "name", "type", "unit", "least", "greatest", "access", "volatile", "role", "meaning"],
    Object.entries<ParameterDeclaration>(PARAMETERS).map(([name, p]) => [
      hex(p.id, 4),
      `\`${name}\``,
      p.type,
      p.unit,
      p.min,
      p.max,
      p.access,
      p.volatile === true ? "yes" : "no",
      p.role,
      p.meaning,
    ]),
  );
}

/** The error codes of error replies, without their meaning. */
export function errorCodeRows(): string[] {
  return Object.entries(DEVICE_ERROR_CODES).map(([name, code]) => `| ${code} | \`${name}\` |`);
}

/** The input registers. */
export function registerTable(): string {
  const range = (limits: RegisterDeclaration["operating"]): string =>
    limits === undefined ? "" : `${limits[0]} to ${limits[1]}`;
  return table(
    [
      "address",
      "name",
      "type",
      "steps per unit",
      "unit",
      "operating",
      "absolute",
      "alarm bit",
      "role",
      "meaning",
    ],
    Object.entries(INPUT_REGISTERS).map(([name, r]) => [
      r.address,
      `\`${name}\``,
      r.type,
      r.stepsPerUnit,
      r.unit,
      range(r.operating),
      range(r.absolute),
      r.alarmBit ?? "",
      r.role,
      r.meaning,
    ]),
  );
}

/** The alarms that belong to no analogue quantity. */
export function conditionTable(): string {
  const analogue = new Set(Object.values(INPUT_REGISTERS).map((register) => register.alarmBit));
  return table(
    ["code", "name", "severity", "meaning"],
    Object.entries(ALARMS)
      .filter(([, { code }]) => !analogue.has(code))
      .map(([name, { code, severity, meaning }]) => [code, `\`${name}\``, severity, meaning]),
  );
}

/** Coils, holding registers and identification objects. */
export function controlTables(): string[] {
  return [
    table(
      ["coil", "name", "meaning"],
      Object.entries(COILS).map(([name, { address, meaning }]) => [address, `\`${name}\``, meaning]),
    ),
    table(
      ["holding register", "name", "least", "greatest", "meaning"],
      Object.entries(HOLDING_REGISTERS).map(([name, { address, min, max, meaning }]) => [
        address,
        `\`${name}\``,
        min,
        max,
        meaning,
      ]),
    ),
    table(
      ["object", "name", "text"],
      Object.entries(IDENTIFICATION_OBJECTS).map(([name, { id, meaning }]) => [
        hex(id, 2),
        `\`${name}\``,
        meaning,
      ]),
    ),
  ];
}
