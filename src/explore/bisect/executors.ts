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

/** The results of a run, by port. */
export const outputsOf = ({ results }: GraphRun, ports: readonly Port[]): Outputs => ports.map(({ name }) => results[name].data);

const predictOf = (program: Program) =>
  program.entries.find(({ name }) => name === "predict") ?? internal("the program has no entry predict");
/** Those of a Program's buffers that have contents. */
const held = ({ buffers }: Program, contents: Contents): Contents =>
  new Map(
    [...contents].filter(([name, { length }]) => buffers.some((buffer) => buffer.name === name && buffer.length === length)),
  );

/** What a row puts where: the inputs of `predict`. */
const rowIn = (program: Program, { rows, feeds }: Given, row: number): readonly (readonly [string, Float32Array])[] =>
  predictOf(program).inputs.flatMap(([name, buffer]) => {
    const width = feeds[name].length / rows;
    return [[buffer, feeds[name].subarray(row * width, (row + 1) * width)] as const];
  });

/** All rows, one after the other, by a function that runs one over named stretches of memory. */
function byRow(
  program: Program,
  ports: readonly Port[],
  given: Given,
  memory: (buffer: string) => Float32Array,
  run: () => void,
): Outputs {
  const outputs = ports.map(({ shape }) => new Float32Array(given.rows * sizeOf(shape)));
  const places = new Map(predictOf(program).outputs);
  for (let row = 0; row < given.rows; row++) {
    for (const [buffer, values] of rowIn(program, given, row)) memory(buffer).set(values);
    run();
    for (const [i, { name, shape }] of ports.entries()) {
      const buffer = places.get(name) ?? internal(`the program has no output ${name}`);
      outputs[i].set(memory(buffer).subarray(0, sizeOf(shape)), row * sizeOf(shape));
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

/** The entry `predict` of a Program by the interpreter. */
export function runProgram(program: Program, contents: Contents, ports: readonly Port[], given: Given): Outputs {
  const machine = createMachine(program, { constants: held(program, contents) });
  const memory = (buffer: string): Float32Array => machine.buffers.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  startUp(program, machine);
  return byRow(program, ports, given, memory, () => machine.run("predict"));
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

/** `predict` alone, each call a kernel of its own: `0`, `1`, … */
export function apart(program: Program): Program {
  const predict = predictOf(program);
  const kernels = instances(program, predict.calls).map((kernel, i) => ({ ...kernel, name: `${i}` }));
  return { ...program, kernels, entries: [{ ...predict, calls: kernels.map(({ name }) => ({ kernel: name })) }] };
}

/** One row, kernel by kernel; `made` gives the memory behind each. */
export interface Steps {
  readonly begin: (given: Given, row: number) => void;
  readonly step: (kernel: number) => void;
  readonly memory: (buffer: string) => Float32Array;
}

/** A Program of kernels that stand apart, step by step. */
export function stepping(program: Program, contents: Contents): Steps {
  const machine = createMachine(program, { constants: held(program, contents), track: false });
  const memory = (buffer: string): Float32Array => machine.buffers.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  return {
    memory,
    begin: (given, row) => {
      for (const [buffer, values] of rowIn(program, given, row)) memory(buffer).set(values);
    },
    step: (kernel) => machine.run(`${kernel}`),
  };
}

/** The emitted module on all rows; `ports`: what it gives. */
export function runModule(emit: typeof emitModule, parts: ModuleParts, { values }: Given): Outputs {
  const { inputs, outputs } = parts;
  const x = inputs.length === 1 ? values[0] : Object.fromEntries(inputs.map(({ name }, i) => [name, values[i]]));
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
  for (const [name, values] of held(program, contents)) memory(name).set(values);
  return { memory, run: (entry: string) => (exports[entry] as () => void)() };
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
  const made = instance(emit, program, contents, isRelaxed, ["predict"]);
  return made && byRow(program, ports, given, made.memory, () => made.run("predict"));
}
