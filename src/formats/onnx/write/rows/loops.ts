// Loops over time: Scan, whose body is a graph of its own. What a loop reads at every step is taken from around it; what all steps gave is
// stacked along the axis of time, which is 1 where there are rows.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import { holesOf, inputName, type ScanAttrs, timeAxis } from "../../../../../compiler/ops/scan/attrs.ts";
import { body as bodyOf, graphMessage, type NodeSpec, type ValueSpec, whole, wholes } from "../proto.ts";
import { type Row, sizesOf, Writer } from "../writer.ts";

const flags = (count: number, reverse: boolean): readonly number[] => Array.from({ length: count }, () => Number(reverse));

function scan(writer: Writer, node: Node): string {
  const attrs = node.attrs as unknown as ScanAttrs;
  const { body, carries, xs, length, reverse, keep } = attrs;
  const { book } = writer;
  const inner = new Writer(book, body);
  const holes = holesOf(node);
  const inputs: ValueSpec[] = [];
  node.inputs.forEach((input, i) => {
    const isStep = i >= carries && i < carries + xs;
    const hole = holes[i];
    if (i >= carries + xs) {
      if (hole !== undefined) inner.bind(hole, writer.value(input));
      return;
    }
    const axis = timeAxis(input.type.shape);
    const shape = isStep ? input.type.shape.toSpliced(axis, 1) : input.type.shape;
    const own = book.unique(`${body.name}/${inputName(i, attrs)}`);
    inputs.push({ name: own, shape: sizesOf(shape) });
    if (hole !== undefined) inner.bind(hole, own);
  });
  // A Scan has something to walk along, if only for the number of steps.
  const steps = xs > 0 ? [] : [book.once(`steps ${length}`, () => book.floats("steps", [length], new Float32Array(length)))];
  if (xs === 0) inputs.push({ name: book.unique(`${body.name}/step`), shape: [] });
  inner.run(body);

  const results = body.results.map(([, result]) => ({ name: inner.value(result), shape: result.type.shape }));
  // A result of a graph is what a node of it gave, under a name of its own.
  const given = (list: typeof results): readonly ValueSpec[] =>
    list.map(({ name, shape }) => ({ name: inner.emit("Identity", [name]), shape: sizesOf(shape) }));
  const isStacked = (i: number): boolean => i >= carries || keep[i] === "all";
  const stacked = results.flatMap((result, i) => (isStacked(i) ? [{ ...result, i }] : []));
  const outputs = [...given(results.slice(0, carries)), ...given(stacked)];
  const count = Math.max(xs, 1);
  const operands = [...node.inputs.slice(0, carries + xs).map((input) => writer.value(input)), ...steps];
  const axes = xs > 0 ? node.inputs.slice(carries, carries + xs).map(({ type }) => timeAxis(type.shape)) : [0];
  const names = writer.emitAll("Scan", operands, outputs.length, {
    body: bodyOf(graphMessage({ name: body.name, nodes: inner.nodes, inputs, outputs })),
    num_scan_inputs: whole(count),
    scan_input_axes: wholes(axes),
    scan_input_directions: wholes(flags(count, reverse)),
    ...(stacked.length === 0
      ? {}
      : { scan_output_axes: wholes(stacked.map(({ shape }) => timeAxis(shape))), scan_output_directions: wholes(flags(stacked.length, reverse)) }),
  }, readOutside(inner.nodes)); // biome-ignore format: one call
  const all = new Map(stacked.map(({ i }, k) => [i, names[carries + k]]));
  // Of what is stacked, the step that was taken last.
  const last = (i: number): string =>
    writer.emit("Gather", [all.get(i) as string, book.grid([], [reverse ? 0 : length - 1])], {
      axis: whole(timeAxis(results[i].shape)),
    });
  writer.bundle(node, results.map((_, i) => (keep[i] === "all" ? (all.get(i) as string) : i < carries ? names[i] : last(i)))); // biome-ignore format: one line
  return names[0] ?? "";
}

/** Names that nodes read and none of them gives. */
function readOutside(nodes: readonly NodeSpec[]): readonly string[] {
  const own = new Set(nodes.flatMap(({ outputs }) => outputs));
  return nodes.flatMap(({ inputs, uses = [] }) => [...inputs, ...uses]).filter((name) => !own.has(name));
}

/** Rows of the group. */
export const loops: readonly Row[] = [
  { op: "scan", write: scan },
  {
    op: "pick",
    write: (writer, { inputs: [bundle], attrs }) => {
      writer.value(bundle);
      return writer.picked(bundle, attrs.index as number);
    },
  },
];
