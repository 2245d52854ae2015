// The rules of nests, each broken once: what the verifier says, and that it shows the nest or its loops. Sound nests pass.
import { describe, expect, it } from "vitest";
import { snapshots } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { parseNests } from "../../../compiler/program/nest/parse.ts";
import { verifyNests } from "../../../compiler/program/nest/verify.ts";
import { smallModels } from "../../support/models.ts";

const sound = `nests predict
scalar n 1..4
buffer x input @0 [32]
buffer w const @32 [24]
buffer b const @56 [3]
buffer y output @59 [12]
kernel dense
  for t < 1
    nest dense
      map i < n, j < 3
      reduce k < 8
      fold madd x[8*i + k], w[3*k + j] from b[j]
      store y[3*i + j + t] = max(acc:f32, 0:f32)
entry predict rows n
  in x = x
  out y = y
  call dense
end
`;

const broken = (from: string, to: string): CompileError => {
  const text = sound.replace(from, to);
  expect(text).not.toBe(sound);
  const program = parseNests(text);
  try {
    verifyNests(program);
  } catch (caught) {
    if (caught instanceof CompileError) return caught;
    throw caught;
  }
  throw new Error("no error");
};

it("sound nests pass", () => {
  verifyNests(parseNests(sound));
  for (const { model, options } of smallModels)
    for (const { nests } of snapshots(model, { ...options, target: "js", unroll: 0 }))
      if (nests !== undefined) verifyNests(nests);
});

describe("a rule broken:", () => {
  it.each([
    ["a reduced dim in finish, as a number", "max(acc:f32, 0:f32)", "max(acc:f32, f32(k))", 'nest "dense": what a fold starts from, and what is made of it, know no reduced dim'],
    ["a reduced dim in finish, in an address", "max(acc:f32, 0:f32)", "max(acc:f32, x[k])", 'nest "dense": what a fold starts from, and what is made of it, know no reduced dim'],
    ["a reduced dim in what a fold starts from", "from b[j]", "from w[3*k]", 'nest "dense": what a fold starts from, and what is made of it, know no reduced dim'],
    ["a reduced dim in the result's address", "y[3*i + j + t]", "y[3*i + k]", 'nest "dense": a result\'s address knows no reduced dim'],
    ["a reduced dim in the row that a result goes to", "y[3*i + j + t]", "y[3*i + row(x[k], 2)*1]", 'nest "dense": what a fold starts from, and what is made of it, know no reduced dim'],
    ["a fold in another format than it starts from", "from b[j]", "from 0", 'nest "dense": a fold starts from a value of its terms\' format'],
    ["a fold of terms in two formats", "fold madd x[8*i + k], ", "fold madd f64(x[8*i + k]), ", 'nest "dense": a fold starts from a value of its terms\' format'],
    ["acc in another format than the fold", "max(acc:f32, 0:f32)", "max(acc, 0)", 'nest "dense": acc is f64, the fold is f32'],
    ["acc in a term of its own fold", "fold madd x[8*i + k], ", "fold madd acc:f32, ", 'nest "dense": acc stands in what a nest stores, nowhere else'],
    ["a format that no store takes", "max(acc:f32, 0:f32)", "i32(acc:f32)", 'kernel "dense": a store takes f32, f64 or f32x4, found i32'],
    ["operands of two formats", "max(acc:f32, 0:f32)", "max(acc:f32, 0)", 'kernel "dense": the second operand of max is f32, found f64'],
    ["a load beyond its buffer", "x[8*i + k]", "x[8*i + k + 1]", 'kernel "dense": "x" has elements 0..31, addressed are 1..32'],
    ["a load before its buffer", "w[3*k + j]", "w[3*k + j - 1]", 'kernel "dense": "w" has elements 0..23, addressed are -1..22'],
    ["a store beyond its buffer", "y[3*i + j + t]", "y[4*i + j + t]", 'kernel "dense": "y" has elements 0..11, addressed are 0..14'],
    ["a row beyond its buffer", "b[j]", "b[j + row(x[i], 2)*1]", 'kernel "dense": "b" has elements 0..2, addressed are 0..3'],
    ["a buffer that is not there", "w[3*k + j]", "v[3*k + j]", 'kernel "dense": there is no buffer "v"'],
    ["a dim that is not there", "w[3*k + j]", "w[3*m + j]", 'kernel "dense": "m" in an index of "w" is no loop around it'],
    ["a scalar that is not there", "map i < n", "map i < m", 'kernel "dense": there is no scalar "m"'],
    ["an input that is written", "store y[3*i + j + t]", "store x[3*i + j + t]", 'kernel "dense": input "x" is never written'],
    ["a weight that is written", "store y[3*i + j + t]", "store w[3*i + j + t]", 'kernel "dense": const "w" is written by prepare, restore only, found in entry "predict"'],
    ["two dims of one name", "map i < n, j < 3", "map i < n, j < 3, i < 1", 'kernel "dense": the name "i" is already in use here'],
    ["a dim called as a loop around it", "for t < 1", "for k < 1", 'kernel "dense": the name "k" is already in use here'],
    ["an entry that calls what is not there", "call dense", "call dance", 'entry "predict" calls "dance", which is no kernel'],
  ])("%s", (_rule, from, to, message) => {
    const error = broken(from, to);
    expect(error.code).toBe("ir/verify");
    expect(error.diagnostic.message).toBe(message);
  }); // biome-ignore format: one table

  it("dims that are reduced by no fold", () => {
    expect(broken("      fold madd x[8*i + k], w[3*k + j] from b[j]\n      store y[3*i + j + t] = max(acc:f32, 0:f32)", "      store y[3*i + j + t] = b[j]").diagnostic.message)
      .toBe('nest "dense": dims are reduced, but nothing is folded');
  }); // biome-ignore format: long texts
  it("acc without a fold", () => {
    expect(broken("      reduce k < 8\n      fold madd x[8*i + k], w[3*k + j] from b[j]\n", "").diagnostic.message)
      .toBe('nest "dense": acc stands where nothing is folded');
  }); // biome-ignore format: long texts

  it("the nest is shown", () => {
    expect(broken("from b[j]", "from 0").notes).toEqual([
      "nest dense",
      "  map i < n, j < 3",
      "  reduce k < 8",
      "  fold madd x[8*i + k], w[3*k + j] from 0",
      "  store y[3*i + j + t] = max(acc:f32, 0:f32)",
    ]);
  });
});

describe("several stores of one turn in one buffer", () => {
  const stores = (...lines: readonly string[]) => `nests predict
buffer x input @0 [32]
buffer y output @32 [64]
kernel mix
  nest mix
    map i < 4, j < 8
    ${lines.map((index) => `store y[${index}] = x[8*i + j]`).join("\n    ")}
entry predict rows 1
  in x = x
  out y = y
  call mix
end
`;
  const verdict = (...lines: readonly string[]): string => {
    try {
      verifyNests(parseNests(stores(...lines)));
      return "apart";
    } catch (error) {
      return error instanceof CompileError ? error.diagnostic.message : String(error);
    }
  };
  const meet = 'nest "mix": what a turn stores in one buffer is apart from all that other turns store there';

  it.each([
    ["behind all that the others fill", ["8*i + j", "8*i + j + 32"], "apart"],
    ["woven between", ["16*i + j", "16*i + j + 8"], "apart"],
    ["side by side", ["16*i + 2*j", "16*i + 2*j + 1"], "apart"],
    ["on the next turn's", ["8*i + j", "8*i + j + 8"], meet],
    ["on a neighbour's", ["16*i + j", "16*i + j + 4"], meet],
    ["twice on one place", ["8*i + j", "8*i + j"], meet],
    ["by other strides", ["8*i + j", "4*j + i + 32"], meet],
    ["unevenly", ["4*i + j", "4*i + j + 20", "4*i + j + 41"], meet],
  ] as const)("%s", (_, lines, wanted) => {
    expect(verdict(...lines)).toBe(wanted);
  });
});
