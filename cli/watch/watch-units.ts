import { takeUntil, timer } from "rxjs";
import { type OpenedTransceiver, openTransceiver } from "../../drivers/index.ts";
import { type Notice, newUnit, type UnitInput, type UnitView, unitStep } from "./unit-view.ts";
import type { WatchedAddress } from "./watched-address.ts";

/** Who is told of what is new; the views hold it already. */
export interface WatchHandlers {
  notice(unit: UnitView, notice: Notice): void;
  reading(unit: UnitView, index: number): void;
}

/** Units that are being watched; nothing is ever set on them, and no key exchange is begun. */
export class WatchedUnits {
  readonly #units: readonly OpenedTransceiver[];
  #views: readonly UnitView[];
  #following = true;

  private constructor(units: readonly OpenedTransceiver[], views: readonly UnitView[]) {
    this.#units = units;
    this.#views = views;
  }

  /** Connects to all of them; the first that cannot be reached ends the attempt, with nothing left open. */
  static async open(addresses: readonly WatchedAddress[], signal: AbortSignal): Promise<WatchedUnits> {
    const opened = await Promise.allSettled(
      addresses.map(({ address, telemetry }) =>
        openTransceiver(address, { ...(telemetry === null ? {} : { telemetry }), signal }),
      ),
    );
    const units = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = opened.find((one) => one.status === "rejected");
    if (failed !== undefined) {
      await Promise.all(units.map((unit) => unit.close()));
      throw failed.reason;
    }
    const now = performance.now();
    const view = (unit: OpenedTransceiver, index: number) =>
      newUnit(addresses[index]?.address ?? "", unit.identity, now);
    return new WatchedUnits(units, units.map(view));
  }

  /** Takes what the units tell from now on, and the alarms that they told before. Once. */
  follow(handlers: WatchHandlers): void {
    this.#units.forEach((unit, index) => {
      this.#follow(unit, index, handlers);
    });
  }

  get views(): readonly UnitView[] {
    return this.#views;
  }

  async close(): Promise<void> {
    this.#following = false;
    await Promise.all(this.#units.map((unit) => unit.close()));
  }

  #follow(unit: OpenedTransceiver, index: number, handlers: WatchHandlers): void {
    const take = (input: UnitInput) => {
      const before = this.#views[index];
      // That a unit is left at the end is no news.
      if (before === undefined || !this.#following) return;
      const [view, notices] = unitStep(before, input, performance.now());
      this.#views = this.#views.with(index, view);
      for (const notice of notices) handlers.notice(view, notice);
      if (input.type === "health") handlers.reading(view, index);
    };
    // Another unit behind the address ends every stream with an error; the connection tells why.
    const error = () => {};
    for (const alarm of unit.alarmHistory()) take({ type: "alarm", alarm });
    unit.alarms$.subscribe({ next: (alarm) => take({ type: "alarm", alarm }), error });
    unit.health$.subscribe({ next: (health) => take({ type: "health", health }), error });
    unit.connection$.subscribe({
      next: (report) =>
        take({ type: "connection", state: report.state, trouble: report.error?.message ?? null }),
      error,
    });
  }
}

/** Calls `work` each so many milliseconds until the signal. */
export function every(ms: number, signal: AbortSignal, work: () => void): void {
  const ended = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  timer(ms, ms).pipe(takeUntil(ended)).subscribe(work);
}
