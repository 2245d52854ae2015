// A `.wasm` file that needs nothing beside it: kernels, weights, and arrays that a caller fills. In: a module's parts. Out: bytes, which import nothing.
// Guarantee: equal parts give equal bytes; the bits are those of the plain SIMD kernels of any other form.
//
//   memory = weights and buffers of kernels, then an array of `batch` rows for each port; every offset is a global
//   predict(rows), and of a stream step() and reset(); what depends on weights alone is computed as the module starts
import type { Port } from "../../../artifact.ts";
import { joined } from "../../../base/join.ts";
import { CompileError, internal, invariant } from "../../../diagnostics/error.ts";
import { sizeOf } from "../../../graph/graph.ts";
import { checkMemory } from "../../../graph/limits.ts";
import { touchedBuffers } from "../../../program/calls.ts";
import type { Entry, Program } from "../../../program/program.ts";
import { buffersOf } from "../../../program/walk.ts";
import { section, text } from "../../wasm/bytes.ts";
import { type Lane, predictFunction, type Route, resetFunction } from "../../wasm/drivers.ts";
import { pageSize, paramsOf, specOf } from "../../wasm/emit.ts";
import { digestOf, digestSection, faultInWasm, manifestSection } from "../../wasm/file.ts";
import { assembleModule, functionNames, type ModuleSpec } from "../../wasm/sections.ts";
import { alignment, placedIn } from "../embed.ts";
import { toBytes } from "../packed.ts";
import type { ModuleParts } from "../parts.ts";
import { layMemory, type Memory, type Run } from "../weights.ts";
import type { BinaryForm } from "./form.ts";
import { manifestJson, type Place, type PlacedPort, placed, type WasmManifest } from "./manifest.ts";

type Stream = NonNullable<ModuleParts["stream"]>;

/** Bytes of zeros between two segments of data that cost no more than a segment of its own. */
const widestGap = 64;

/** Throws CompileError wasm/unsupported where an input is made into numbers by text that a module in JavaScript has. */
function checkFeeds(feeds: ModuleParts["feeds"], ports: readonly Port[]): void {
  const encoded = feeds.find(({ encoder }) => encoder !== undefined);
  if (encoded?.encoder === undefined) return;
  const port = ports[encoded.ports[0]];
  throw new CompileError({
    code: "wasm/unsupported",
    path: `inputs.${port.name}`,
    message: `the input ${JSON.stringify(port.name)} is encoded before the net (${encoded.encoder.kind}), and a .wasm file takes float32 numbers alone`,
    hint: "compile the net behind the encoding alone, and give it the numbers; or another format",
  });
}

/** Where everything lies; offsets in bytes. */
interface Layout {
  readonly program: Program;
  readonly memory: Memory;
  readonly inputs: readonly PlacedPort[];
  readonly outputs: readonly PlacedPort[];
  readonly pages: number;
  bufferAt(buffer: string): number;
}

function layOut({ simd, constants, stream, inputs, outputs, words, options }: ModuleParts): Layout {
  const { program } = simd ?? internal("format wasm has kernels in WebAssembly");
  const ports = program.entries.flatMap((entry) => [...entry.inputs, ...entry.outputs].map(([, buffer]) => buffer));
  const kept = stream?.states.map(({ buffer }) => buffer) ?? [];
  const used = new Set([...touchedBuffers(program, buffersOf), ...ports, ...kept]);
  const buffers = program.buffers.filter(({ name }) => used.has(name));
  // What begins with one number everywhere is content like any other.
  const begun = buffers.flatMap(({ name, initial = 0, length }) =>
    Object.is(initial, 0) || constants.has(name) ? [] : [[name, new Float32Array(length).fill(initial)] as const],
  );
  const memory = layMemory(buffers, new Map([...constants, ...begun]), () => alignment);
  let end = memory.length;
  const arrays = (list: readonly Port[], of: ModuleParts["words"] = []): PlacedPort[] =>
    list.map((port, i) => {
      const at = Math.ceil(end / alignment) * alignment;
      const size = sizeOf(port.shape);
      end = at + size * options.batch;
      return placed(port, size, 4 * at, of[i]);
    });
  const [taken, given] = [arrays(inputs), arrays(outputs, words)];
  checkMemory("the module takes", end, "a smaller `batch` takes less for the rows of a call");
  return {
    program: placedIn(program, memory),
    memory,
    inputs: taken,
    outputs: given,
    pages: Math.max(1, Math.ceil((4 * end) / pageSize)),
    bufferAt: (buffer) => 4 * (memory.at.get(buffer) ?? internal(`there is no buffer ${buffer}`)),
  };
}

/** Contents of the memory as few segments; memory starts as zeros. */
function segments(runs: readonly Run[]): NonNullable<ModuleSpec["data"]> {
  const full = runs.filter(({ contents }) => contents.some((content) => content.some((value) => !Object.is(value, 0))));
  const groups: Pick<Run, "at" | "length" | "contents">[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const run of full) {
    const gap = 4 * (run.at - end);
    if (gap > widestGap) groups.push([]);
    else if (gap > 0) groups.at(-1)?.push({ at: end, length: run.at - end, contents: [new Float32Array(run.at - end)] });
    groups.at(-1)?.push(run);
    end = run.at + run.length;
  }
  return groups.map((group) => ({ at: 4 * group[0].at, bytes: toBytes(group.flatMap(({ contents }) => contents)) }));
}

const entryOf = ({ entries }: Program, wanted: string): Entry | undefined => entries.find(({ name }) => name === wanted);
const bufferOf = (ports: Entry["inputs"], wanted: string): string | undefined => ports.find(([port]) => port === wanted)?.[1];

/** A stream's arrays are the buffers of its entry: one chunk needs no copy. */
function streamOf(
  { words, stream }: ModuleParts & { readonly stream: Stream },
  { program, bufferAt }: Layout,
): NonNullable<WasmManifest["step"]> {
  const entry = entryOf(program, "step") ?? internal("the program has no entry step");
  const at = (ports: Entry["inputs"], port: string): number => bufferAt(bufferOf(ports, port) ?? internal(`step has no ${port}`));
  return {
    chunk: stream.chunk,
    inputs: stream.feeds.map(({ name, ports: [port] }) => {
      const own = stream.inputs[port];
      return placed(own, sizeOf(own.shape), at(entry.inputs, name));
    }),
    outputs: stream.outputs.map((port, i) => placed(port, sizeOf(port.shape), at(entry.outputs, port.name), words[i])),
    states: stream.states.map(({ name, shape, buffer }) => ({ name, shape, size: sizeOf(shape), offset: bufferAt(buffer) })),
  };
}

/** `input.offset.x`, `input.size.x`, … */
const globalsOf = (kind: string, places: readonly Place[]): [string, number][] =>
  places.flatMap(({ name, offset, size }): [string, number][] => [
    [`${kind}.offset.${name}`, offset],
    [`${kind}.size.${name}`, size],
  ]);

function assemble(parts: ModuleParts): ReturnType<BinaryForm["assemble"]> {
  const { feeds, stream, options, model, version, about, counts, selfTest } = parts;
  checkFeeds(feeds, parts.inputs);
  if (stream !== undefined) checkFeeds(stream.feeds, stream.inputs);
  const layout = layOut(parts);
  const { program, inputs, outputs, bufferAt } = layout;
  const made = specOf(program, { relaxed: false, entries: program.entries.map(({ name }) => name), memories: ["memory"] });
  const indexOf = new Map(made.exports);
  const functions = [...made.functions];
  const names = (made.names ?? []).map(({ name }) => name);
  const add = (name: string, body: ModuleSpec["functions"][number]): [string, number] => {
    names.push(name);
    return [name, functions.push(body) - 1];
  };
  const route = (name: string): Route | undefined => {
    const entry = entryOf(program, name);
    const index = indexOf.get(name);
    if (entry === undefined || index === undefined) return undefined;
    invariant(entry.rows !== "n" && paramsOf(entry, program).length === 0, `${name} wants a fixed number of rows`);
    const lane = (ports: Entry["inputs"], port: string, { offset, size }: Place): Lane[] => {
      const buffer = bufferOf(ports, port);
      return buffer === undefined ? [] : [{ array: offset, buffer: bufferAt(buffer), size }];
    };
    return {
      rows: entry.rows,
      index,
      inputs: feeds.flatMap(({ name: fed, ports: [port] }) => lane(entry.inputs, fed, inputs[port])),
      outputs: outputs.flatMap((output) => lane(entry.outputs, output.name, output)),
    };
  };
  const step = stream === undefined ? undefined : streamOf({ ...parts, stream }, layout);
  const one = route("predict") ?? internal("the program has no entry predict");
  const exports = [add("predict", predictFunction(options.batch, one, route("predictTile")))];
  if (step !== undefined) {
    exports.push(["step", indexOf.get("step") ?? internal("the program has no entry step")]);
    exports.push(add("reset", resetFunction(step.states.map(({ offset, size }) => ({ at: offset, bytes: 4 * size })))));
  }
  const { features, classes } = about ?? {};
  const manifest: WasmManifest = {
    layerc: version,
    model: model.name,
    hash: model.hash,
    options,
    rows: options.batch,
    inputs,
    outputs,
    ...(step === undefined ? {} : { step }),
    ...(features === undefined ? {} : { features }),
    ...(classes === undefined ? {} : { classes }),
    multiplyAdds: counts.multiplyAdds,
    ...(selfTest === undefined ? {} : { selfTest }),
  };
  const data = segments(layout.memory.runs);
  const spec: ModuleSpec = {
    pages: layout.pages,
    functions,
    memories: made.memories,
    exports,
    globals: [
      ["rows", options.batch],
      ...globalsOf("input", inputs),
      ...globalsOf("output", outputs),
      ...globalsOf("step.input", step?.inputs ?? []),
      ...globalsOf("step.output", step?.outputs ?? []),
      ...globalsOf("state", step?.states ?? []),
    ],
    start: indexOf.get("prepare"),
    data,
    customs: [
      ["name", functionNames(names)],
      [manifestSection, new TextEncoder().encode(manifestJson(manifest))],
    ],
  };
  return { binary: sealed(assembleModule(spec)), shipped: data.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}

/** The file with the digest of its bytes behind them. */
function sealed(bytes: Uint8Array): Uint8Array {
  const fault = faultInWasm(bytes);
  invariant(fault === undefined, `the .wasm file ${fault ?? ""}`);
  const digest = new TextEncoder().encode(digestOf(bytes));
  return joined(Uint8Array, [bytes, section(0, [...text(digestSection), ...digest])]);
}

export const wasm: BinaryForm = {
  extension: () => ".wasm",
  isText: false,
  isImported: false,
  // Segments are copied as they lie, so that nothing would widen what is narrow.
  fixed: () => ({ syntax: "es2020", train: false, target: "simd", weights: "inline", weightsType: "float32", wasm: "embed" }),
  own: [],
  needs: {},
  language: "WebAssembly",
  assemble,
};
