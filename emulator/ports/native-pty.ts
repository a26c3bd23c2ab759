import { closeSync, constants, openSync } from "node:fs";
import { EmulatorError } from "../../errors/index.ts";
import type { LineSettings } from "./line-settings.ts";
import type { BadCharacter } from "./uart.ts";

/** Linux: `ioctl` request that reads a terminal's settings including arbitrary speeds (struct termios2, 44 bytes). */
const TCGETS2 = 0x802c542a;
/** Its counterpart that writes them. */
const TCSETS2 = 0x402c542b;
const TERMIOS2_BYTES = 44;
/** Room for glibc's `struct termios` (60 bytes). */
const TERMIOS_BYTES = 64;

/** The client's settings as the kernel reports them on the device's end. */
export interface ClientLine {
  readonly settings: LineSettings;
  /** How the client asked its driver to treat damaged characters. */
  readonly badCharacter: BadCharacter;
}

/** An open pseudo-terminal pair in raw mode. */
export interface NativePty {
  readonly masterFd: number;
  /** Path a client opens as its serial port. */
  readonly path: string;
  /**
   * Current settings of the client's end. Linux hides two of them on every pseudo-terminal (`pty_set_termios` clears
   * CSIZE and PARENB): even parity reads as the device's own, and so do the data bits. Speed, stop bits and odd parity
   * are the client's.
   */
  clientLine(): ClientLine;
  /** Closes this process's extra handle on the client's end; the master is closed by its reader. */
  releaseClientEnd(): void;
}

interface Native {
  posix_openpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname_r(fd: number, name: Uint8Array, length: number): number;
  ioctl(fd: number, request: number, data: Uint8Array): number;
  tcgetattr(fd: number, termios: Uint8Array): number;
  cfmakeraw(termios: Uint8Array): void;
  tcsetattr(fd: number, actions: number, termios: Uint8Array): number;
}

let native: Promise<Native> | undefined;

/**
 * Opens a pseudo-terminal in raw mode, set to the device's line settings until a client brings its own. Throws EmulatorError QKD_PTY_UNAVAILABLE where
 * the system has none.
 */
export async function openNativePty(device: LineSettings): Promise<NativePty> {
  native ??= loadNative();
  const c = await native;
  // Without O_NONBLOCK a client that does not read would stop this whole process.
  const masterFd = c.posix_openpt(constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  if (masterFd < 0) throw new EmulatorError("QKD_PTY_UNAVAILABLE", "The system has no free pseudo-terminal");
  let clientFd: number;
  let path: string;
  try {
    const name = new Uint8Array(128);
    if (c.grantpt(masterFd) !== 0 || c.unlockpt(masterFd) !== 0 || c.ptsname_r(masterFd, name, 128) !== 0)
      throw new EmulatorError("QKD_PTY_UNAVAILABLE", "The system refused to set up a pseudo-terminal");
    path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    // Kept open: with no open client end every read on the master fails, and clients come and go.
    clientFd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  } catch (cause) {
    closeSync(masterFd);
    if (cause instanceof EmulatorError) throw cause;
    throw new EmulatorError("QKD_PTY_UNAVAILABLE", "The pseudo-terminal cannot be opened", { cause });
  }
  const termios = new Uint8Array(TERMIOS_BYTES);
  c.tcgetattr(clientFd, termios);
  c.cfmakeraw(termios);
  c.tcsetattr(clientFd, 0, termios);
  writeSettings(c, clientFd, device);
  let released = false;
  return {
    masterFd,
    path,
    clientLine: () => readClientLine(c, masterFd, device),
    releaseClientEnd: () => {
      if (!released) closeSync(clientFd);
      released = true;
    },
  };
}

function readClientLine(c: Native, fd: number, device: LineSettings): ClientLine {
  const raw = new Uint8Array(TERMIOS2_BYTES);
  if (c.ioctl(fd, TCGETS2, raw) !== 0) return { settings: device, badCharacter: "zero" };
  const view = new DataView(raw.buffer);
  const inputFlags = view.getUint32(0, true);
  const controlFlags = view.getUint32(8, true);
  const oddParity = (controlFlags & 0x200) !== 0;
  const hiddenParity = device.parity === "odd" ? "none" : device.parity;
  return {
    settings: {
      baud: view.getUint32(40, true) || device.baud,
      dataBits: device.dataBits,
      parity: oddParity ? "odd" : hiddenParity,
      stopBits: (controlFlags & 0x40) !== 0 ? 2 : 1,
    },
    badCharacter: (inputFlags & 0x4) !== 0 ? "drop" : "zero",
  };
}

function writeSettings(c: Native, fd: number, settings: LineSettings): void {
  const raw = new Uint8Array(TERMIOS2_BYTES);
  if (c.ioctl(fd, TCGETS2, raw) !== 0) return;
  const view = new DataView(raw.buffer);
  const format = (settings.parity === "odd" ? 0x200 : 0) | (settings.stopBits === 2 ? 0x40 : 0);
  // 0x100f is the mask of speed codes, 0x1000 stands for "the number below".
  view.setUint32(8, (view.getUint32(8, true) & ~(0x100f | 0x240)) | 0x1000 | format, true);
  view.setUint32(36, settings.baud, true);
  view.setUint32(40, settings.baud, true);
  c.ioctl(fd, TCSETS2, raw);
}

async function loadNative(): Promise<Native> {
  try {
    const { default: koffi } = await import("koffi");
    const c = koffi.load("libc.so.6");
    return {
      posix_openpt: c.func("int posix_openpt(int)"),
      grantpt: c.func("int grantpt(int)"),
      unlockpt: c.func("int unlockpt(int)"),
      ptsname_r: c.func("int ptsname_r(int, _Out_ uint8_t*, size_t)"),
      ioctl: c.func("int ioctl(int, unsigned long, _Inout_ uint8_t*)"),
      tcgetattr: c.func("int tcgetattr(int, _Out_ uint8_t*)"),
      cfmakeraw: c.func("void cfmakeraw(_Inout_ uint8_t*)"),
      tcsetattr: c.func("int tcsetattr(int, int, _In_ uint8_t*)"),
    } as Native;
  } catch (cause) {
    throw new EmulatorError("QKD_PTY_UNAVAILABLE", "This system offers no pseudo-terminals", { cause });
  }
}
