import type { WireFault } from "../faults/wire-fault.ts";
import type { Fields, ValuesOf } from "./field.ts";
import type { Course } from "./link-state/course.ts";
import type { Level } from "./link-state/level.ts";
import type { Change, LinkPlan } from "./link-state/link-state.ts";

/** Whether a happening may or must say with `for` how long it lasts, or lasts for ever or no time at all. */
export type Lasting = "no" | "maybe" | "always";

/** Something that is either on or off, and which way an event turns it. */
export interface Turn {
  readonly what: string;
  readonly on: boolean;
}

/**
 * One happening, declared once: scenario files, control port, library and documents all take it from here. It does one of
 * four things: it changes the link's state (`course`), sets a level (`level`), damages a wire (`wire`), or makes a device
 * act (`acts`).
 */
export interface Declaration<
  N extends string = string,
  F extends Fields = Fields,
  L extends Lasting = Lasting,
  M extends boolean = boolean,
  E extends object = ValuesOf<F>,
> {
  readonly event: N;
  /** What happens, for the tables of the documents and the schema. */
  readonly says: string;
  readonly fields: F;
  readonly lasts?: L;
  /** Takes `over`: it moves gradually, and is over when it has arrived. */
  readonly moves?: M;
  /** It happens in a moment and leaves nothing to end. */
  readonly momentary?: boolean;
  /** No timeline has it: a setting that an operator changes while the link runs. */
  readonly liveOnly?: boolean;
  /** Somebody does it to the link: docs/ATTACKS.md tells what betrays it. */
  readonly attack?: boolean;
  /** What control port and library called it before. */
  readonly formerly?: string;
  /** The thing that it has for itself alone; without it, it goes together with everything. */
  holds?(event: E): string;
  /** The switch that it turns: on a timeline it has to find it the other way round. */
  turns?(event: E): Turn;
  /** The switch that has to be on. */
  needs?(event: E): string;
  /** Why this link cannot have it: what to say, and what would be right. */
  refuses?(plan: LinkPlan): { readonly says: string; readonly allowed: string } | undefined;
  course?(event: E, plan: LinkPlan, key: string): Course;
  /** What its end does to the state: of the one under `key`, or without a key of every one that `event` tells. */
  ends?(event: Partial<E>, key: string | undefined): Change;
  level?(event: E): Level;
  wire?(event: E): WireFault;
  readonly acts?: "hangUp" | "end";
}

/** A declaration whose happening was checked before: which one it is, is not known any more. */
export type AnyDeclaration = Declaration<string, Fields, Lasting, boolean, object>;

/** Declares a happening; its types follow from what is written. */
export function happening<
  const N extends string,
  F extends Fields,
  const L extends Lasting = "no",
  const M extends boolean = false,
>(declaration: Declaration<N, F, L, M>): Declaration<N, F, L, M> {
  return declaration;
}
