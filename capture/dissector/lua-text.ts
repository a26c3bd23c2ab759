/** A value of Lua source. */
export type LuaValue = string | number | boolean | undefined | LuaTable | LuaCode;
/** A table: named members, and items in order. */
export interface LuaTable {
  readonly items?: readonly LuaValue[];
  readonly named?: Readonly<Record<string, LuaValue>>;
  /** Members by number, which need not be in order. */
  readonly numbered?: readonly (readonly [number, LuaValue])[];
}

/** Source that is evaluated, not quoted. */
export class LuaCode {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** A value as Lua source. */
export function luaText(value: LuaValue): string {
  if (value instanceof LuaCode) return value.source;
  if (typeof value === "string") return luaString(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === undefined) return "nil";
  const members = [
    ...Object.entries(value.named ?? {})
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `${name} = ${luaText(member)}`),
    ...(value.numbered ?? []).map(([number, member]) => `[${number}] = ${luaText(member)}`),
    ...(value.items ?? []).map(luaText),
  ];
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** A text in quotes; what is not plain ASCII as decimal escapes of its bytes, which every version of Lua reads. */
export function luaString(text: string): string {
  let source = "";
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") source += `\\${character}`;
    else if (byte < 0x20 || byte > 0x7e) source += `\\${String(byte).padStart(3, "0")}`;
    else source += character;
  }
  return `"${source}"`;
}
