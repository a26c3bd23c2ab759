import { QkdError, TransportError } from "../../errors/index.ts";

const BUSY_EXCEPTIONS = new Set([5, 6, 11]);

/**
 * The door's only way out. modbus-serial rejects with objects that are no Error, with errors that carry an exception
 * code, and with plain errors for frames it did not expect.
 */
export function normalizeModbusError(cause: unknown, name: string, bytesReceived: number): QkdError {
  if (cause instanceof QkdError) return cause;
  const exception = property(cause, "modbusCode");
  if (typeof exception === "number")
    return new TransportError("QKD_MODBUS_EXCEPTION", `${name} answered with Modbus exception ${exception}`, {
      retryable: BUSY_EXCEPTIONS.has(exception),
      context: { address: name, exception },
    });
  if (property(cause, "errno") === "ETIMEDOUT" && bytesReceived === 0)
    return new TransportError("QKD_MODBUS_TIMEOUT", `${name} did not answer`, {
      retryable: true,
      context: { address: name },
    });
  if (property(cause, "name") === "PortNotOpenError")
    return new TransportError("QKD_TRANSPORT_CLOSED", `${name} is closed`, {
      retryable: true,
      context: { address: name },
    });
  const reason = String(property(cause, "message") ?? cause);
  return new TransportError("QKD_MODBUS_GARBAGE", `${name} sent no valid reply (${reason})`, {
    retryable: true,
    context: { address: name, reason, bytesReceived },
  });
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
