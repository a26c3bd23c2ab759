import { ConfigError } from "../../errors/index.ts";

/** Ports that transceivers listen on where nothing else is said: the command protocol, and Modbus. */
const COMMAND_PORT = 5525;
const MODBUS_PORT = 502;

const SCHEME = /^(serial|tcp|tls|modbus\+(tcp|rtu|rtu\+tcp)):/;

/**
 * The addresses that an argument of `probe` means: itself where it has a scheme; a path is a serial port; a host is asked
 * at the ports of commands and of telemetry, or at the one that it names. ConfigError QKD_USAGE for anything else.
 */
export function addressesOf(text: string): readonly string[] {
  if (SCHEME.test(text)) return [text];
  if (text.startsWith("/") || /^COM\d+$/i.test(text)) return [`serial:${text}`];
  const host = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text);
  if (host === null)
    throw new ConfigError("QKD_USAGE", `"${text.slice(0, 80)}" is no address, host or serial port`, {
      remedy: "use tcp://host:port, serial:/dev/ttyUSB0, a path or a host",
    });
  const [, name = "", port] = host;
  if (port !== undefined) return [`tcp://${name}:${port}`];
  return [`tcp://${name}:${COMMAND_PORT}`, `modbus+tcp://${name}:${MODBUS_PORT}?unit=1`];
}
