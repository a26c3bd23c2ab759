import { declarationOf } from "../happenings/happenings.ts";
import { type CourseStep, courseSteps } from "../happenings/link-state/course.ts";
import type { LinkPlan } from "../happenings/link-state/link-state.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/** A change of the link's state at a moment of the timeline. */
export interface StateStep extends CourseStep {
  readonly entry: TimelineEntry;
}

/** The steps of one happening; none for an event that leaves the state alone. */
export function stateSteps(entry: TimelineEntry, plan: LinkPlan): StateStep[] {
  const { event, key } = entry;
  const declaration = declarationOf(event);
  const course = declaration.course?.(event, plan, key);
  if (course === undefined) return [];
  return courseSteps(course, entry, declaration.ends?.(event, key)).map((step) => ({ ...step, entry }));
}
