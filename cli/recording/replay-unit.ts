import { crc32 } from "node:zlib";
import { type RecordedUnit, type RegisterTable, ReplaySession } from "../../capture/index.ts";
import type { ModbusBank, PortConnection, PortService } from "../../emulator/index.ts";
import type { ReplayClock } from "./replay-clock.ts";

/** Timers cannot count further; a longer wait is taken up again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const ILLEGAL_FUNCTION = 1;
/** A client that does not read loses its connection. */
const MOST_PENDING_BYTES = 4 * 2 ** 20;

/** A recorded unit as a port serves it. */
export interface ServedUnit extends PortService {
  close(): void;
}

/** Serves a recorded unit. The time of the recording starts with the second request, so that a driver loses none of its events. */
export function serveUnit(unit: RecordedUnit, clock: ReplayClock): ServedUnit {
  const clients = new Map<PortConnection, ReplaySession>();
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const play = (): void => {
    for (let event = unit.events[next]; event !== undefined; event = unit.events[next]) {
      const waitMs = clock.waitMs(event.atNs);
      if (waitMs > 0) {
        timer = setTimeout(play, Math.min(waitMs, LONGEST_TIMER_MS));
        return;
      }
      next += 1;
      for (const [connection, session] of clients) {
        connection.write(session.event(event));
        if (connection.pendingBytes > MOST_PENDING_BYTES) connection.close();
      }
    }
  };
  return {
    bank: recordedBank(unit, clock),
    accept(connection) {
      const session = new ReplaySession(unit, { crc32 });
      clients.set(connection, session);
      return {
        bytes(chunk) {
          for (const frame of session.receive(chunk, clock.atNs)) connection.write(frame);
          // Before a driver knows who the unit is, it does not listen to events.
          if (session.requests < 2 || timer !== undefined || next > 0) return;
          clock.start();
          play();
        },
        drained() {},
        closed: () => void clients.delete(connection),
      };
    },
    close: () => clearTimeout(timer),
  };
}

/** Registers as they were read last at that time. Nothing can be written. */
function recordedBank({ registers }: RecordedUnit, clock: ReplayClock): ModbusBank {
  const at = (table: RegisterTable, address: number) => {
    clock.start();
    return registers.valueAt(table, address, clock.atNs);
  };
  const bit = (table: RegisterTable, address: number) => {
    const value = at(table, address);
    return value === undefined ? undefined : value === 1;
  };
  return {
    coil: (address) => bit("coil", address),
    discreteInput: (address) => bit("discreteInput", address),
    holdingRegister: (address) => at("holdingRegister", address),
    inputRegister: (address) => at("inputRegister", address),
    writeCoils: () => ILLEGAL_FUNCTION,
    writeHoldingRegisters: () => ILLEGAL_FUNCTION,
    identification: registers.identification,
  };
}
