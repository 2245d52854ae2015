// Keras' own masks among tensors: as its files hold them, and what a user made, which no layer hands on.
import { expect, it } from "vitest";
import { masksOf } from "../../src/formats/keras/masks.ts";
import type { Listed } from "../../src/formats/keras/references.ts";

const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
const made = (module: string, class_name: string, name: string, args: readonly unknown[], config = {}): Listed => ({
  class_name,
  module,
  config,
  registered_name: null,
  name,
  path: name,
  nodes: [{ args, kwargs: {} }],
});
const layer = (kind: string, name: string, from: string, config = {}): Listed =>
  made("keras.layers", kind, name, [tensor(from)], config);
const op = (kind: string, name: string, ...args: readonly unknown[]): Listed => made("keras.src.ops.numpy", kind, name, args);

const layers: readonly Listed[] = [
  made("keras.layers", "InputLayer", "ids", []),
  made("keras.layers", "InputLayer", "x", []),
  layer("Embedding", "embedding", "ids", { mask_zero: true }),
  layer("Masking", "masking", "x", { mask_value: -1 }),
  layer("Embedding", "plain", "x", { mask_zero: false }),
  layer("ReversibleEmbedding", "tied", "words", { mask_zero: true }),
  { ...layer("Embedding", "by_name", "x", { mask_zero: true }), nodes: [{ args: [], kwargs: { inputs: tensor("named") } }] },
  op("NotEqual", "of_words", tensor("words"), 0),
  op("NotEqual", "of_named", tensor("named"), 0),
  op("NotEqual", "of_ids", tensor("ids"), 0),
  op("NotEqual", "of_x", tensor("x"), -1),
  op("Any", "any", tensor("of_x")),
  op("OnesLike", "ones", tensor("plain")),
  op("Concatenate", "joined", [tensor("of_ids"), tensor("ones")]),
  op("LogicalAnd", "both", tensor("any"), tensor("joined")),
  op("NotEqual", "other_number", tensor("ids"), 1),
  op("NotEqual", "other_tensor", tensor("plain"), 0),
  op("Greater", "greater", tensor("x"), 0),
  op("LogicalAnd", "half", tensor("any"), tensor("greater")),
  op("NotEqual", "two", tensor("ids"), tensor("ids")),
  op("Ones", "nothing"),
  op("LogicalNot", "circle", tensor("circle")),
];
const isOwn = masksOf(layers);

it.each(["of_ids", "of_words", "of_named", "any", "joined", "both"])("%s is Keras' own", (name) =>
  expect(isOwn([name, 0, 0])).toBe(true),
);
it.each(["other_number", "other_tensor", "greater", "half", "two", "nothing", "ids", "embedding", "missing"])(
  "%s is the user's",
  (name) => expect(isOwn([name, 0, 0])).toBe(false),
);
it("ends on what takes itself", () => expect(isOwn(["circle", 0, 0])).toBe(true));
