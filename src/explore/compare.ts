// How two reports differ, by what they mean. In: two reports: of two models, or of one with other settings or by other versions. Out: plain data, and tables
// of it. Guarantee: layers are paired by name, then by kind and order, as regions and kernels are through them; what is equal in both is not told.
import type { Change, Comparison, GoalReport, KernelRow, LayerRow, Report, Side } from "./report.ts";

/** Compares two reports. */
export function compareReports(a: Report, b: Report): Comparison {
  const layers = pairs(a.layers, b.layers);
  const goals = [...new Set([...a.goals, ...b.goals].map(({ goal }) => goal))];
  return {
    a: sideOf(a),
    b: sideOf(b),
    changes: [
      ...factChanges(a, b),
      ...layerChanges(layers),
      ...goals.flatMap((goal) => {
        const [one, other] = [a, b].map((report) => report.goals.find((found) => found.goal === goal));
        if (one === undefined || other === undefined)
          return [{ part: "facts", name: goal, what: "", ...(one === undefined ? { b: "an entry" } : { a: "an entry" }) } as const];
        return [...rewriteChanges(one, other), ...fusionChanges([a, one], [b, other]), ...kernelChanges(one, other), ...memoryChanges(one, other)];
      }),
    ],
  }; // biome-ignore format: a list of lists
}

const sideOf = ({ model, hash, options, layerc }: Report): Side => ({ model, hash, options, layerc });

const told: Readonly<Record<keyof Report["facts"], string>> = {
  parameters: "parameters",
  multiplyAdds: "multiply-adds a row",
  code: "bytes of code",
  gzip: "bytes of code after gzip",
  weights: "bytes of weights",
  arena: "bytes of arena",
};

function factChanges(a: Report, b: Report): readonly Change[] {
  return (Object.keys(told) as (keyof Report["facts"])[]).flatMap((key) =>
    differing("facts", told[key], "", a.facts[key], b.facts[key]),
  );
}

/** A change where the two differ. */
function differing(
  part: Change["part"],
  name: string,
  what: string,
  a: string | number | undefined,
  b: string | number | undefined,
  goal?: GoalReport["goal"],
): readonly Change[] {
  if (a === b) return [];
  return [
    {
      ...{ part, name, what },
      ...(goal === undefined ? {} : { goal }),
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
    },
  ];
}

type Pair<T> = readonly [a: T | undefined, b: T | undefined];

/** Layers by name; of those that are left the next of the same kind. */
export function pairs<T extends Pick<LayerRow, "name" | "layer">>(a: readonly T[], b: readonly T[]): readonly Pair<T>[] {
  const partner = new Map<T, T>();
  const taken = new Set<T>();
  const join = (one: T, other: T | undefined): void => {
    if (other === undefined) return;
    partner.set(one, other);
    taken.add(other);
  };
  const byName = new Map(b.map((other) => [other.name, other]));
  for (const one of a) join(one, byName.get(one.name));
  for (const one of a)
    if (!partner.has(one)) join(one, b.find((other) => other.layer === one.layer && !taken.has(other))); // biome-ignore format: one line
  return [
    ...a.map((one): Pair<T> => [one, partner.get(one)]),
    ...b.filter((other) => !taken.has(other)).map((other): Pair<T> => [undefined, other]),
  ];
}

const properties = [
  "name",
  "layer",
  "config",
  "output",
  "parameters",
  "multiplyAdds",
] as const satisfies readonly (keyof LayerRow)[];

const layerChanges = (layers: readonly Pair<LayerRow>[]): readonly Change[] =>
  layers.flatMap(([one, other]): readonly Change[] => {
    const { path = "", name = "" } = one ?? other ?? {};
    const called = `${path} ${JSON.stringify(name)}`;
    if (one === undefined || other === undefined)
      return differing("layers", called, "", one && `${one.layer} ${one.output}`, other && `${other.layer} ${other.output}`);
    return properties.flatMap((key) => differing("layers", called, key, one[key], other[key]));
  });

/** How often each rule fired in each pass. */
function rewriteChanges(a: GoalReport, b: GoalReport): readonly Change[] {
  const counts = ({ passes }: GoalReport): ReadonlyMap<string, number> => {
    const all = new Map<string, number>();
    for (const { pass, rewrites } of passes)
      for (const { rule } of rewrites) all.set(`${pass}: ${rule}`, (all.get(`${pass}: ${rule}`) ?? 0) + 1);
    return all;
  };
  return byKey("rewrites", "times", counts(a), counts(b), a.goal);
}

/** What runs in one loop: a region is told by what its thing says, under the layers it is of. */
function fusionChanges([a, one]: readonly [Report, GoalReport], [b, other]: readonly [Report, GoalReport]): readonly Change[] {
  const regions = ({ things }: Report, { goal }: GoalReport): ReadonlyMap<string, string> => {
    const all = new Map<string, string>();
    for (const { kind, goal: of, says } of things) {
      if (kind !== "region" || of !== goal) continue;
      const [ops, layers = ""] = says.split("; ");
      all.set(layers, [...(all.get(layers)?.split(", ") ?? []), ops].join(", "));
    }
    return all;
  };
  return byKey("fusion", "loops", regions(a, one), regions(b, other), one.goal);
}

/** What runs each kernel, on each target. */
function kernelChanges(a: GoalReport, b: GoalReport): readonly Change[] {
  const by = ({ kernels }: GoalReport, what: (row: KernelRow) => string | number): ReadonlyMap<string, string | number> =>
    new Map(kernels.map((row) => [`${row.name} on ${row.target}`, what(row)]));
  return [
    ...byKey("kernels", "strategy", by(a, ({ strategy }) => strategy), by(b, ({ strategy }) => strategy), a.goal),
    ...byKey("kernels", "multiply-adds", by(a, ({ multiplyAdds }) => multiplyAdds), by(b, ({ multiplyAdds }) => multiplyAdds), a.goal, true),
    ...byKey("kernels", "bytes", by(a, ({ bytes }) => bytes), by(b, ({ bytes }) => bytes), a.goal, true),
  ];
} // biome-ignore format: a line each

function memoryChanges(a: GoalReport, b: GoalReport): readonly Change[] {
  const sizes = ({ arena }: GoalReport): ReadonlyMap<string, number> =>
    new Map(arena.rows.map(({ name, bytes }) => [name, bytes]));
  return [
    ...differing("memory", "arena", "bytes", a.arena.bytes, b.arena.bytes, a.goal),
    ...byKey("memory", "bytes", sizes(a), sizes(b), a.goal),
  ];
}

/** Changes of what has keys; `both`: of those alone that both sides have. */
function byKey(
  part: Change["part"],
  what: string,
  a: ReadonlyMap<string, string | number>,
  b: ReadonlyMap<string, string | number>,
  goal: GoalReport["goal"],
  both = false,
): readonly Change[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) =>
    both && !(a.has(key) && b.has(key)) ? [] : differing(part, key, what, a.get(key), b.get(key), goal),
  );
}
