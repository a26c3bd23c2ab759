import { afterEach, expect, it, vi } from "vitest";
import { TransportError } from "../../errors/index.ts";
import { listSerialPorts } from "./serial-port.ts";

afterEach(() => vi.unstubAllEnvs());

it.runIf(process.platform === "linux")(
  "a system without udevadm cannot tell its serial ports, and the error says what is missing",
  async () => {
    vi.stubEnv("PATH", "/nowhere");
    const error = await listSerialPorts().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: "QKD_TRANSPORT_OPEN",
      message: "serial ports cannot be listed: the program udevadm is not installed",
    });
    expect((error as TransportError).remedy).toContain("install udevadm");
  },
);
