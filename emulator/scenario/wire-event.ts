import type { WireDirection } from "../faults/wire-fault.ts";
import type { WirePort } from "../faults/wire-port.ts";
import type { SiteName } from "../link/link-fault.ts";
import type { MODBUS_EXCEPTION } from "../ports/modbus-bank.ts";

interface OnLine {
  readonly site: SiteName;
  readonly port: WirePort;
}

/** Something that happens to the bytes between a device and its clients. Without `for` it stays. */
export type WireEvent = OnLine &
  (
    | {
        readonly event: "bitFlips";
        /** Probability that a byte has one bit inverted. */
        readonly perByte: number;
        readonly direction?: WireDirection;
        readonly for?: string;
      }
    /** A piece of output loses its second half. */
    | {
        readonly event: "truncation";
        readonly probability: number;
        readonly direction?: WireDirection;
        readonly for?: string;
      }
    /** A piece of output comes twice. */
    | {
        readonly event: "duplicates";
        readonly probability: number;
        readonly direction?: WireDirection;
        readonly for?: string;
      }
    /** Every byte is late by `delay`, in order. */
    | {
        readonly event: "delay";
        readonly delay: string;
        readonly direction?: WireDirection;
        readonly for?: string;
      }
    /** Nothing passes; all of it comes when the stall is over. */
    | {
        readonly event: "stall";
        readonly direction?: WireDirection;
        readonly for: string;
      }
    /** Bytes pass one by one at this rate. */
    | {
        readonly event: "trickle";
        readonly bytesPerSecond: number;
        readonly direction?: WireDirection;
        readonly for?: string;
      }
    /**
     * The device is gone without a word: connections seem open, nothing passes, and nothing of it comes later.
     */
    | { readonly event: "halfOpen"; readonly for: string }
    /** Every connection is closed. TCP and Modbus TCP only. */
    | { readonly event: "hangUp" }
    /** The device's end of the line runs at another speed. Serial only. */
    | { readonly event: "baudMismatch"; readonly baud: number; readonly for: string }
    /** Requests are refused. Modbus only. */
    | {
        readonly event: "modbusException";
        readonly exception: keyof typeof MODBUS_EXCEPTION;
        readonly probability: number;
        readonly for?: string;
      }
  );

/** Name of a kind of event. */
export type WireEventName = WireEvent["event"];
