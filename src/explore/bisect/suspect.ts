// Which kernel is at fault where a Program is. In: two things that should run alike, and a row on which they do not. Out: the first kernel behind
// which memory differs, with the layers it is of and the strategy that wrote its loops; nothing where they cannot be walked side by side, such
// as a straight line of all layers beside loops.
import type { emitModule } from "../../../compiler/emit/module/module.ts";
import type { ModuleParts } from "../../../compiler/emit/module/parts.ts";
import type { emitWasm } from "../../../compiler/emit/wasm/emit.ts";
import { bindShape, type Node } from "../../../compiler/graph/graph.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import type { GraphRun } from "../../../compiler/interpret/graph.ts";
import type { Plan, Region } from "../../../compiler/plan/plan.ts";
import type { View } from "../../../compiler/program/nest/view.ts";
import type { Kernel, Program } from "../../../compiler/program/program.ts";
import { statementsIn } from "../../../compiler/program/walk.ts";
import { apart, type Contents, type Given, instance, namesOf, runModule, stepping } from "./executors.ts";

/** Who is to be asked about a fault. */
export interface Suspect {
  readonly kernel?: string;
  readonly region?: string;
  /** The schedule of its nests, the name of the strategy first. */
  readonly strategy?: string;
  readonly layer?: string;
}

const storedBy = ({ body }: Kernel): readonly string[] => [
  ...new Set([...statementsIn(body)].flatMap((one) => (one.do === "store" ? [one.buffer] : []))),
];
const differ = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length !== b.length ||
  Array.prototype.some.call(a, (value, i) => !Object.is(value, b[i]) && !(Number.isNaN(value) && Number.isNaN(b[i])));

function suspectOf(program: Program, place: number, given: Given): Suspect {
  const kernel = apart(program, given).kernels[place];
  return {
    kernel: namesOf(program, given)[place],
    ...(kernel.by ? { strategy: kernel.by } : {}),
    ...(kernel.origin ? { layer: kernel.origin } : {}),
  };
}

/** The first kernel of `b` that leaves other bits than that of `a`. */
export function kernelInProgram(a: Program, b: Program, contents: Contents, given: Given, row: number): Suspect {
  const [left, right] = [apart(a, given), apart(b, given)];
  if (left.kernels.length !== right.kernels.length) return {};
  const [one, other] = [stepping(left, contents), stepping(right, contents)];
  for (const steps of [one, other]) steps.begin(given, row);
  for (const [i, kernel] of right.kernels.entries()) {
    for (const steps of [one, other]) steps.step(i);
    if (storedBy(kernel).some((buffer) => differ(one.memory(buffer), other.memory(buffer)))) return suspectOf(b, i, given);
  }
  return {};
}

/** A value of the Graph beyond this, as a part of its largest, is no rounding. */
const rounding = 2 ** -10;

/** The first region whose stored value is not that of its node; where none is far off, the one that is furthest. */
export function kernelInNests(
  plan: Plan,
  program: Program,
  run: GraphRun,
  contents: Contents,
  given: Given,
  row: number,
): Suspect {
  const own = apart(program, given);
  if (own.kernels.length !== plan.regions.length) return {};
  const steps = stepping(own, contents);
  steps.begin(given, row);
  let worst = { off: 0, place: 0 };
  for (const [place, region] of plan.regions.entries()) {
    steps.step(place);
    const off = Math.max(
      0,
      ...storesOf(plan, region).map(([node, view]) =>
        offIn(view, node, run, steps.memory, given.targets === undefined ? 1 : given.rows),
      ),
    );
    if (off > worst.off) worst = { off, place };
    if (off > rounding) break;
  }
  const { id, name, origin } = plan.regions[worst.place];
  return {
    ...suspectOf(program, worst.place, given),
    region: `${id} ${name}`,
    ...(origin === undefined ? {} : { layer: showOrigin(origin) }),
  };
}

function storesOf(plan: Plan, region: Region): readonly (readonly [Node, View])[] {
  if (region.kind === "copy") return [[region.node, region.out]];
  if (region.kind === "compute")
    return [
      [region.nodes[region.nodes.length - 1], region.out],
      ...(region.more ?? []).map(({ node, out }) => [node, out] as const),
    ];
  if (region.kind === "rows")
    return region.body.flatMap((part) => storesOf(plan, part)).filter(([, { buffer }]) => !region.inner.has(buffer));
  // The items of a scan lie where who picks them reads them.
  return [...plan.operands].flatMap(([node, operand]) =>
    node.op === "pick" && node.inputs[0] === region.node && operand.kind === "view" ? [[node, operand] as const] : [],
  );
}

/** How far memory is from a node's value, as a part of its largest number. */
function offIn(
  { buffer, base, strides, blocked, loops }: View,
  node: Node,
  run: GraphRun,
  memory: (buffer: string) => Float32Array,
  rows: number,
): number {
  if (loops.length > 0) return 0;
  const { data } = run.value(node);
  const shape = bindShape(node.type.shape, rows);
  const largest = data.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 2 ** -100);
  const numbers = memory(buffer);
  let off = 0;
  for (let k = 0; k < data.length; k++) {
    let [address, rest] = [base, k];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = rest % shape[axis];
      rest = (rest - at) / shape[axis];
      address +=
        blocked?.axis === axis ? Math.floor(at / blocked.size) * blocked.outer + (at % blocked.size) : at * strides[axis];
    }
    const apart = Math.abs(numbers[address] - data[k]);
    if (!Object.is(numbers[address], data[k]))
      off = Math.max(off, Number.isFinite(apart) ? apart / largest : Number.POSITIVE_INFINITY);
  }
  return off;
}

/** The first kernel whose text gives other bits than its Program: modules are emitted that end behind it and give what it stored. */
export function kernelInCode(
  emit: typeof emitModule,
  parts: ModuleParts,
  contents: Contents,
  given: Given,
  row: number,
): Suspect {
  const { program } = parts;
  const own = apart(program, given);
  const steps = stepping(own, contents);
  steps.begin(given, row);
  for (const [i, kernel] of own.kernels.entries()) {
    steps.step(i);
    const outputs = storedBy(kernel).map((name) => ({ name, shape: [steps.memory(name).length] }));
    const buffers = own.buffers.map((buffer) =>
      outputs.some(({ name }) => name === buffer.name) && buffer.role === "arena"
        ? { ...buffer, role: "output" as const }
        : buffer,
    );
    const entries = own.entries.map((entry) => ({
      ...{ ...entry, calls: entry.calls.slice(0, i + 1) },
      outputs: outputs.map(({ name }) => [name, name] as const),
    }));
    const cut: ModuleParts = {
      ...parts,
      program: { ...own, buffers, entries },
      outputs: outputs.map(({ name, shape }) => ({ name, shape })) as unknown as ModuleParts["outputs"],
      words: outputs.map(() => undefined),
      constants: contents,
    };
    const found = attempted(() => runModule(emit, cut, given));
    const isOther = ({ name, shape: [width] }: (typeof outputs)[number], k: number): boolean =>
      found === undefined || differ(steps.memory(name), Array.prototype.slice.call(found[k], row * width, (row + 1) * width));
    if (outputs.some(isOther)) return suspectOf(program, i, given);
  }
  return {};
}

/** Undefined where it throws: that is a fault too. */
function attempted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** The first kernel whose instructions give other bits than its Program. */
export function kernelInWasm(emit: typeof emitWasm, program: Program, contents: Contents, given: Given, row: number): Suspect {
  const own = apart(program, given);
  const entries = own.kernels.map(({ name }) => ({ ...own.entries[0], name: `k${name}`, calls: [{ kernel: name }] }));
  const made = attempted(() =>
    instance(
      emit,
      { ...own, entries },
      contents,
      false,
      entries.map(({ name }) => name),
    ),
  );
  if (made === undefined) return {};
  const steps = stepping(own, contents);
  steps.begin(given, row);
  // What nobody has written, rows behind the last for one, is NaN in both.
  for (const { name } of own.buffers) made.memory(name).set(steps.memory(name));
  for (const [i, kernel] of own.kernels.entries()) {
    steps.step(i);
    made.run(`k${i}`, given.rows);
    if (storedBy(kernel).some((buffer) => differ(steps.memory(buffer), made.memory(buffer)))) return suspectOf(program, i, given);
  }
  return {};
}
