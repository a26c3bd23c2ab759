/** The settings behind the question mark of an address, taken one by one; what nobody took is refused. */
export interface Query {
  integer(name: string, fallback: number, min: number, max: number): number;
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  refuseRest(): void;
}

/** Reads `a=1&b=2`. `fail` makes the error that every refusal throws. */
export function parseQuery(text: string | undefined, fail: (reason: string) => Error): Query {
  const values = new Map<string, string>();
  for (const pair of text === undefined ? [] : text.split("&")) {
    const [name = "", value, ...rest] = pair.split("=");
    if (name === "" || value === undefined || rest.length > 0)
      throw fail("its settings are not of the form name=value");
    if (values.has(name)) throw fail(`the setting ${name} is given twice`);
    values.set(name, value);
  }
  const take = (name: string) => {
    const value = values.get(name);
    values.delete(name);
    return value;
  };
  return {
    integer(name, fallback, min, max) {
      const value = take(name);
      if (value === undefined) return fallback;
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw fail(`${name} is not a number from ${min} to ${max}`);
      return number;
    },
    choice(name, allowed, fallback) {
      const value = take(name);
      if (value === undefined) return fallback;
      const chosen = allowed.find((candidate) => candidate === value);
      if (chosen === undefined) throw fail(`${name} is none of ${allowed.join(", ")}`);
      return chosen;
    },
    refuseRest() {
      for (const name of values.keys()) throw fail(`it does not know the setting ${name}`);
    },
  };
}
