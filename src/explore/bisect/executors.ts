// What can run a model: a Graph by its interpreter, a Program by its own, the emitted JavaScript, its kernels in WebAssembly. In: one of
// these, and rows. Out: the numbers of each output, row by row. Guarantee: pure, so it runs in a page; nothing is shared between two of them
// but the rows.
import { internal } from "../../../compiler/diagnostics/error.ts";
import type { emitModule } from "../../../compiler/emit/module/module.ts";
import type { ModuleParts } from "../../../compiler/emit/module/parts.ts";
import type { emitWasm } from "../../../compiler/emit/wasm/emit.ts";
import { type Graph, sizeOf } from "../../../compiler/graph/graph.ts";
import type { Watch } from "../../../compiler/interpret/graph.ts";
import { type GraphRun, runGraph } from "../../../compiler/interpret/graph.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import { instances } from "../../../compiler/program/calls.ts";
import type { Program } from "../../../compiler/program/program.ts";
import { load, type PortPredictor, type PortRows } from "../../../runtime/index.ts";

/** An output of the model: its name, and its shape for one row. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}
/** Rows to run: by port as a module takes them, and by name as the Graph's inputs do. */
export interface Given {
  readonly rows: number;
  /** All rows are one call of `trainStep`, with what they are held against; absent, each is one of `predict`. */
  readonly targets?: readonly unknown[];
  readonly values: readonly unknown[];
  readonly feeds: Readonly<Record<string, Float32Array>>;
}
/** By output, in the order of the ports. */
export type Outputs = readonly ArrayLike<number>[];
/** Contents of buffers that are not written by what runs. */
export type Contents = ReadonlyMap<string, Float32Array>;

/** A Graph as a pass left it, with what leaves for the entry `prepare`, on the weights of the model. */
export function runStage(
  { graph, prepare }: { readonly graph: Graph; readonly prepare?: Graph | undefined },
  weights: Readonly<Record<string, ArrayLike<number>>>,
  { rows, feeds }: Given,
  precision: Watch | "double" = "double",
): GraphRun {
  const prepared = prepare === undefined ? {} : runGraph(prepare, { rows, values: { ...weights }, precision }).results;
  const made = Object.fromEntries(Object.entries(prepared).map(([name, { data }]) => [name, data]));
  return runGraph(graph, { rows, values: { ...weights, ...made, ...feeds }, precision });
}

/** The results and updates of a run, by port; `rest`: what stands for those that it does not have. */
export const outputsOf = ({ results, updates }: GraphRun, ports: readonly Port[], rest?: Outputs): Outputs =>
  ports.map(({ name }, i) => (updates[name] ?? results[name])?.data ?? rest?.[i] ?? internal(`the graph has no ${name}`));

/** The entry that these rows are for. */
export const goalOf = ({ targets }: Pick<Given, "targets">) => (targets === undefined ? "predict" : "trainStep");
const entryOf = (program: Program, given: Pick<Given, "targets">) =>
  program.entries.find(({ name }) => name === goalOf(given)) ?? internal(`the program has no entry ${goalOf(given)}`);
/** What a call of it is told beside its inputs. */
const scalarsOf = ({ rows, targets }: Given): Readonly<Record<string, number>> => (targets === undefined ? {} : { n: rows });
/** Those of a Program's buffers that have contents. */
const held = ({ buffers }: Program, contents: Contents): Contents =>
  new Map(
    [...contents].filter(([name, { length }]) => buffers.some((buffer) => buffer.name === name && buffer.length === length)),
  );

/** What a row puts where: the inputs of `predict`; all rows put theirs into `trainStep`. */
const rowIn = (program: Program, given: Given, row: number): readonly (readonly [string, Float32Array])[] =>
  entryOf(program, given).inputs.map(([name, buffer]) => {
    const all = given.feeds[name];
    const width = all.length / given.rows;
    return [buffer, given.targets === undefined ? all.subarray(row * width, (row + 1) * width) : all] as const;
  });

/** All rows, one after the other or in one call, by a function that runs over named stretches of memory. What is updated lies where it lay. */
function byRow(
  program: Program,
  ports: readonly Port[],
  given: Given,
  memory: (buffer: string) => Float32Array,
  run: () => void,
): Outputs {
  const calls = given.targets === undefined ? given.rows : 1;
  const outputs = ports.map(({ shape }) => new Float32Array(calls * sizeOf(shape)));
  const places = new Map(entryOf(program, given).outputs);
  for (let row = 0; row < calls; row++) {
    for (const [buffer, values] of rowIn(program, given, row)) memory(buffer).set(values);
    run();
    for (const [i, { name, shape }] of ports.entries()) {
      outputs[i].set(memory(places.get(name) ?? name).subarray(0, sizeOf(shape)), row * sizeOf(shape));
    }
  }
  return outputs;
}

/** Runs what a Program computes of weights alone; whether there is such a thing. */
function startUp({ entries }: Program, machine: { run(entry: string): void }): boolean {
  const own = ["restore", "prepare"].filter((entry) => entries.some(({ name }) => name === entry));
  for (const entry of own) machine.run(entry);
  return own.length > 0;
}

/** The entry of a Program by the interpreter. */
export function runProgram(program: Program, contents: Contents, ports: readonly Port[], given: Given): Outputs {
  const machine = createMachine(program, { constants: held(program, contents) });
  const memory = (buffer: string): Float32Array => machine.buffers.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  startUp(program, machine);
  return byRow(program, ports, given, memory, () => machine.run(goalOf(given), scalarsOf(given)));
}

/** What `prepare` of a Program computes of the weights. */
export function prepared(program: Program, contents: Contents): Contents {
  const machine = createMachine(program, { constants: held(program, contents), track: false });
  if (!startUp(program, machine)) return contents;
  const made = program.buffers.flatMap(({ name, role }) =>
    role === "param" || role === "const" ? [[name, machine.buffers.get(name)] as const] : [],
  );
  return new Map([...contents, ...made.flatMap(([name, values]) => (values === undefined ? [] : [[name, values] as const]))]);
}

/** The entry alone, each call a kernel of its own: `0`, `1`, … */
export function apart(program: Program, given: Pick<Given, "targets">): Program {
  const entry = entryOf(program, given);
  const kernels = instances(program, entry.calls).map((kernel, i) => ({ ...kernel, name: `${i}` }));
  return { ...program, kernels, entries: [{ ...entry, calls: kernels.map(({ name }) => ({ kernel: name })) }] };
}

/** Names of the kernels that it calls, which standing apart they lose. */
export const namesOf = (program: Program, given: Pick<Given, "targets">): readonly string[] =>
  entryOf(program, given).calls.map(({ kernel }) => kernel);

/** One call, kernel by kernel; `memory` is what each left. */
export interface Steps {
  readonly begin: (given: Given, row: number) => void;
  readonly step: (kernel: number) => void;
  readonly memory: (buffer: string) => Float32Array;
}

/** A Program of kernels that stand apart, step by step. */
export function stepping(program: Program, contents: Contents): Steps {
  const machine = createMachine(program, { constants: held(program, contents), track: false });
  const memory = (buffer: string): Float32Array => machine.buffers.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  let scalars: Readonly<Record<string, number>> = {};
  return {
    memory,
    begin: (given, row) => {
      scalars = scalarsOf(given);
      for (const [buffer, values] of rowIn(program, given, row)) memory(buffer).set(values);
    },
    step: (kernel) => machine.run(`${kernel}`, scalars),
  };
}

/** Values as a module takes them: those of its only port, or by name. */
const asTaken = (ports: readonly { readonly name: string }[], values: readonly unknown[]): unknown =>
  ports.length === 1 ? values[0] : Object.fromEntries(ports.map(({ name }, i) => [name, values[i]]));

/** The emitted module in one step of training: its loss, and the weights and states behind it; `rest`: what it does not tell. */
export function runTraining(emit: typeof emitModule, parts: ModuleParts, given: Given, ports: readonly Port[], rest: Outputs) {
  interface Trains {
    trainStep(x: unknown, y: unknown): number;
    getWeights(): readonly Float32Array[];
    getOptimizerState(): Readonly<Record<string, Float32Array>>;
  }
  const module = load<PortPredictor>(emit(parts)) as unknown as Trains;
  const loss = module.trainStep(asTaken(parts.inputs, given.values), asTaken(parts.targets ?? [], given.targets ?? []));
  const weights = module.getWeights();
  const told = new Map<string, ArrayLike<number>>([
    ["loss", [loss]],
    ...Object.entries(module.getOptimizerState()),
    ...parts.weights.map(({ name }, i) => [name, weights[i]] as const),
  ]);
  return ports.map(({ name }, i) => told.get(name) ?? rest[i]);
}

/** The emitted module on all rows; `ports`: what it gives. */
export function runModule(emit: typeof emitModule, parts: ModuleParts, { values }: Given): Outputs {
  const { inputs, outputs } = parts;
  const x = asTaken(inputs, values);
  const y = load<PortPredictor>(emit(parts)).predict(x as PortRows) as unknown;
  return outputs.map(({ name }) => (ArrayBuffer.isView(y) ? (y as Float32Array) : (y as Record<string, Float32Array>)[name]));
}

/** Kernels in WebAssembly, without the module around them; undefined where the engine does not know the instructions. */
export function instance(
  emit: typeof emitWasm,
  program: Program,
  contents: Contents,
  isRelaxed: boolean,
  entries: readonly string[],
) {
  const bytes = emit(program, { relaxed: isRelaxed, entries }) as Uint8Array<ArrayBuffer>;
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const all = new Float32Array((exports.m as WebAssembly.Memory).buffer);
  const places = new Map(program.buffers.map(({ name, at, length }) => [name, [at, at + length] as const]));
  const memory = (buffer: string): Float32Array =>
    all.subarray(...(places.get(buffer) ?? internal(`there is no buffer ${buffer}`)));
  for (const { name, role, initial = 0 } of program.buffers) if (role === "state") memory(name).fill(initial);
  for (const [name, values] of held(program, contents)) memory(name).set(values);
  return { memory, run: (entry: string, rows: number) => (exports[entry] as (rows: number) => void)(rows) };
}

/** The same on all rows; undefined where the engine does not know the instructions. */
export function runWasm(
  emit: typeof emitWasm,
  program: Program,
  contents: Contents,
  ports: readonly Port[],
  given: Given,
  isRelaxed: boolean,
): Outputs | undefined {
  const entry = goalOf(given);
  const made = instance(emit, program, contents, isRelaxed, [entry]);
  return made && byRow(program, ports, given, made.memory, () => made.run(entry, given.rows));
}
