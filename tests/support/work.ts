// Work, counted: how often every block of the compiler's code runs, and how many items pass through the built-in methods that walk a
// list, a map or a set. In: something to run. Out: counts. Guarantee: no clock; the code that is counted knows nothing of it.
import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

type Coverage = {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
};

export interface Work {
  readonly total: number;
  /** `file:function@offset` or `builtin` → how often. */
  readonly places: ReadonlyMap<string, number>;
}

/** What the run cost. */
// Optimised code counts no calls. It stays so in this process: a file that counts is named in vitest.config.ts.
setFlagsFromString("--no-opt");
setFlagsFromString("--no-maglev");

export function workOf(run: () => void): Work {
  const session = new Session();
  session.connect();
  const ask = <T>(method: string, params: object = {}): T => {
    let answer: T | undefined;
    session.post(method, params, (error: Error | null, result?: object) => {
      if (error) throw error;
      answer = result as T;
    });
    return answer as T;
  };
  ask("Profiler.enable");
  ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const places = new Map<string, number>();
  const walked = countWalks(run);
  const { result } = ask<{ result: readonly Coverage[] }>("Profiler.takePreciseCoverage");
  ask("Profiler.stopPreciseCoverage");
  session.disconnect();
  for (const { url, functions } of result) {
    const file = /\/(?:compiler|src)\/.*$/.exec(url)?.[0];
    if (file === undefined || file.includes("node_modules")) continue;
    for (const { functionName, ranges } of functions)
      for (const { startOffset, count } of ranges) {
        const place = `${file}:${functionName}@${startOffset}`;
        places.set(place, (places.get(place) ?? 0) + count);
      }
  }
  for (const [method, count] of walked) places.set(method, count);
  return { total: [...places.values()].reduce((sum, count) => sum + count, 0), places };
}

// Methods of arrays that walk without calling back; the others are counted by what they call.
const walks = ["includes", "indexOf", "lastIndexOf", "concat", "join", "fill", "reverse", "with", "toSpliced"] as const;

/** Items seen by built-in methods while `run` runs. */
function countWalks(run: () => void): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const restore: (() => void)[] = [];
  const patch = (target: object, method: PropertyKey, label: string, cost: (self: unknown, answer: unknown) => number): void => {
    const original = Reflect.get(target, method) as (...args: unknown[]) => unknown;
    let count = 0;
    const replaced = function (this: unknown, ...args: unknown[]): unknown {
      const answer = Reflect.apply(original, this, args);
      count += cost(this, answer);
      return answer;
    };
    Object.defineProperty(target, method, { value: replaced, configurable: true, writable: true });
    restore.push(() => {
      Object.defineProperty(target, method, { value: original, configurable: true, writable: true });
      counts.set(label, count);
    });
  };
  for (const method of walks) patch(Array.prototype, method, `[].${method}`, (self) => (self as unknown[]).length);
  // A slice walks what it copies, not what it is cut from.
  patch(Array.prototype, "slice", "[].slice", (_self, copy) => (copy as unknown[]).length);
  const iterators: readonly (readonly [string, object])[] = [
    ["array", [].values()],
    ["map", new Map().entries()],
    ["set", new Set().values()],
  ];
  for (const [label, iterator] of iterators) patch(Object.getPrototypeOf(iterator), "next", `next of ${label}`, () => 1);
  patch(Map.prototype, "set", "map.set", () => 1);
  patch(Set.prototype, "add", "set.add", () => 1);
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return counts;
}
