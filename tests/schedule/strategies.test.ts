// Laws of strategies, over the list: a sample is taken by its strategy and by none before it; each fires on some model; what a
// strategy gives is legal; and the bits of a nest stay, on every target. A sum in parts is as near to the one in order as its terms
// allow.
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { snapshots } from "../../compiler/compile.ts";
import { leavesOf, mapTree, type Nest, type NestKernel } from "../../compiler/program/nest/nest.ts";
import { plainProgram } from "../../compiler/program/nest/plain.ts";
import type { FloatFmt, Program } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { applySchedules } from "../../compiler/schedule/apply.ts";
import { choose, scheduleNests } from "../../compiler/schedule/choose.ts";
import type { Scheduled } from "../../compiler/schedule/schedule.ts";
import { strategies } from "../../compiler/schedule/strategies/list.ts";
import { verifySchedules } from "../../compiler/schedule/verify.ts";
import { type Target, targets } from "../../compiler/targets.ts";
import { nests } from "../arbitrary/nests.ts";
import { smallModels } from "../support/models.ts";
import { differenceOf, mostRows, nestOf, programAround, programOfNest, type Results, resultsOf } from "../support/nests.ts";

type Nests = Program<NestKernel>;
const all = Object.values(targets) as readonly Target[];
const names = strategies.map(({ name }) => name);
const scheduledIn = ({ kernels }: Program<NestKernel<Scheduled>>): Scheduled[] =>
  kernels.flatMap(({ parts }) => [...leavesOf(parts)]);

/** What the loops of a target compute, and by which schedules. */
function applied(program: Nests, target: Target, seed: number, rows: number): { results: Results; by: readonly Scheduled[] } {
  const scheduled = scheduleNests(program, target);
  verifySchedules(scheduled, target);
  const made = applySchedules(scheduled);
  verifyProgram(made);
  return { results: resultsOf(made, seed, rows), by: scheduledIn(scheduled) };
}

/** The bits of the plain loops on every target. */
function keepsBits(program: Nests, fmt: FloatFmt, seed: number, rows: number): readonly Scheduled[] {
  const wanted = resultsOf(plainProgram(program), seed, rows);
  return (fmt === "f64" ? [targets.js] : all).flatMap((target) => {
    const { results, by } = applied(program, target, seed, rows);
    expect(differenceOf(results, wanted)).toBeUndefined();
    return by;
  });
}

describe.each(strategies)("the sample of $name", ({ name, sample }) => {
  const program = programOfNest(sample.nest);
  const target = targets[sample.target];
  it("is taken by it, and by none before it", () => {
    expect(choose(nestOf(program), target).strategy).toBe(name);
    const without = strategies.filter((other) => other.name !== name);
    // Whatever takes it then stands further down.
    if (name !== names.at(-1))
      expect(names.indexOf(choose(nestOf(program), target, { list: without }).strategy)).toBeGreaterThan(names.indexOf(name));
  });
  it("keeps its bits", () => {
    const fmt = nestOf(program).finish.fmt as FloatFmt;
    for (const rows of [1, 3, 64, mostRows]) keepsBits(program, fmt, 1, rows);
  });
});

describe("the list", () => {
  it("has a name and a line for each, and ends with what takes anything", () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { name, says } of strategies) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(says, name).toMatch(/^.{20,}[^.]$/);
    }
    const nest = nestOf(programOfNest("store y[0] = 1"));
    for (const target of all)
      expect(choose(nest, target, { list: strategies.slice(-1) }).schedule).toEqual({ order: [], tile: [] });
  });
});

describe("on small models", () => {
  const counts = new Map<string, number>();
  const count = (target: string, strategy: string): void => {
    const key = `${target.padEnd(7)} ${strategy}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  afterAll(() => console.log([...counts].sort().map(([key, times]) => `${String(times).padStart(5)}  ${key}`).join("\n"))); // biome-ignore format: one thought

  it.each(smallModels)("$name: every schedule is legal and keeps the bits of its kernel", ({ model, goals, options }) => {
    for (const goal of goals)
      for (const target of ["js", "simd"] as const) {
        const seen = snapshots(model, { ...options, target, unroll: 0 }, goal);
        for (const { scheduled, target: machine } of seen) {
          if (scheduled === undefined || machine === undefined) continue;
          verifySchedules(scheduled, machine);
          for (const { strategy } of scheduledIn(scheduled)) count(machine.name, strategy);
        }
        // The last are those of the target; the simd ones compute in f32.
        const program = seen.findLast(({ nests }) => nests !== undefined)?.nests;
        for (const [i, kernel] of (program?.kernels ?? []).entries()) {
          const alone = programAround([kernel], program?.scalars ?? []);
          keepsBits(alone, target === "js" ? "f64" : "f32", i, alone.scalars[0]?.max ?? 1);
        }
      }
  });

  it("each strategy fires", () => {
    const fired = new Set([...counts.keys()].map((key) => key.split(/ +/)[1]));
    expect(names.filter((name) => !fired.has(name))).toEqual([]);
  });
});

describe("on random nests", () => {
  it.each(["f32", "f64"] as const)("every schedule is legal and keeps the bits: %s", (fmt) => {
    const fired = new Set<string>();
    let past = 0;
    fc.assert(
      fc.property(nests(fmt), ({ program, seed, rows }) => {
        for (const { strategy, schedule } of keepsBits(program, fmt, seed, rows)) {
          fired.add(strategy);
          if (schedule.past !== undefined) past++;
        }
      }),
      { numRuns: 200, seed: 5 },
    );
    expect(past > 0).toBe(fmt === "f32");
    // Strips need thousands of sums, channels a line of pixels that both operands know, and lanes floats.
    const rare = ["strips", "pixels-by-channels", ...(fmt === "f64" ? ["patches-by-columns", "heavy-map", "lane-map"] : [])];
    expect(names.filter((name) => !fired.has(name) && !rare.includes(name))).toEqual([]);
  });

  it.each(["f32", "f64"] as const)("partial sums are as near to the sum in order as their terms allow: %s", (fmt) => {
    let sums = 0;
    fc.assert(
      fc.property(nests(fmt), ({ program, seed, rows }) => {
        for (const kernel of program.kernels) {
          const nests = [...leavesOf(kernel.parts)].filter(({ fold }) => fold?.partial !== undefined);
          if (nests.length === 0) continue;
          sums++;
          const bare = programAround([kernel], program.scalars);
          const alone = mapNests(bare, ({ more: _, ...nest }) =>
            nest.fold === undefined ? nest : { ...nest, finish: v.acc(fmt) },
          );
          const [found, wanted, sizes] = [alone, mapNests(alone, inOrder), mapNests(alone, absolute)].map((one) =>
            resultsOf(plainProgram(one), seed, rows),
          );
          const terms = Math.max(...nests.map((nest) => termsOf(nest, rows)));
          for (const [name, numbers] of found)
            for (const [i, number] of numbers.entries()) {
              const [exact, size] = [wanted.get(name)?.[i] ?? 0, sizes.get(name)?.[i] ?? 0];
              // One rounding a term, each of half a unit of a sum that is never larger than all terms together.
              const most = (terms + 1) * 2 ** -23 * size;
              if (Object.is(number, exact) || !Number.isFinite(size)) continue;
              expect(Math.abs(number - exact), `${name}[${i}]`).toBeLessThanOrEqual(most);
            }
        }
      }),
      { numRuns: 150, seed: 6 },
    );
    expect(sums).toBeGreaterThan(20);
  });
});

/** The nest with the same terms, one after the other. */
function inOrder({ fold, ...nest }: Nest): Nest {
  if (fold === undefined) return nest;
  const { partial: _, ...rest } = fold;
  return { ...nest, fold: rest };
}

const mapNests = (program: Nests, map: (nest: Nest) => Nest): Nests => ({
  ...program,
  kernels: program.kernels.map((kernel) => ({ ...kernel, parts: kernel.parts.map((part) => mapTree(part, map)) })),
});

/** The same sums over absolute values. */
function absolute(nest: Nest): Nest {
  const { fold } = nest;
  if (fold === undefined) return nest;
  const init = v.abs(fold.init);
  const [first] = fold.term;
  if (fold.how === "madd") return { ...nest, fold: { ...fold, init, term: [v.abs(first), v.abs(fold.term[1])] } };
  return { ...nest, fold: { ...fold, init, term: [v.abs(first)] } };
}

const termsOf = ({ reduce }: Nest, rows: number): number =>
  reduce.reduce((product, [, extent]) => product * (typeof extent === "number" ? extent : rows), 1);
