// Runs by itself: a call that is spoilt in one place may not end.
import { faultOf, isClass } from "./call.ts";
import { GOOD_CALLS } from "./good-calls.ts";
import { shown, WRONG_VALUES } from "./mistakes.ts";
import { told } from "./told.ts";

/** `value` once for each of its parts, at any depth, with that part replaced. */
function* spoilt(value: unknown, wrong: unknown, path: string): Generator<{ path: string; value: unknown }> {
  yield { path, value: wrong };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const one of spoilt(item, wrong, `${path}[${index}]`))
        yield { path: one.path, value: value.with(index, one.value) };
    return;
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return;
  for (const [name, member] of Object.entries(value))
    for (const one of spoilt(member, wrong, `${path}.${name}`))
      yield { path: one.path, value: { ...value, [name]: one.value } };
}

for (const { name, one, given } of GOOD_CALLS) {
  const call = one as (...given: readonly unknown[]) => unknown;
  told({ call: name });
  try {
    await (isClass(call) ? Reflect.construct(call, given) : call(...given));
  } catch (error) {
    told({ call: name, fault: `refuses what is right: ${(error as Error).message}` });
  }
  for (const wrong of WRONG_VALUES) {
    for (const { path, value } of spoilt(given, wrong, "")) {
      if (!Array.isArray(value)) continue;
      const spoiltCall = `${name} with ${path} = ${shown(wrong)}`;
      told({ call: spoiltCall });
      const fault = await faultOf(call, value);
      if (fault !== null) told({ call: spoiltCall, fault });
    }
  }
}
told({ ended: true });
process.exit(0);
