// How the text of each stage is read, as a table. In: nothing. Out: for each stage a line of what it is, and its notations with their meaning.
// Guarantee: the tests look for the words of each notation in the texts of models.
import type { Stage } from "../../compiler/pipeline/passes.ts";

interface Notes {
  readonly says: string;
  readonly signs: readonly (readonly [notation: string, meaning: string])[];
}

/** For each stage what it is, and how it is written. */
export const legends: { readonly [S in Stage]: Notes } = {
  graph: {
    says: "Graph: what is computed. One node a line, operands first; each is a tensor of float32.",
    signs: [
      ["%3 = dot(%1, %2) {…} : [n, 4]  # layers[0] dense", "node 3: op, operands, attributes, shape (n: the rows of a batch), the layer it comes from"],
      ['%1 = param {name: "w", …}', "a weight; input and state are read from outside in the same way"],
      ["# ∂ layers[0] dense", "a node of that layer's gradient"],
      ["results", "what a caller gets, by name; updates: what params and states become after the step"],
    ],
  },
  plan: {
    says: "Plan: what runs together, in order, and where every value lies.",
    signs: [
      ['region r0 @1: matmul ⊕ add(…) -> "y"[1:4, 4:1]', "region 0 at position 1: ops that share one loop nest, what it reads, and where the result goes"],
      ['"y"[1:4, 4:1]', "a view of buffer y: extent:stride an axis; stride 0 repeats, @5 starts at element 5, +8*t moves with a scan's loop"],
      ["arena 32 floats", "scratch memory, shared by values that are not alive together"],
      ['arena "h" [1, 4] at 0..4 alive 0..2', "elements 0 to 3 of the arena, from position 0 to 2; in place of: over an old value that ends there"],
    ],
  },
  nests: {
    says: "Nests: what is computed at which point, and in which order sums are taken; not yet how.",
    signs: [
      ["map i0 < n, i1 < 4", "for every point (i0, i1) of the result"],
      ["reduce k0 < 2", "and, in this order, for every k0:"],
      ["fold madd a, b from c", "acc starts as c, then acc = a · b + acc; fold add, max and min take one term"],
      ["store y[4*i0 + i1] = max(acc, 0)", "what is made of acc goes to the element at that address; add … += adds it to what is there"],
      ["where %1 = …", "a term that stands in the lines below more than once"],
      ["x[row(v, 8)*4 + i]", "a row that data choose: v rounded down and kept in 0..7"],
      ["acc:f32, 0:f32", "of float32; what has no format computes in doubles, f64(…) converts"],
      ["for t < 5", "the steps of a scan, around nests"],
    ],
  },
  schedule: {
    says: "Schedule: under each nest the strategy that took it, and how it is run on one target.",
    signs: [
      ["by rows-by-columns: i1 x 8 in lanes, i0 x 6", "strategy: dims outermost first; 8 points of i1, as vectors of four, by 6 of i0 are computed side by side"],
      ["i0 x 4 in padded lanes", "two or three points left over are computed as one vector, too"],
      ["8 partial sums in lanes", "the innermost sum in 8 parts, folded by halves at the end"],
      ["k0 in strips of 64", "all tiles walk 64 terms before the next 64 are touched"],
    ],
  },
  program: {
    says: "Program: what the machine does, to the bit.",
    signs: [
      ["buffer x input @0 [4]", "four elements from address 0; input, output, const, param, state or arena"],
      ["for i0 < n", "a loop from 0; from floor(n/6)*6: over what blocks of six left"],
      ["let v0:f32 = …", "a name for a value; without a format it is a double"],
      ["set a0 = madd(x[i0], w[i0], a0)", "a register's next value: x · w + a0"],
      ["store y[4*i0 + 2] = …", "an element of y, rounded to float32"],
      ["x[8*i0]:f32x4", "four elements from there on, as a vector; splat(…) has one number in every lane"],
      ["entry predict rows 1", "what a caller can start: its inputs, outputs, and the kernels it calls in order"],
    ],
  },
}; // biome-ignore format: one table
