import { SerialPort } from "serialport";
import { TransportError } from "../../errors/index.ts";
import type { SerialLine } from "./address.ts";
import { ByteFeed } from "./byte-feed.ts";
import type { ConnectLimits } from "./socket-connect.ts";
import { systemCode } from "./socket-errors.ts";
import type { Transport } from "./transport.ts";

const READ_BUFFER_BYTES = 256 * 1024;
const CLOSE_PATIENCE_MS = 500;

/** A serial port that this computer offers. */
export interface SerialPortInfo {
  readonly path: string;
  readonly manufacturer?: string;
  readonly serialNumber?: string;
}

/**
 * The serial ports of this computer. Rejects with TransportError QKD_TRANSPORT_OPEN where the system cannot tell them:
 * Linux asks udevadm, which small containers lack.
 */
export async function listSerialPorts(): Promise<SerialPortInfo[]> {
  const ports = await SerialPort.list().catch((cause: unknown) => {
    throw unlisted(cause);
  });
  return ports.map(({ path, manufacturer, serialNumber }) => ({
    path,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  }));
}

function unlisted(cause: unknown): TransportError {
  const { code, path } = cause as NodeJS.ErrnoException;
  const missing = code === "ENOENT" && path !== undefined;
  return new TransportError(
    "QKD_TRANSPORT_OPEN",
    missing
      ? `serial ports cannot be listed: the program ${path} is not installed`
      : "serial ports cannot be listed",
    {
      cause,
      remedy: missing
        ? `install ${path} (package udev or eudev), or give the port by its path: serial:/dev/ttyUSB0`
        : "give the port by its path: serial:/dev/ttyUSB0",
    },
  );
}

/**
 * Opens a serial line for this process alone. DTR and RTS are raised where the port has modem lines (a pseudo-terminal
 * has none, which is fine), and stay raised at close (no HUPCL), so that reconnecting does not reset the device.
 */
export async function openSerial(name: string, line: SerialLine, limits: ConnectLimits): Promise<Transport> {
  const port = new SerialPort({
    path: line.path,
    baudRate: line.baud,
    parity: line.parity,
    dataBits: line.dataBits,
    stopBits: line.stopBits,
    hupcl: false,
    lock: true,
    autoOpen: false,
    highWaterMark: READ_BUFFER_BYTES,
  });
  await new Promise<void>((resolve, reject) => {
    port.open((cause) => (cause == null ? resolve() : reject(normalizeSerialError(cause, name, "open"))));
  });
  await new Promise<void>((resolve) => port.set({ dtr: true, rts: true }, () => resolve()));
  const transport = serialTransport(name, port);
  if (!limits.signal?.aborted) return transport;
  await transport.close();
  throw new TransportError("QKD_TRANSPORT_CLOSED", `Opening ${name} was given up`);
}

function serialTransport(name: string, port: SerialPort): Transport {
  const feed = new ByteFeed(name, () => port.resume());
  const writing = new Set<(error: TransportError) => void>();
  let failure: TransportError | undefined;
  let closing: Promise<void> | undefined;

  // Also fires twice when an unplug meets a failing write.
  const die = (error: TransportError) => {
    failure ??= error;
    for (const reject of writing) reject(failure);
    writing.clear();
    feed.end(closing === undefined ? failure : undefined);
  };
  port.on("data", (chunk: Uint8Array) => feed.push(chunk));
  port.pause();
  port.on("error", (cause) => die(normalizeSerialError(cause, name, "read")));
  port.on("end", () => die(closedError(name)));
  port.on("close", (cause: unknown) =>
    die(cause == null ? closedError(name) : normalizeSerialError(cause, name, "read")),
  );

  return {
    kind: "serial",
    name,
    bytes$: feed.bytes$,
    write(bytes) {
      // The library would queue a write to a closed port for ever.
      if (closing !== undefined || !feed.live || !port.isOpen)
        return Promise.reject(failure ?? closedError(name));
      return new Promise((resolve, reject) => {
        writing.add(reject);
        port.write(bytes, undefined, (cause) => {
          writing.delete(reject);
          if (cause == null) resolve();
          else reject(normalizeSerialError(cause, name, "write"));
        });
      });
    },
    close() {
      closing ??= closePort(port).then(() => die(closedError(name)));
      return closing;
    },
  };
}

/**
 * Closes the port whatever its condition: when the device hung up at a bad moment the library's close waits until a
 * write fails, so after a moment one byte is written into the dead line.
 */
function closePort(port: SerialPort): Promise<void> {
  if (!port.isOpen) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      port.port?.write(Buffer.alloc(1)).catch(() => {});
      resolve();
    }, CLOSE_PATIENCE_MS);
    port.close(() => {
      clearTimeout(patience);
      resolve();
    });
  });
}

function closedError(name: string): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", `The line ${name} is closed`, {
    retryable: true,
    context: { address: name },
  });
}

const STAGES = {
  open: ["QKD_TRANSPORT_OPEN", "Cannot open"],
  read: ["QKD_TRANSPORT_CLOSED", "Lost the line"],
  write: ["QKD_TRANSPORT_WRITE", "Cannot write to"],
} as const;

/** The door's only way out: turns whatever the library threw into a TransportError. */
function normalizeSerialError(cause: unknown, name: string, stage: keyof typeof STAGES): TransportError {
  const [code, sentence] = STAGES[stage];
  const reason = systemCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new TransportError(code, `${sentence} ${name} (${reason})`, {
    retryable: true,
    context: { address: name, reason },
    cause,
  });
}
