import type { Change, LinkState } from "./link-state.ts";

/** A number in the state that can be moved gradually. */
export interface Quantity {
  get(state: LinkState): number;
  set(state: LinkState, value: number): LinkState;
}

/** How a happening changes the state while it lasts. */
export type Course =
  /** All at once when it begins. */
  | { readonly begins: Change }
  /** Evenly over its `over`; at once without it. */
  | { readonly moves: readonly { readonly quantity: Quantity; readonly to: number }[] }
  /** Between 0 and `peak` all the time. */
  | { readonly swings: { readonly quantity: Quantity; readonly peak: number; readonly periodS: number } };

/** When something happens, seconds. */
export interface Span {
  readonly fromS: number;
  /** When it is over; infinite for what stays. */
  readonly toS: number;
  /** How long it takes to get there, for what moves gradually. */
  readonly overS: number;
}

/** A change of the state at a moment. */
export interface CourseStep {
  readonly atS: number;
  readonly change: Change;
}

/** A gradual change is made in at most so many steps, none shorter than this. */
const RAMP_STEPS = 200;
const LEAST_STEP_S = 0.1;
/** Steps of one swing. */
const SWING_STEPS = 16;

/** Every step of a course; `ends` is made when it is over, where it ever is. */
export function courseSteps(course: Course, span: Span, ends: Change | undefined): CourseStep[] {
  const steps = "begins" in course ? [{ atS: span.fromS, change: course.begins }] : gradual(course, span);
  if (ends !== undefined && Number.isFinite(span.toS)) steps.push({ atS: span.toS, change: ends });
  return steps;
}

/** How many steps a course takes, without making them: a hostile one could have billions. */
export function courseLength(course: Course, { fromS, toS }: Span): number {
  if (!("swings" in course)) return RAMP_STEPS;
  return Math.floor((toS - fromS) / swingStepS(course.swings.periodS));
}

function gradual(course: Exclude<Course, { begins: Change }>, span: Span): CourseStep[] {
  if ("swings" in course) return swing(course.swings, span);
  return course.moves.flatMap(({ quantity, to }) => ramp(span, quantity, to));
}

/** Even steps from where the quantity is when the event begins. */
function ramp({ fromS, overS }: Span, quantity: Quantity, target: number): CourseStep[] {
  const count = Math.max(1, Math.min(RAMP_STEPS, Math.floor(overS / LEAST_STEP_S)));
  return Array.from({ length: count }, (_, index) => ({
    atS: fromS + (overS * (index + 1)) / count,
    change: (state: LinkState) => {
      const now = quantity.get(state);
      // What is left is shared out evenly among the steps that are left; the last one arrives exactly.
      const left = count - index;
      return quantity.set(state, left === 1 ? target : now + (target - now) / left);
    },
  }));
}

function swing(
  { quantity, peak, periodS }: Extract<Course, { swings: unknown }>["swings"],
  { fromS, toS }: Span,
): CourseStep[] {
  const stepS = swingStepS(periodS);
  const count = Math.floor((toS - fromS) / stepS);
  return Array.from({ length: count }, (_, index): CourseStep => {
    const phase = (2 * Math.PI * (index + 0.5) * stepS) / periodS;
    const value = (peak * (1 - Math.cos(phase))) / 2;
    return { atS: fromS + index * stepS, change: (state) => quantity.set(state, value) };
  });
}

const swingStepS = (periodS: number): number => Math.max(LEAST_STEP_S / 2, periodS / SWING_STEPS);
