// Operators that the user defines, as rows of the table. In: a call of an operator that it does not have, and definitions by name. Out: its
// results. Floats that the file knows are variables; whole numbers, bools and texts say how, and are in `call` by their place.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { LayerDefinitions, Variable } from "../../custom/define.ts";
import { definitionNamed, operatorResults } from "../../custom/operators.ts";
import type { Call, Operator } from "./define.ts";
import { type Known, refuse, type Value } from "./values.ts";

/** The operator of whatever call it is given. */
export const definedOperator =
  (definitions: LayerDefinitions | undefined): Operator =>
  (call) => {
    const { def, values, inputs, g } = call;
    const definition = definitionNamed([def.op], definitions) ?? refuse("there is no definition of it");
    const live = inputs.filter((value) => value.kind === "live" && value.hasRows);
    if (live.length === 0) return refuse("what it takes does not depend on an input of the model");
    const known = inputs.filter((value) => value.kind === "known");
    const strange = inputs.find((value) => value.kind === "live" && !value.hasRows);
    if (strange !== undefined) return refuse("an input of it is computed from weights alone");
    const isAlone = values.rows === "by sample" && (values.batch ?? 1) === 1 && live.every(({ shape }) => shape[0] === 1);
    const floats = known.filter(({ dtype }) => dtype === "float32");
    const results = operatorResults(
      g,
      {
        name: def.name,
        className: def.op,
        path: def.name,
        config: def.attrs.plain(),
        call: toldBy(call),
        variables: floats.map((value, i) => variableOf(value, i)),
        inputs: live.map((value) => samples(call, value, isAlone)),
        results: 1,
      },
      definition,
      (name, shape, numbers) => values.weight(values.free(name), shape, numbers),
    );
    const whole = (node: Node): Node => (isAlone ? g.reshape(node, { shape: ["n", 1, ...node.type.shape.slice(1)] }) : node);
    return results.map((node) => call.live(whole(node)));
  };

/** The node of a value with rows; a sample that is alone in its batch without that axis. */
function samples({ g, values }: Call, value: Value, isAlone: boolean): Node {
  const node = values.node(value);
  return isAlone ? g.reshape(node, { shape: ["n", ...node.type.shape.slice(2)] }) : node;
}

/** What is known and no float, by its place: one, or a list, row-major. */
const toldBy = ({ inputs }: Call): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    inputs.flatMap((value, place) => {
      if (value.kind !== "known" || value.dtype === "float32") return [];
      const list = Array.from(value.values, (one) => (value.dtype === "bool" ? one !== 0 : one));
      return [[place, value.shape.length === 0 ? list[0] : list]];
    }),
  );

const variableOf = ({ name, shape, values }: Known, i: number): Variable => ({
  name: name ?? `input${i}`,
  shape,
  values: Float32Array.from(values, Number),
});
