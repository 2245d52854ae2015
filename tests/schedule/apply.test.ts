// Schedules applied: the text of a nest and a schedule in, the text of its kernel out. A register tile with what is left over of
// it, partial sums, lanes, strips; and the names that a kernel makes.
import { expect, it } from "vitest";
import { applySchedules } from "../../compiler/schedule/apply.ts";
import { scheduleNests } from "../../compiler/schedule/choose.ts";
import type { Schedule } from "../../compiler/schedule/schedule.ts";
import { verifySchedule } from "../../compiler/schedule/verify.ts";
import { type Target, targets } from "../../compiler/targets.ts";
import { nestOf, programOfNest } from "../support/nests.ts";
import { bodyText } from "./texts.ts";

/** The kernel of one nest under a schedule, its loops included. */
function kernelOf(nest: string, schedule: Schedule, target: Target = targets.simd, around?: string): string {
  const program = programOfNest(nest);
  const scheduled = { nest: nestOf(program), strategy: "mine", schedule };
  verifySchedule(scheduled, target, program.scalars, () => 1000);
  const part = around === undefined ? scheduled : { loop: around, to: 2, parts: [scheduled] };
  const [kernel] = applySchedules({ ...program, kernels: [{ name: "k", origin: "", parts: [part] }] }).kernels;
  return bodyText(kernel.body);
}

it("a register tile, a row and a column left over", () => {
  const nest = "map i < 5, j < 3\nreduce k < n\nfold madd x[70*i + k], w[3*k + j] from b[j]\nstore y[3*i + j] = max(acc:f32, 0:f32)";
  expect(kernelOf(nest, { order: ["j", "i"], tile: [["j", 2], ["i", 4]] })).toMatchInlineSnapshot(`
    "let v0:f32 = b[0]
    set a0:f32 = v0
    let v1:f32 = b[1]
    set a1:f32 = v1
    set a2:f32 = v0
    set a3:f32 = v1
    set a4:f32 = v0
    set a5:f32 = v1
    for i0 < n
      let v2:f32 = x[i0]
      let v3:f32 = w[3*i0]
      set a0:f32 = madd(v2, v3, a0)
      let v4:f32 = w[3*i0 + 1]
      set a1:f32 = madd(v2, v4, a1)
      let v5:f32 = x[i0 + 70]
      set a2:f32 = madd(v5, v3, a2)
      set a3:f32 = madd(v5, v4, a3)
      let v6:f32 = x[i0 + 140]
      set a4:f32 = madd(v6, v3, a4)
      set a5:f32 = madd(v6, v4, a5)
    store y[0] = max(a0, 0:f32)
    store y[1] = max(a1, 0:f32)
    store y[3] = max(a2, 0:f32)
    store y[4] = max(a3, 0:f32)
    store y[6] = max(a4, 0:f32)
    store y[7] = max(a5, 0:f32)
    let v7:f32 = b[0]
    set a6:f32 = v7
    let v8:f32 = b[1]
    set a7:f32 = v8
    set a8:f32 = v7
    set a9:f32 = v8
    for i1 < n
      let v9:f32 = x[i1 + 210]
      let v10:f32 = w[3*i1]
      set a6:f32 = madd(v9, v10, a6)
      let v11:f32 = w[3*i1 + 1]
      set a7:f32 = madd(v9, v11, a7)
      let v12:f32 = x[i1 + 280]
      set a8:f32 = madd(v12, v10, a8)
      set a9:f32 = madd(v12, v11, a9)
    store y[9] = max(a6, 0:f32)
    store y[10] = max(a7, 0:f32)
    store y[12] = max(a8, 0:f32)
    store y[13] = max(a9, 0:f32)
    let v13:f32 = b[2]
    set a10:f32 = v13
    set a11:f32 = v13
    set a12:f32 = v13
    for i2 < n
      let v14:f32 = w[3*i2 + 2]
      set a10:f32 = madd(x[i2], v14, a10)
      set a11:f32 = madd(x[i2 + 70], v14, a11)
      set a12:f32 = madd(x[i2 + 140], v14, a12)
    store y[2] = max(a10, 0:f32)
    store y[5] = max(a11, 0:f32)
    store y[8] = max(a12, 0:f32)
    let v15:f32 = b[2]
    set a13:f32 = v15
    set a14:f32 = v15
    for i3 < n
      let v16:f32 = w[3*i3 + 2]
      set a13:f32 = madd(x[i3 + 210], v16, a13)
      set a14:f32 = madd(x[i3 + 280], v16, a14)
    store y[11] = max(a13, 0:f32)
    store y[14] = max(a14, 0:f32)"
  `);
}); // biome-ignore format: a schedule

it("lanes, and points left over by themselves", () => {
  const nest = "map i < n, j < 5\nreduce k < 2\nfold madd x[2*i + k], w[5*k + j] from 0:f32\nstore y[5*i + j] = acc:f32";
  expect(kernelOf(nest, { order: ["i", "j"], tile: [["j", 8]], lane: "j" })).toMatchInlineSnapshot(`
    "for i0 < n
      set a0:f32x4 = 0:f32x4
      set a1:f32 = 0:f32
      let v0:f32 = x[2*i0]
      set a0:f32x4 = madd(splat(v0), w[0]:f32x4, a0)
      set a1:f32 = madd(v0, w[4], a1)
      let v1:f32 = x[2*i0 + 1]
      set a0:f32x4 = madd(splat(v1), w[5]:f32x4, a0)
      set a1:f32 = madd(v1, w[9], a1)
      store y[5*i0]:f32x4 = a0
      store y[5*i0 + 4] = a1"
  `);
});

it("three points left over of a heavy map, as one vector", () => {
  expect(
    kernelOf("map i < 7\nstore y[i] = sqrt(x[i])", { order: ["i"], tile: [["i", 4]], lane: "i", padded: true }),
  ).toMatchInlineSnapshot(`
    "store y[0]:f32x4 = sqrt(x[0]:f32x4)
    let v0:f32 = x[6]
    let v1:f32x4 = sqrt(lanes(x[4], x[5], v0, v0))
    store y[4] = extract.0(v1)
    store y[5] = extract.1(v1)
    store y[6] = extract.2(v1)"
  `);
});

it("partial sums in lanes, and terms left over", () => {
  const nest = "reduce k < 18\nfold add x[k] from 1:f32 in 8 sums\nstore y[0] = acc:f32";
  expect(kernelOf(nest, { order: [], tile: [], wide: true })).toMatchInlineSnapshot(`
    "set a0:f32 = 1:f32
    set a1:f32x4 = -0:f32x4
    set a2:f32x4 = -0:f32x4
    for i0 < 2
      set a1:f32x4 = a1 + x[8*i0]:f32x4
      set a2:f32x4 = a2 + x[8*i0 + 4]:f32x4
    set a0:f32 = a0 + across.add(a1 + a2)
    set a0:f32 = a0 + x[16]
    set a0:f32 = a0 + x[17]
    store y[0] = a0"
  `);
});

it("columns left over, as whole vectors of what has numbers behind it: only the store knows how many there are", () => {
  const nest = "map i < 2, j < 6\nreduce k < 3\nfold madd x[3*i + k], w[8*k + j] from b[j]\nstore y[6*i + j] = acc:f32";
  const schedule = { order: ["j", "i"], tile: [["j", 8], ["i", 2]], lane: "j", padded: true, past: ["w"] } as const; // biome-ignore format: one line
  expect(kernelOf(nest, schedule)).toMatchInlineSnapshot(`
    "let v0:f32x4 = b[0]:f32x4
    set a0:f32x4 = v0
    let v1:f32 = b[5]
    let v2:f32x4 = lanes(b[4], v1, v1, v1)
    set a1:f32x4 = v2
    set a2:f32x4 = v0
    set a3:f32x4 = v2
    let v3:f32x4 = splat(x[0])
    let v4:f32x4 = w[0]:f32x4
    set a0:f32x4 = madd(v3, v4, a0)
    let v5:f32x4 = w[4]:f32x4
    set a1:f32x4 = madd(v3, v5, a1)
    let v6:f32x4 = splat(x[3])
    set a2:f32x4 = madd(v6, v4, a2)
    set a3:f32x4 = madd(v6, v5, a3)
    let v7:f32x4 = splat(x[1])
    let v8:f32x4 = w[8]:f32x4
    set a0:f32x4 = madd(v7, v8, a0)
    let v9:f32x4 = w[12]:f32x4
    set a1:f32x4 = madd(v7, v9, a1)
    let v10:f32x4 = splat(x[4])
    set a2:f32x4 = madd(v10, v8, a2)
    set a3:f32x4 = madd(v10, v9, a3)
    let v11:f32x4 = splat(x[2])
    let v12:f32x4 = w[16]:f32x4
    set a0:f32x4 = madd(v11, v12, a0)
    let v13:f32x4 = w[20]:f32x4
    set a1:f32x4 = madd(v11, v13, a1)
    let v14:f32x4 = splat(x[5])
    set a2:f32x4 = madd(v14, v12, a2)
    set a3:f32x4 = madd(v14, v13, a3)
    store y[0]:f32x4 = a0
    store y[4] = extract.0(a1)
    store y[5] = extract.1(a1)
    store y[6]:f32x4 = a2
    store y[10] = extract.0(a3)
    store y[11] = extract.1(a3)"
  `);
  const five = kernelOf(nest.replace("j < 6", "j < 5"), schedule);
  expect(five).toContain("lanes(v1, v1, v1, v1)");
  expect(five.match(/store .*= extract.0/g)).toHaveLength(2);
});

it("a short maximum written out starts from its first term", () => {
  const nest = (init: string) =>
    `map i < 8\nreduce k < 2, l < 2\nfold most x[32*k + 8*l + i] from ${init}:f32\nstore y[i] = acc:f32`;
  const schedule = { order: ["i"], tile: [["i", 8]], lane: "i" } as const;
  expect(kernelOf(nest("-inf"), schedule)).toMatchInlineSnapshot(`
    "set a0:f32x4 = x[0]:f32x4
    set a1:f32x4 = x[4]:f32x4
    set a0:f32x4 = most(a0, x[8]:f32x4)
    set a1:f32x4 = most(a1, x[12]:f32x4)
    set a0:f32x4 = most(a0, x[32]:f32x4)
    set a1:f32x4 = most(a1, x[36]:f32x4)
    set a0:f32x4 = most(a0, x[40]:f32x4)
    set a1:f32x4 = most(a1, x[44]:f32x4)
    store y[0]:f32x4 = a0
    store y[4]:f32x4 = a1"
  `);
  // From another number, from a sum's 0, or around a loop, there is a first value.
  expect(kernelOf(nest("0"), schedule)).toContain("set a0:f32x4 = 0:f32x4");
  expect(kernelOf(nest("-inf").replace("k < 2", "k < 20"), schedule)).toContain("set a0:f32x4 = -inf:f32x4");
  expect(kernelOf(nest("-0").replace("most", "add"), schedule)).not.toContain("-0");
  expect(kernelOf(nest("0").replace("most", "add"), schedule)).toContain("set a0:f32x4 = 0:f32x4");
});

it("partial maxima one by one, over the innermost dim alone", () => {
  const nest = "reduce l < 2, k < 9\nfold max x[9*l + k] from -inf:f32 in 4 sums\nstore y[0] = acc:f32";
  expect(kernelOf(nest, { order: [], tile: [] })).toMatchInlineSnapshot(`
    "set a0:f32 = -inf:f32
    for i0 < 2
      set a1:f32 = -inf:f32
      set a2:f32 = -inf:f32
      set a3:f32 = -inf:f32
      set a4:f32 = -inf:f32
      for i1 < 2
        set a1:f32 = max(a1, x[9*i0 + 4*i1])
        set a2:f32 = max(a2, x[9*i0 + 4*i1 + 1])
        set a3:f32 = max(a3, x[9*i0 + 4*i1 + 2])
        set a4:f32 = max(a4, x[9*i0 + 4*i1 + 3])
      set a0:f32 = max(a0, max(max(a1, a3), max(a2, a4)))
      set a0:f32 = max(a0, x[9*i0 + 8])
    store y[0] = a0"
  `);
});

it("fewer terms than partial sums", () => {
  const nest = "reduce k < 3\nfold add x[k] from 1:f32 in 4 sums\nstore y[0] = acc:f32";
  expect(kernelOf(nest, { order: [], tile: [] })).toMatchInlineSnapshot(`
    "set a0:f32 = 1:f32
    set a0:f32 = a0 + x[0]
    set a0:f32 = a0 + x[1]
    set a0:f32 = a0 + x[2]
    store y[0] = a0"
  `);
});

it("strips: sums rest in the result", () => {
  const nest = "map i < 3, j < 4\nreduce k < n\nfold madd x[3*k + i], d[4*k + j] from 0:f32\nstore g[4*i + j] = acc:f32";
  const strip = { dim: "k", size: 16 };
  expect(kernelOf(nest, { order: ["j", "i"], tile: [["j", 4], ["i", 2]], lane: "j", strip })).toMatchInlineSnapshot(`
    "store g[0]:f32x4 = 0:f32x4
    store g[4]:f32x4 = 0:f32x4
    store g[8]:f32x4 = 0:f32x4
    for s0 < floor(n/16)
      set a0:f32x4 = g[0]:f32x4
      set a1:f32x4 = g[4]:f32x4
      for i0 < 16
        let v0:f32x4 = d[64*s0 + 4*i0]:f32x4
        set a0:f32x4 = madd(splat(x[48*s0 + 3*i0]), v0, a0)
        set a1:f32x4 = madd(splat(x[48*s0 + 3*i0 + 1]), v0, a1)
      store g[0]:f32x4 = a0
      store g[4]:f32x4 = a1
      set a2:f32x4 = g[8]:f32x4
      for i1 < 16
        set a2:f32x4 = madd(splat(x[48*s0 + 3*i1 + 2]), d[64*s0 + 4*i1]:f32x4, a2)
      store g[8]:f32x4 = a2
    set a3:f32x4 = g[0]:f32x4
    set a4:f32x4 = g[4]:f32x4
    for i2 < n from floor(n/16)*16
      let v1:f32x4 = d[4*i2]:f32x4
      set a3:f32x4 = madd(splat(x[3*i2]), v1, a3)
      set a4:f32x4 = madd(splat(x[3*i2 + 1]), v1, a4)
    store g[0]:f32x4 = a3
    store g[4]:f32x4 = a4
    set a5:f32x4 = g[8]:f32x4
    for i3 < n from floor(n/16)*16
      set a5:f32x4 = madd(splat(x[3*i3 + 2]), d[4*i3]:f32x4, a5)
    store g[8]:f32x4 = a5"
  `);
}); // biome-ignore format: a schedule

it("strips of a known number of terms: what is left behind them, and what is made of a sum in the end", () => {
  const nest = "map i < 1, j < 4\nreduce k < 37\nfold madd x[k], w[4*k + j] from b[j]\nstore y[4*i + j] = max(acc:f32, 0:f32)";
  const strip = { dim: "k", size: 16 };
  expect(kernelOf(nest, { order: ["i", "j"], tile: [["j", 4]], lane: "j", strip })).toMatchInlineSnapshot(`
    "store y[0]:f32x4 = b[0]:f32x4
    for s0 < 2
      set a0:f32x4 = y[0]:f32x4
      for i0 < 16
        set a0:f32x4 = madd(splat(x[16*s0 + i0]), w[64*s0 + 4*i0]:f32x4, a0)
      store y[0]:f32x4 = a0
    set a1:f32x4 = y[0]:f32x4
    for i1 < 5
      set a1:f32x4 = madd(splat(x[i1 + 32]), w[4*i1 + 128]:f32x4, a1)
    store y[0]:f32x4 = a1
    store y[0]:f32x4 = max(y[0]:f32x4, 0:f32x4)"
  `);
}); // biome-ignore format: a schedule

it("points added to what is there", () => {
  expect(kernelOf("map i < 4\nadd y[i] += x[i]", { order: ["i"], tile: [["i", 2]] })).toMatchInlineSnapshot(`
    "for i0 < 2
      store y[2*i0] = y[2*i0] + x[2*i0]
      store y[2*i0 + 1] = y[2*i0 + 1] + x[2*i0 + 1]"
  `);
});

it("held taps: loaded once for all pixels of a line, in front of their loop", () => {
  const nest =
    "map y < 2, x < 4, c < 4\nreduce l < 2\nfold madd p[20*y + 4*x + c + 4*l], w[4*l + c] from b[c]\nstore q[16*y + 4*x + c] = acc:f32 * s[c]";
  const schedule: Schedule = {
    order: ["y", "c", "x"],
    tile: [
      ["c", 4],
      ["x", 2],
    ],
    lane: "c",
    hold: "c",
    terms: 8,
  };
  expect(kernelOf(nest, schedule)).toMatchInlineSnapshot(`
    "for i0 < 2
      let w0:f32x4 = w[0]:f32x4
      let w1:f32x4 = w[4]:f32x4
      for i1 < 2
        let v0:f32x4 = b[0]:f32x4
        set a0:f32x4 = v0
        set a1:f32x4 = v0
        set a0:f32x4 = madd(p[20*i0 + 8*i1]:f32x4, w0, a0)
        let v2:f32x4 = p[20*i0 + 8*i1 + 4]:f32x4
        set a1:f32x4 = madd(v2, w0, a1)
        set a0:f32x4 = madd(v2, w1, a0)
        set a1:f32x4 = madd(p[20*i0 + 8*i1 + 8]:f32x4, w1, a1)
        let v4:f32x4 = s[0]:f32x4
        store q[16*i0 + 8*i1]:f32x4 = a0 * v4
        store q[16*i0 + 8*i1 + 4]:f32x4 = a1 * v4"
  `);
});

it("held taps of one number for all lanes, and in the format of the sum", () => {
  const splat = "map g < 2, x < 4, c < 4\nfold madd p[16*g + 4*x + c], w[g] from 0:f32\nstore q[16*g + 4*x + c] = acc:f32";
  expect(kernelOf(splat, { order: ["g", "x", "c"], tile: [["c", 4]], lane: "c", hold: "g" })).toMatchInlineSnapshot(`
    "for i0 < 2
      let w0:f32x4 = splat(w[i0])
      for i1 < 4
        store q[16*i0 + 4*i1]:f32x4 = madd(p[16*i0 + 4*i1]:f32x4, w0, 0:f32x4)"
  `);
  const double = "map c < 2, x < 3\nreduce l < 2\nfold madd f64(p[8*c + x + l]), f64(w[2*c + l]) from 0\nstore q[3*c + x] = acc";
  expect(kernelOf(double, { order: ["c", "x"], tile: [["x", 3]], hold: "c" }, targets.js)).toMatchInlineSnapshot(`
    "for i0 < 2
      let w0 = f64(w[2*i0])
      let w1 = f64(w[2*i0 + 1])
      set a0 = 0
      set a1 = 0
      set a2 = 0
      set a0 = madd(f64(p[8*i0]), w0, a0)
      let v1 = f64(p[8*i0 + 1])
      set a1 = madd(v1, w0, a1)
      let v2 = f64(p[8*i0 + 2])
      set a2 = madd(v2, w0, a2)
      set a0 = madd(v1, w1, a0)
      set a1 = madd(v2, w1, a1)
      set a2 = madd(f64(p[8*i0 + 3]), w1, a2)
      store q[3*i0] = a0
      store q[3*i0 + 1] = a1
      store q[3*i0 + 2] = a2"
  `);
});

it("names that are taken are passed over", () => {
  expect(
    kernelOf(
      "map i < 3\nreduce k < n\nfold add x[70*i + k] from 0:f32\nstore y[i] = acc:f32",
      { order: ["i"], tile: [] },
      targets.js,
      "i0",
    ),
  ).toMatchInlineSnapshot(`
    "for i0 < 2
      for i1 < 3
        set a0:f32 = 0:f32
        for i2 < n
          set a0:f32 = a0 + x[70*i1 + i2]
        store y[i1] = a0"
  `);
});

it("the nests of a kernel share names", () => {
  const [first, second] = ["map i < 9\nstore y[i] = x[i]", "map i < 9\nstore z[i] = y[i]"].map(programOfNest);
  const parts = [...first.kernels, ...second.kernels].flatMap((kernel) => kernel.parts);
  const [kernel] = applySchedules(scheduleNests({ ...first, kernels: [{ name: "k", origin: "", parts }] }, targets.js)).kernels;
  expect(bodyText(kernel.body)).toMatchInlineSnapshot(`
    "for i0 < 3
      store y[3*i0] = x[3*i0]
      store y[3*i0 + 1] = x[3*i0 + 1]
      store y[3*i0 + 2] = x[3*i0 + 2]
    for i1 < 3
      store z[3*i1] = y[3*i1]
      store z[3*i1 + 1] = y[3*i1 + 1]
      store z[3*i1 + 2] = y[3*i1 + 2]"
  `);
});
