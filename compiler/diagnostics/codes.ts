// The catalogue of error and warning codes. A code never changes meaning; `layerc explain <code>` prints the text.
export const codes = {
  "internal/bug": "layerc reached a state that its own rules exclude. The notes show the IR around the fault and the pass that made it.",
  "shape/mismatch": "Two tensors that must agree in shape do not. Sizes are written without the batch axis.",
  "shape/rank": "A layer or an op got a tensor with another number of axes than it takes.",
  "shape/unknown-size": "A size is needed as a number before the graph can be built. Give it with inputShape or --input-shape.",
  "op/unknown": "IR text names an op that layerc does not have.",
  "op/attrs": "An op's attributes do not have the form its schema asks for.",
  "ir/parse": "IR text could not be read. The message names line and column.",
  "ir/verify": "An IR breaks one of its own rules. The notes show the place.",
  "graph/values": "A number, vector or matrix needed to run a graph was not given, or has another length than its shape asks for.",
  "autodiff/not-differentiable":
    "A gradient is wanted through an op that has none. The message names the op, the reason and the layer; freeze what lies before it, or use another op.",
} as const satisfies Record<string, string>;

export type Code = keyof typeof codes;
