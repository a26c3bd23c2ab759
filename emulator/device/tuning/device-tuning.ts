import type { EventOf, ParameterName, ReplyOf, RequestOf } from "../../../protocol/index.ts";
import type { DeviceState } from "../device-mode.ts";
import type { DeviceProfile, Role } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import type { LightWatch } from "../keys/light-watch.ts";
import { addGates, noGates } from "../measured-gates.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import { Refusal } from "../refusal.ts";
import { type Dithered, limitedStep, TUNING, type TuneTarget, wayToOptimum } from "./control-law.ts";
import { movedControl, movedValues, TUNED_PARAMETERS } from "./tuned-settings.ts";
import { tuningHindrance } from "./tuning-hindrance.ts";

/** Share of the gates that is dithered and never becomes key. */
const SHARE = 0.01;
const LEAST_INTERVAL_S = 10;
/** Detections of one look beyond which the link loses more than it learns. */
const MOST_DETECTIONS = 1 << 17;

const TARGETS: Readonly<Record<Role, readonly TuneTarget[]>> = {
  qtx: ["modulator"],
  qrx: ["delay", "phase", "bias"],
};

/** What tuning needs of its device. */
export interface TunedDevice {
  readonly profile: Pick<DeviceProfile, "role" | "clockHz">;
  readonly settings: { readonly store: ParameterStore };
  readonly world: Pick<DeviceWorld, "sample" | "surroundings">;
  readonly light: Pick<LightWatch, "readings" | "ageS">;
  moment(): { readonly state: DeviceState; readonly uptimeMs: number };
  found(name: ParameterName, value: number): void;
  tellAll(name: "tuned", event: EventOf<"tuned">): void;
  note(text: string): void;
}

/** One adjustment that goes on. */
interface Run {
  readonly number: number;
  readonly target: TuneTarget;
  seconds: number;
  looking: boolean;
  next: keyof Dithered;
  counted: Dithered;
}

/** What a device adjusts by itself while it is in service (SPEC 5.5), one target after the other. */
export class DeviceTuning {
  readonly #device: TunedDevice;
  /** Settings as the device was built, which tuning must not leave far behind. */
  readonly #built: ReadonlyMap<ParameterName, number>;
  readonly #auto = new Map<
    TuneTarget,
    { readonly run: number; readonly intervalS: number; readonly holder: string | undefined; dueS: number }
  >();
  readonly #wanted: { readonly run: number; readonly target: TuneTarget }[] = [];
  readonly #tuned = new Set<TuneTarget>();
  #run: Run | undefined;
  #runs = 0;

  constructor(device: TunedDevice) {
    this.#device = device;
    const names = this.targets.flatMap((target) => TUNED_PARAMETERS[target]);
    this.#built = new Map(names.map((name) => [name, device.settings.store.number(name)]));
  }

  /** What `tune` takes here. */
  get targets(): readonly TuneTarget[] {
    return TARGETS[this.#device.profile.role];
  }

  /** How far tuning has led a setting beyond what is allowed, in shares of the allowed; undefined where it has not. */
  get tooFar(): number | undefined {
    const shares = [...this.#tuned].flatMap((target) =>
      TUNED_PARAMETERS[target].map((name) => {
        const away = this.#device.settings.store.number(name) - (this.#built.get(name) ?? 0);
        return Math.abs(away) / TUNING[target].mostFromBuilt;
      }),
    );
    const most = Math.max(0, ...shares);
    return most > 1 ? most : undefined;
  }

  /** `holder` has the lease now. Throws Refusal notSupported, outOfRange, wrongState. */
  request({ what, mode, intervalS }: RequestOf<"tune">, holder: string | undefined): ReplyOf<"tune"> {
    if (!this.targets.includes(what)) throw new Refusal("notSupported", `this device cannot adjust ${what}`);
    if (mode === "auto" ? intervalS < LEAST_INTERVAL_S : intervalS !== 0)
      throw new Refusal("outOfRange", `the interval is ${LEAST_INTERVAL_S} s or more in mode auto, else 0`);
    if (mode === "off") {
      this.#auto.delete(what);
      this.#device.note(`tuning of ${what} off`);
      return { run: 0 };
    }
    const hindered = this.#hindrance;
    if (hindered !== undefined) throw new Refusal("wrongState", `no tuning: ${hindered}`);
    const run = ++this.#runs;
    if (mode === "auto") this.#auto.set(what, { run, intervalS, holder, dueS: 0 });
    else this.#wanted.push({ run, target: what });
    this.#device.note(`tuning of ${what} ${mode}, run ${run}`);
    return { run };
  }

  /** Link time goes on. */
  tick(seconds: number, holder: string | undefined): void {
    for (const [target, auto] of this.#auto) {
      auto.dueS -= seconds;
      // Whoever has leased the device since then wants no other hand on it.
      if (auto.dueS > 0 || (holder !== undefined && holder !== auto.holder)) continue;
      auto.dueS = auto.intervalS;
      this.#wanted.push({ run: auto.run, target });
    }
    const wanted = this.#run === undefined ? this.#wanted.shift() : undefined;
    if (wanted !== undefined)
      this.#run = {
        number: wanted.run,
        target: wanted.target,
        seconds: 0,
        looking: false,
        next: "below",
        counted: { below: noGates(), above: noGates() },
      };
    if (this.#run !== undefined) this.#go(this.#run, seconds);
  }

  /** Ends what goes on, and what is to come by itself. */
  stop(why: string): void {
    this.#auto.clear();
    this.#wanted.length = 0;
    if (this.#run !== undefined) this.#end(this.#run, 0, "failed", why);
  }

  get #hindrance(): string | undefined {
    const { light, world } = this.#device;
    const { state, uptimeMs } = this.#device.moment();
    const { backgroundPerGate } = world.surroundings;
    return tuningHindrance({
      state,
      readings: light.readings,
      ageS: light.ageS(uptimeMs),
      backgroundPerGate,
    });
  }

  #go(run: Run, seconds: number): void {
    const hindered = this.#hindrance;
    if (hindered !== undefined) this.#end(run, 0, "failed", hindered);
    else if (run.looking) run.seconds += seconds;
    else if (run.seconds >= TUNING[run.target].seconds) this.#adjust(run);
    else {
      run.seconds += seconds;
      this.#look(run, seconds).catch((error: Error) => this.#end(run, 0, "failed", error.message));
    }
  }

  async #look(run: Run, seconds: number): Promise<void> {
    const gates = SHARE * seconds * this.#device.profile.clockHz;
    if (gates < 1) return;
    run.looking = true;
    const side = run.next;
    const by = TUNING[run.target].dither * (side === "below" ? -1 : 1);
    const control = movedControl(run.target, this.#device.settings.store, by);
    const counted = await this.#device.world.sample([control], { gates, detections: MOST_DETECTIONS });
    run.counted = { ...run.counted, [side]: addGates(run.counted[side], counted) };
    run.next = side === "below" ? "above" : "below";
    run.looking = false;
  }

  #adjust(run: Run): void {
    const { store } = this.#device.settings;
    const intensities = [
      store.has("meanPhotonsU") ? store.number("meanPhotonsU") : 1,
      store.has("meanPhotonsV") ? store.number("meanPhotonsV") : 0.5,
      store.has("meanPhotonsW") ? store.number("meanPhotonsW") : 0,
    ] as const;
    const way = wayToOptimum(run.target, run.counted, intensities);
    if (way === undefined) {
      this.#end(run, 0, "failed", "too little light");
      return;
    }
    const step = limitedStep(run.target, way);
    const { unit } = TUNING[run.target];
    const found = `optimum ${way.move.toPrecision(3)} +-${(2 * way.uncertainty).toPrecision(2)} ${unit} away`;
    this.#end(run, step, step === 0 ? "unchanged" : "adjusted", found);
  }

  #end(run: Run, step: number, outcome: EventOf<"tuned">["outcome"], text: string): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    const { store } = this.#device.settings;
    const [name] = TUNED_PARAMETERS[run.target];
    const from = store.number(name!);
    const moves = step === 0 ? [] : movedValues(run.target, store, step);
    const { stepsPerUnit, unit } = TUNING[run.target];
    const beyond = moves.find(({ name: one, value }) => !store.takes(one, value));
    if (beyond === undefined)
      for (const { name: one, value } of moves)
        this.#device.found(one, Math.round(value * stepsPerUnit) / stepsPerUnit);
    if (beyond === undefined && moves.length > 0) this.#tuned.add(run.target);
    // A setting at the end of its range goes no further.
    const ended =
      beyond === undefined
        ? { outcome, text }
        : { outcome: "failed" as const, text: `${beyond.name} is at its end` };
    this.#tell(run, { ...ended, from, to: store.number(name!), unit });
  }

  #tell(run: Run, ended: Omit<EventOf<"tuned">, "run" | "what">): void {
    this.#device.note(`tuning ${run.number} of ${run.target} ${ended.outcome}: ${ended.text}`);
    this.#device.tellAll("tuned", { run: run.number, what: run.target, ...ended });
  }
}
