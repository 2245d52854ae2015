// Operators that the user defines, as rows. In: a node of a domain that layerc does not have, and the definition. Out: a row like any other.
// What of its inputs the file knows are variables where it is numbers, and in `call`, by their place, where it says sizes, axes and the like.
import type { LayerDefinition, Variable } from "../custom/define.ts";
import { operatorResults } from "../custom/operators.ts";
import type { Operator, Site } from "./define.ts";
import type { AttributeProto, NodeProto } from "./schema.ts";
import { known, shapeAt, type Value } from "./values.ts";

/** What says how something is done, not what is computed with. */
const telling: readonly string[] = ["int32", "int64", "uint32", "uint64", "bool"];

/** A row of one node. `className`: the operator as `--layer` calls it. */
export const definedRow = (node: NodeProto, className: string, definition: LayerDefinition, path: string): Operator => ({
  name: node.operator,
  since: 1,
  // Lines have rows, and what the file knows has none.
  foldsItself: true,
  make: (site) => {
    const given = node.inputs.flatMap((name, place) => {
      const value = site.optional(place);
      return value === undefined ? [] : [{ name: name || `input${place}`, place, value }];
    });
    const live = given.filter(({ value }) => value.data === undefined).map(({ value }) => value);
    const numbers = given.filter(({ value }) => value.data !== undefined && !telling.includes(value.dtype));
    const told = given.filter(({ value }) => value.data !== undefined && telling.includes(value.dtype));
    const { values, at } = inRows(site, live);
    const results = operatorResults(
      site.g,
      {
        name: path,
        className,
        path,
        config: Object.fromEntries(node.attributes.map((attribute) => [attribute.name, plainOf(site, attribute)])),
        call: Object.fromEntries(told.map(({ place, value }) => [place, listOf(value)])),
        variables: numbers.map(({ name, value }): Variable => ({ name, shape: value.shape, values: Float32Array.from(value.data ?? []) })), // biome-ignore format: one line
        inputs: values,
        results: site.outputCount,
      },
      definition,
      (name, shape, data) => site.node({ ...known("float32", shape, data), name }),
    );
    return results.map((result) => site.made(result, at, "float32"));
  },
});

/** Nodes with rows: the samples of a batch where all have it on axis 0, else each row with all of every input. */
function inRows(site: Site, live: readonly Value[]) {
  if (!live.some(({ at }) => at !== "none")) site.refuse("without an input that the model is given");
  const whole = live.map((value) => site.firstAxis(value));
  const at = whole.every((value) => value.at === 0 || value.at === "none") ? 0 : "each";
  const values = whole.map((value) => {
    const placed = at === "each" ? site.each(value) : value;
    if (placed.at !== "none") return site.node(placed);
    const rows = shapeAt(placed.shape, "each");
    return site.g.broadcast(site.node(placed), { shape: rows, axes: placed.shape.map((_, axis) => axis + 1) });
  });
  return { values, at } as const;
}

/** Known numbers as a definition has them: one, or a list, row-major. */
const listOf = ({ shape, data = new Float64Array(), dtype }: Value): unknown => {
  const list = Array.from(data, (value) => (dtype === "bool" ? value !== 0 : value));
  return shape.length === 0 ? list[0] : list;
};

const decoder = new TextDecoder();

/** What an attribute is by the number of its kind. */
const kinds: Readonly<Record<number, (site: Site, attribute: AttributeProto) => unknown>> = {
  1: (_, { float }) => float,
  2: (_, { int }) => int,
  3: (_, { string }) => decoder.decode(string),
  4: (site, { name }) => {
    const { shape, data } = site.tensor(name) ?? site.refuse(`whose attribute ${name} is empty`);
    return { shape, values: Array.from(data ?? []) };
  },
  6: (_, { floats }) => [...floats],
  7: (_, { ints }) => [...ints],
  8: (_, { strings }) => strings.map((bytes) => decoder.decode(bytes)),
};

function plainOf(site: Site, attribute: AttributeProto): unknown {
  const kind = kinds[attribute.type];
  if (kind === undefined) return site.refuse(`with an attribute ${attribute.name} that is no number, text or tensor`);
  return kind(site, attribute);
}
