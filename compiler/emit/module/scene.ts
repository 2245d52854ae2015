// What stands in a module and what it is called: kernels, buffers, memory, helpers. In: a module's parts and its entry predict.
// Out: names that no two things share, and the text of kernels and calls. Guarantee: what no text mentions gets no name and no
// memory.
import { internal, invariant } from "../../diagnostics/error.ts";
import { calledKernels, callOf, ownBuffers } from "../../program/calls.ts";
import type { Buffer, Entry, Kernel, Program } from "../../program/program.ts";
import { buffersOf } from "../../program/walk.ts";
import { braces, type Code, commas, comment, js, lines, type Name, Names, name } from "../code.ts";
import { readFirst } from "../js/direct.ts";
import { emitKernel } from "../js/kernel.ts";
import { scratch, split } from "../js/split.ts";
import type { Marks } from "../marks.ts";
import { scalarsOf } from "../usage.ts";
import { alignment, functionName, mergedBuffers, type Simd, simdOf, vectorLength } from "./embed.ts";
import { Helpers, helperNames, type Location } from "./helpers.ts";
import type { ModuleParts } from "./parts.ts";
import type { Route } from "./routes.ts";
import { layMemory, type Memory } from "./weights.ts";
import { localWords, moduleWords } from "./words.ts";

/** Where a buffer is, when not under its own name. */
type Placing = (buffer: string) => Location | undefined;

/** Which kernels and buffers the text mentions, and what they are called. */
export interface Scene {
  readonly helpers: Helpers;
  readonly memory: Memory;
  readonly simd?: Simd;
  readonly marks: Marks | undefined;
  /** What has a place in memory; a buffer that is but a number in calls has no name. */
  readonly buffers: readonly Buffer[];
  readonly looped: readonly Kernel[];
  /** The kernel of `predict` that works on the caller's arrays. */
  readonly direct: Kernel | undefined;
  bufferId(buffer: string): Name;
  isNamed(buffer: string): boolean;
  kernelId(kernel: string): Name;
  calls(entry: Entry): Code;
  route(entry: Entry): Route;
  emit(kernel: Kernel, id: Name, params: readonly Name[], place?: Placing): Code;
  /** The function of a kernel: of the scalars it reads, and of where in memory the buffers for its formals start. */
  kernelText(kernel: Kernel): Code;
}

/** Names everything that the text will mention, and lays the memory out. */
export function setScene(parts: ModuleParts): Scene {
  const { program, simd: lanes, constants, weights, options, model, feeds, outputs, stream, marks, narrow } = parts;
  const predict = program.entries.find((entry) => entry.name === "predict") ?? internal("the program has no entry predict");
  // Of several ports each would be an argument more.
  const isSimple = feeds.length === 1 && outputs.length === 1;
  const direct = lanes === undefined && isSimple ? directKernel(program, predict) : undefined;
  const looping = program.entries.filter((entry) => entry !== predict || direct === undefined);
  const looped = [...new Set(looping.flatMap(({ calls }) => calledKernels(program, calls)))];
  const ports = (entry: Entry) => [...entry.inputs, ...entry.outputs].map(([, buffer]) => buffer);
  const wide = [lanes?.program, lanes?.relaxed].filter((one) => one !== undefined);
  // Named is what the direct kernel reads, but for its ports, whose place the caller's arrays take; what loops read and write;
  // the ports of all other entries; the weights; what is kept from call to call; and what kernels in lanes touch. Used is also what calls give for formals.
  const named = new Set(direct === undefined ? [] : buffersOf(direct));
  if (direct !== undefined) for (const buffer of ports(predict)) named.delete(buffer);
  const own = [...looped, ...wide.flatMap(({ kernels }) => kernels)].flatMap((kernel) => ownBuffers(kernel, buffersOf));
  for (const buffer of [...own, ...looping.flatMap(ports)]) named.add(buffer);
  for (const { buffer } of weights) named.add(buffer);
  const isKept = options.train || stream !== undefined;
  // What is kept from call to call is given away by name, also where kernels know it as a formal alone.
  if (isKept) for (const { name: buffer, role } of program.buffers) if (role === "state") named.add(buffer);
  const given = [...looping, ...wide.flatMap(({ entries }) => entries)].flatMap(({ calls }) => calls);
  const used = new Set([...named, ...given.flatMap(({ buffers: list = [] }) => list)]);
  const all = lanes === undefined ? program.buffers : mergedBuffers(program, lanes);
  const buffers = all.filter((buffer) => used.has(buffer.name));

  const names = new Names([
    ...moduleWords,
    ...localWords,
    ...helperNames,
    ...program.entries.map((entry) => functionName(entry).text),
  ]);
  const [kernelIds, bufferIds] = identifiers(
    names,
    looped,
    buffers.filter(({ name: id }) => named.has(id)),
  );
  const bufferId = (buffer: string): Name => bufferIds.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  const kernelId = (kernel: string): Name => kernelIds.get(kernel) ?? internal(`kernel ${kernel} is not emitted`);
  const helpers = new Helpers(names);
  const scalar = (id: string): Name => (id === "n" ? name("n") : internal(`there is no scalar ${id}`));
  const alignOf = (buffer: string): number => (lanes === undefined ? 1 : bufferIds.has(buffer) ? alignment : vectorLength);
  const memory = layMemory(buffers, constants, alignOf, narrow);
  const simd = lanes === undefined ? undefined : simdOf(lanes, memory, options, model.hash, marks !== undefined);
  const startOf = (buffer: string): number => memory.at.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  const scalars = new Map(looped.map((kernel) => [kernel.name, scalarsOf(kernel).map(scalar)]));
  const calls = (entry: Entry): Code => {
    const kernelCalls = lines(
      ...entry.calls.map(({ kernel, buffers: list = [] }, i) => {
        const args = [...(scalars.get(kernel) ?? []), ...list.map(startOf)];
        const call = js`${kernelId(kernel)}(${commas(args)});`;
        return marks === undefined ? call : marks.around(call, callOf(entry.name, i, kernel));
      }),
    );
    // What lanes do not have, JavaScript does.
    const isWide = simd?.entries.some(({ name: own }) => own === entry.name);
    return simd === undefined || !isWide ? kernelCalls : simd.call(entry, kernelCalls);
  };
  const emit = (kernel: Kernel, id: Name, params: readonly Name[], place?: Placing, starts: readonly Name[] = []): Code => {
    const text = emitKernel(kernel, id, {
      helpers,
      params,
      starts,
      scalar,
      marks,
      place: (buffer) => place?.(buffer) ?? { array: bufferId(buffer) },
    });
    const by = kernel.by === undefined ? [] : kernel.by.split("\n").map((schedule) => `by ${schedule.replace(/:$/, "")}`);
    const whole = lines(...[...kernel.origin.split("\n"), ...by].map(comment), text);
    return marks === undefined ? whole : marks.around(whole, [{ kind: "kernel", name: kernel.name }]);
  };
  return {
    helpers,
    memory,
    ...(simd === undefined ? {} : { simd }),
    marks,
    buffers,
    looped,
    direct,
    bufferId,
    isNamed: (buffer) => bufferIds.has(buffer),
    kernelId,
    calls,
    route: (entry) => {
      invariant(entry.rows !== "n", `${entry.name} wants a fixed number of rows`);
      return {
        rows: entry.rows,
        calls: calls(entry),
      };
    },
    emit,
    kernelText: (kernel) => {
      const given = scalars.get(kernel.name) ?? [];
      const ids = new Names(
        given.map(({ text }) => text),
        names,
        localWords,
      );
      const starts = new Map(kernel.formals?.map((formal) => [formal.name, ids.unique(formal.name)]));
      const place: Placing = (buffer) => {
        const base = starts.get(buffer);
        return base === undefined ? undefined : { array: name("memory"), base };
      };
      return emit(kernel, kernelId(kernel.name), [...given, ...starts.values()], place, [...starts.values()]);
    },
  };
}

/** What kernels and buffers are called. The layer dense_max comes before the part dense.max, which would be called the same. */
function identifiers(names: Names, ...lists: readonly (readonly { readonly name: string }[])[]): ReadonlyMap<string, Name>[] {
  const all = lists.flatMap((things, list) => things.map(({ name: hint }) => ({ hint, list })));
  const isPart = (hint: string): number => Number(hint.includes("."));
  const sorted = all.sort((a, b) => isPart(a.hint) - isPart(b.hint));
  const ids = names.uniques(sorted.map(({ hint }) => hint));
  return lists.map((_, list) => new Map(sorted.flatMap((one, i) => (one.list === list ? [[one.hint, ids[i]]] : []))));
}

/** The one kernel of `predict`, when it is a straight line and may work on the caller's arrays. */
function directKernel(program: Program, predict: Entry): Kernel | undefined {
  if (predict.inputs.length !== 1 || predict.outputs.length !== 1) return undefined;
  const [[, input]] = predict.inputs;
  if (predict.calls.length !== 1 || predict.rows !== 1 || input === predict.outputs[0][1]) return undefined;
  const [kernel] = calledKernels(program, predict.calls);
  return kernel.formals === undefined ? readFirst(kernel, input) : undefined;
}

// Value nodes of one function: about 20 KB of bytecode, a third of what V8 still optimises.
const longestPiece = 6000;

/** `id(x, from, out, to)`: the direct kernel, in pieces where it is long. */
export function directText(scene: Scene, predict: Entry, id: Name): Code {
  invariant(scene.direct !== undefined, "predict is no straight line");
  const { kernels, crossing } = split(scene.direct, longestPiece);
  const params = ["x", "from", "out", "to"].map(name);
  const [[, input]] = predict.inputs;
  const [[, output]] = predict.outputs;
  const place = (buffer: string): Location | undefined => {
    if (buffer === input) return { array: name("x"), base: name("from") };
    if (buffer === output) return { array: name("out"), base: name("to") };
    return buffer === scratch ? { array: scene.helpers.scratch(crossing), doubles: true } : undefined;
  };
  if (kernels.length === 1) return scene.emit(kernels[0], id, params, place);
  const ids = kernels.map(() => scene.helpers.names.unique("piece"));
  return lines(
    ...kernels.map((kernel, i) => scene.emit(i === 0 ? kernel : { ...kernel, origin: "continued" }, ids[i], params, place)),
    braces(js`function ${id}(${commas(params)})`, lines(...ids.map((id) => js`${id}(${commas(params)});`))),
  );
}
