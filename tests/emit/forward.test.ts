// What a function has just stored is read by name: what is read so and what is not, as text; and on random statements over a handful of
// addresses, the bits of the interpreter.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { emitWasm } from "../../compiler/emit/wasm/emit.ts";
import { forwarded } from "../../compiler/emit/wasm/forward.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Buffer, Index, Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import { printKernel } from "../../compiler/program/text/print.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { statementsIn } from "../../compiler/program/walk.ts";
import { at } from "./programs.ts";

/** b lies on the second half of a. */
const memory = ["buffer x input @0 [16]", "buffer a arena @16 [16]", "buffer b arena @24 [16]", "buffer c arena @40 [16]"];
const extentsOf = (buffers: readonly Buffer[]) =>
  new Map(buffers.map((one) => [one.name, [one.at, one.at + one.length] as const]));

/** Bodies of kernels, their lines joined by |, with names for loads. */
function named(...bodies: readonly string[]): readonly string[] {
  const kernels = bodies.map((body, i) => `kernel k${i}\n  ${body.replaceAll("|", "\n  ")}`);
  const { buffers, kernels: parsed } = parseProgram(["program p", ...memory, ...kernels, "end\n"].join("\n"));
  const made = forwarded(parsed, extentsOf(buffers)).bodies;
  return made.map((body, i) =>
    printKernel({ ...parsed[i], body })
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(2))
      .join("|"),
  );
}

describe("read by name", () => {
  it.each([
    ["the same place", "store a[3] = x[0]|store c[0] = a[3]", "let stored0:f32 = x[0]|store a[3] = stored0|store c[0] = stored0"],
    [
      "under another buffer's name",
      "store a[9] = x[0]|store c[0] = b[1]",
      "let stored0:f32 = x[0]|store a[9] = stored0|store c[0] = stored0",
    ],
    [
      "in the same turn of a loop",
      "for i < 4|  store a[2*i + 1] = x[i]|  store c[i] = a[2*i + 1]",
      "for i < 4|  let stored0:f32 = x[i]|  store a[2*i + 1] = stored0|  store c[i] = stored0",
    ],
    [
      "a vector, and a lane of one",
      "store a[4]:f32x4 = x[0]:f32x4|store c[0] = a[6]|store c[4]:f32x4 = a[4]:f32x4",
      "let stored0:f32x4 = x[0]:f32x4|store a[4]:f32x4 = stored0|store c[0] = extract.2(stored0)|store c[4]:f32x4 = stored0",
    ],
    [
      "in loops that write elsewhere",
      "store a[0] = x[0]|for i < 4|  store c[i] = a[0]",
      "let stored0:f32 = x[0]|store a[0] = stored0|for i < 4|  store c[i] = stored0",
    ],
    [
      "after a store beside it",
      "store a[0] = x[0]|store a[1] = x[1]|store c[0] = a[0]",
      "let stored0:f32 = x[0]|store a[0] = stored0|store a[1] = x[1]|store c[0] = stored0",
    ],
    ["a name that is taken", "let stored0:f32 = x[1]|store a[3] = x[0]|store c[0] = a[3] * stored0",
      "let stored0:f32 = x[1]|let stored0_:f32 = x[0]|store a[3] = stored0_|store c[0] = stored0_ * stored0"], // biome-ignore format: two texts
  ])("%s", (_, body, wanted) => {
    expect(named(body)).toEqual([wanted]);
  });

  it("what another kernel of the function stored", () => {
    expect(named("store a[3] = x[0]", "store c[0] = a[3]")).toEqual([
      "let stored0:f32 = x[0]|store a[3] = stored0",
      "store c[0] = stored0:f32",
    ]);
  });
});

describe("loaded", () => {
  it.each([
    ["what nobody stored", "store c[0] = a[3]"],
    ["another place", "store a[3] = x[0]|store c[0] = a[2]"],
    ["a place that was stored over", "store a[8]:f32x4 = x[0]:f32x4|for i < 2|  store b[i] = x[i]|store c[0] = a[11]"],
    ["four of which one was stored", "store a[3] = x[0]|store c[0]:f32x4 = a[0]:f32x4"],
    ["what the loop stores later in its turn", "store a[0] = x[0]|for i < 4|  store c[i] = a[0]|  store a[0] = x[i]"],
    ["what a loop has stored, behind it", "for i < 4|  store a[i] = x[i]|for i < 4|  store c[i] = a[i]"],
    ["what a row that data choose may have stored over", "store a[3] = x[0]|store a[row(x[1], 4)*2] = x[2]|store c[0] = a[3]"],
    ["a row that data choose", "store a[3] = x[0]|store c[0] = x[row(a[3], 4)*2]"],
    ["into all lanes, turn by turn", "store a[0] = x[0]|for i < 2|  store c[4*i]:f32x4 = splat(a[0])"],
  ])("%s", (_, body) => {
    expect(named(body)).toEqual([body]);
  });

  it("what lies too far back: names would be more than there are registers", () => {
    const stores = Array.from({ length: 13 }, (_, i) => `store a[${i}] = x[${i}]`).join("|");
    const [text] = named(`${stores}|store c[0] = a[0]|store c[1] = a[2]`);
    expect(text).toContain("store c[0] = a[0]|");
    expect(text).toContain("store a[2] = stored2|");
    expect(text).toMatch(/store c\[1\] = stored2$/);
  });
});

/** Kernels that store, load and loop over a few addresses of buffers that lie on each other. */
function programFrom(seed: number): Program {
  const r = random(seed);
  const { buffers } = parseProgram(["program p", ...memory, "end\n"].join("\n"));
  const index = (loops: readonly string[], width: number): Index => {
    const loop = r.integer(0, 1) === 1 && loops.length > 0 ? r.pick(loops) : undefined;
    return at(r.integer(0, 8 - width), ...(loop === undefined ? [] : [[loop, r.integer(1, 2)] as [string, number]]));
  };
  const one = (loops: readonly string[]): Value => v.load(r.pick(["x", "a", "b", "c"]), index(loops, 1));
  const statement = (loops: readonly string[], depth: number): Stmt => {
    const kind = r.integer(0, depth < 2 ? 4 : 3);
    const buffer = r.pick(["a", "b", "c"]);
    if (kind === 4) {
      const loop = `i${depth}`;
      return { do: "for", loop, to: r.integer(1, 3), body: body([...loops, loop], depth + 1) };
    }
    if (kind === 3) {
      const wide = v.loadx4(r.pick(["x", "a", "b"]), index(loops, 4));
      return { do: "store", buffer, index: index(loops, 4), value: v.add(wide, v.splat(one(loops))) };
    }
    return { do: "store", buffer, index: index(loops, 1), value: v.add(one(loops), one(loops)) };
  };
  function body(loops: readonly string[], depth: number): readonly Stmt[] {
    return Array.from({ length: r.integer(1, 5) }, () => statement(loops, depth));
  }
  const kernels = ["k0", "k1", "k2"].map((name): Kernel => ({ name, origin: "test", body: body([], 0) }));
  const calls = kernels.map(({ name }) => ({ kernel: name }));
  return { name: "p", scalars: [], buffers, kernels, entries: [{ name: "go", rows: 1, calls, inputs: [], outputs: [] }] };
}

it("random kernels have the bits of the interpreter", () => {
  let named = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (seed) => {
      const program = programFrom(seed);
      verifyProgram(program);
      const machine = createMachine(program, { track: false });
      const bytes = emitWasm(program, { relaxed: false, entries: ["go"] });
      const { m, go } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports as {
        readonly m: WebAssembly.Memory;
        readonly go: () => void;
      };
      const floats = new Float32Array(m.buffer);
      const r = random(seed);
      for (const { name, at: from } of program.buffers)
        for (const [i] of (machine.buffers.get(name) ?? []).entries()) {
          const value = Math.fround(r.uniform());
          floats[from + i] = value;
          const own = machine.buffers.get(name);
          if (own !== undefined) own[i] = value;
        }
      machine.run("go", {});
      go();
      for (const { name, at: from, length } of program.buffers)
        expect(floats.subarray(from, from + length), name).toEqual(machine.buffers.get(name));
      const bodies = forwarded(program.kernels, extentsOf(program.buffers)).bodies;
      named += bodies.flatMap((one) => [...statementsIn(one)]).filter((each) => each.do === "let").length;
    }),
    { numRuns: 400 },
  );
  expect(named).toBeGreaterThan(400);
});
