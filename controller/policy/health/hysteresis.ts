/** A yes-or-no condition that must hold for a while before it counts, and be gone for a while before it is forgotten. */
export interface Held {
  readonly active: boolean;
  /** Since when the raw condition has differed from `active`, or null while it agrees. */
  readonly changingSinceMs: number | null;
}

export const NOT_HELD: Held = { active: false, changingSinceMs: null };

/** Advances a held condition: `present` is what is seen now. */
export function hold(state: Held, present: boolean, atMs: number, raiseMs: number, clearMs: number): Held {
  if (present === state.active)
    return state.changingSinceMs === null ? state : { ...state, changingSinceMs: null };
  const since = state.changingSinceMs ?? atMs;
  const needed = present ? raiseMs : clearMs;
  if (atMs - since >= needed) return { active: present, changingSinceMs: null };
  return { active: state.active, changingSinceMs: since };
}
