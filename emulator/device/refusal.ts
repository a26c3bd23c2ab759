import type { DeviceErrorCode } from "../../protocol/index.ts";

/** Thrown by command handlers: becomes an error reply. */
export class Refusal extends Error {
  readonly code: DeviceErrorCode;

  constructor(code: DeviceErrorCode, text: string) {
    super(text);
    this.name = "Refusal";
    this.code = code;
  }
}
