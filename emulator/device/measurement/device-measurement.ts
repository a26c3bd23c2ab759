import type { EventOf, MEASUREMENT_OUTCOMES, ParameterName } from "../../../protocol/index.ts";
import { addGates, type MeasuredGates, noGates } from "../measured-gates.ts";
import type { MeasurementPlan } from "./measurement-plan.ts";

/** Longest stretch that is counted in one go, link time. */
const STRETCH_S = 0.1;

/** What measurements ask of their device. */
export interface MeasurementHost<Owner> {
  readonly clockHz: number;
  /** Gates are counted as fast as they can be, without regard to link time. */
  readonly unpaced: boolean;
  /** Sets the parameter that is moved. */
  move(name: ParameterName, value: number): void;
  /** Counts the pair's light in so many gates that never become key; `anew` forgets the clicks before. */
  measure(gates: number, anew: boolean): Promise<MeasuredGates>;
  measured(owner: Owner, point: EventOf<"measurementPoint">): void;
  measurementEnded(owner: Owner, end: EventOf<"measurementEnded">): void;
}

interface Run<Owner> {
  readonly number: number;
  readonly owner: Owner;
  readonly plan: MeasurementPlan;
  /** Value of the moved parameter before. */
  readonly before: number;
  /** Link time that has passed and is not measured yet, gates. */
  owedGates: number;
  wake: () => void;
}

/** The measurements of one device: at most one run at a time, each with a number of its own (SPEC 5.4). */
export class DeviceMeasurement<Owner> {
  readonly #host: MeasurementHost<Owner>;
  #run: Run<Owner> | undefined;
  #runs = 0;
  #last = noGates();

  constructor(host: MeasurementHost<Owner>) {
    this.#host = host;
  }

  /** Who started the run, undefined while there is none. */
  get owner(): Owner | undefined {
    return this.#run?.owner;
  }

  get number(): number | undefined {
    return this.#run?.number;
  }

  /** The parameter that is moved now. */
  get moved(): ParameterName | undefined {
    return this.#run?.plan.moved;
  }

  /** Everything that the last run counted, or the running one so far. */
  get counted(): MeasuredGates {
    return this.#last;
  }

  /** Starts a run; `before` is what the moved parameter goes back to. Returns its number. */
  start(owner: Owner, plan: MeasurementPlan, before: number): number {
    this.#runs += 1;
    this.#last = noGates();
    const run: Run<Owner> = { number: this.#runs, owner, plan, before, owedGates: 0, wake: () => {} };
    this.#run = run;
    this.#live(run).catch((error: Error) => this.#end(run, "aborted", error.message));
    return run.number;
  }

  /** Link time goes on. */
  tick(seconds: number): void {
    if (this.#run === undefined) return;
    this.#run.owedGates += seconds * this.#host.clockHz;
    this.#run.wake();
  }

  /** Ends the run early. */
  end(outcome: Exclude<keyof typeof MEASUREMENT_OUTCOMES, "completed">, why: string): void {
    if (this.#run !== undefined) this.#end(this.#run, outcome, why);
  }

  async #live(run: Run<Owner>): Promise<void> {
    const { settings, dwellMs, moved } = run.plan;
    for (const [index, setting] of settings.entries()) {
      if (moved !== undefined) this.#host.move(moved, setting);
      const point = await this.#point(run, Math.max(1, Math.round((this.#host.clockHz * dwellMs) / 1000)));
      if (point === undefined) return;
      const { gaps: _gaps, arrivals: _arrivals, ...counts } = point;
      this.#host.measured(run.owner, { run: run.number, index, x: setting, ...counts });
    }
    this.#end(run, "completed", `${settings.length} points`);
  }

  /** Counts the gates of one point; undefined when the run ended meanwhile. */
  async #point(run: Run<Owner>, gates: number): Promise<MeasuredGates | undefined> {
    let point = noGates();
    while (point.gates < gates) {
      const stretch = Math.min(gates - point.gates, Math.max(1, Math.floor(this.#host.clockHz * STRETCH_S)));
      await this.#passed(run, stretch);
      if (this.#run !== run) return undefined;
      const measured = await this.#host.measure(stretch, this.#last.gates === 0);
      if (this.#run !== run) return undefined;
      point = addGates(point, measured);
      this.#last = addGates(this.#last, measured);
    }
    return point;
  }

  /** Waits until link time has passed for so many gates. */
  async #passed(run: Run<Owner>, gates: number): Promise<void> {
    while (!this.#host.unpaced && this.#run === run && run.owedGates < gates)
      await new Promise<void>((resolve) => {
        run.wake = resolve;
      });
    run.owedGates = Math.max(0, run.owedGates - gates);
  }

  #end(run: Run<Owner>, outcome: keyof typeof MEASUREMENT_OUTCOMES, text: string): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    if (run.plan.moved !== undefined) this.#host.move(run.plan.moved, run.before);
    run.wake();
    this.#host.measurementEnded(run.owner, { run: run.number, outcome, text: text.slice(0, 200) });
  }
}
