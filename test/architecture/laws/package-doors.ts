import { imports } from "./imports.ts";
import { isUnitTest, roomOf, type SourceFile } from "./source-file.ts";

/** Each foreign dependency has few doors; a package not listed here may be used nowhere. */
const DOORS: Readonly<Record<string, { readonly rooms: RegExp; readonly files: number }>> = {
  serialport: { rooms: /^drivers\/transport\//, files: 2 },
  "modbus-serial": { rooms: /^(drivers|emulator)\//, files: 2 },
  "binary-parser": { rooms: /^protocol\/(codec|framing)\//, files: 2 },
  "node:sqlite": { rooms: /^controller\/pool\//, files: 1 },
  rxjs: { rooms: /^(drivers|controller|commissioning|cli|emulator)\//, files: 99 },
  koffi: { rooms: /^emulator\/ports\//, files: 1 },
  fastify: { rooms: /^controller\/(delivery|outlets\/http)\//, files: 4 },
  "net-snmp": { rooms: /^controller\/outlets\/collectors\//, files: 1 },
  "@nats-io/transport-node": { rooms: /^controller\/outlets\/bus\//, files: 1 },
  "@nats-io/jetstream": { rooms: /^controller\/outlets\/bus\//, files: 1 },
  "prom-client": { rooms: /^controller\/outlets\/metrics\//, files: 2 },
  preact: { rooms: /^web\//, files: 99 },
  uplot: { rooms: /^web\/charts\//, files: 2 },
  vite: { rooms: /^web\/vite\.config\.mjs$/, files: 1 },
  yaml: { rooms: /^(cli|emulator)\//, files: 3 },
  "bonjour-service": { rooms: /^(drivers\/discovery|emulator\/announce)\//, files: 2 },
  ajv: { rooms: /^(cli|emulator)\//, files: 2 },
  commander: { rooms: /^cli\//, files: 99 },
  "csv-parse": { rooms: /^cli\/plan\//, files: 1 },
  testcontainers: { rooms: /^emulator\/container\//, files: 4 },
  "@peculiar/x509": { rooms: /^cli\//, files: 1 },
  "reflect-metadata": { rooms: /^cli\//, files: 1 },
};

/** Uses of a foreign package elsewhere than at its door. Tests, figures and scripts may use what is installed. */
export function packageDoors(files: readonly SourceFile[]): string[] {
  const users = new Map<string, string[]>();
  for (const { from, to } of imports(files).foreign) {
    if (["test", "bench", "scripts"].includes(roomOf(from)) || isUnitTest(from)) continue;
    if (to.startsWith("node:") && to !== "node:sqlite") continue;
    users.set(to, [...(users.get(to) ?? []), from]);
  }
  const wrong: string[] = [];
  for (const [name, used] of users) {
    const door = DOORS[name];
    if (door === undefined) wrong.push(`${name} has no door: ${used.join(", ")}`);
    else if (used.length > door.files || used.some((file) => !door.rooms.test(file)))
      wrong.push(`${name} is used in ${used.join(", ")}`);
  }
  return wrong;
}
