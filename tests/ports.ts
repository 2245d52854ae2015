// What a model is given and gives, in tests: numbers of its only port, or by port. Out: the one as the other, rows cut out of it, and a
// comparison port by port.
import { type Column, encode } from "../compiler/encode/encode.ts";
import type { Feed } from "../compiler/front/steps.ts";
import { expectClose, type Tolerance } from "./close.ts";

export type Floats = ArrayLike<number>;
export type ByPort<F = Floats> = Readonly<Record<string, F>>;
/** As a module takes it. */
export type Given<F = Floats> = F | ByPort<F>;
interface Named {
  readonly name: string;
}

export const isFloats = <F extends Floats>(given: Given<F>): given is F => ArrayBuffer.isView(given) || Array.isArray(given);

/** By port, whoever gives it. */
export function byPort<F extends Floats>(given: Given<F>, ports: readonly Named[]): ByPort<F> {
  if (!isFloats(given)) return given;
  if (ports.length !== 1) throw new Error(`numbers of one port for ${ports.map(({ name }) => name).join()}`);
  return { [ports[0].name]: given };
}

/** As a module takes it: the only port's numbers, or by port. */
export function asGiven<F>(values: ByPort<F>): Given<F> {
  const list = Object.values(values);
  return list.length === 1 ? list[0] : values;
}

/** The same of each port. */
export const eachPort = <F extends Floats, T>(given: Given<F>, f: (values: F, port: string) => T): T | ByPort<T> =>
  isFloats(given) ? f(given, "") : Object.fromEntries(Object.entries(given).map(([name, values]) => [name, f(values, name)]));

/** What the Graph's inputs hold; texts and whole numbers are for their encoders. */
export function fedWith<F extends Floats>(
  { inputs, feeds }: { readonly inputs: readonly Named[]; readonly feeds: readonly Feed[] },
  x: Given<F>,
): ByPort<F | Float32Array> {
  const given = byPort(x, inputs);
  const refuse = (_: number, place: number, wanted: string): never => {
    throw new RangeError(`item ${place}: wanted ${wanted}`);
  };
  return Object.fromEntries(
    feeds.map(({ name, ports, encoder }) => {
      const columns = ports.map((port) => given[inputs[port].name]);
      return [name, encoder === undefined ? columns[0] : encode(encoder, columns as readonly unknown[] as Column[], refuse)];
    }),
  );
}

/** Some rows of numbers that are so many. */
export function rowsFrom(values: Floats, rows: number, from: number, count: number): number[] {
  const size = values.length / rows;
  return Array.from({ length: count * size }, (_, i) => values[from * size + i]);
}

/** Each port's numbers are near what they should be. */
export function expectPorts(found: Given, wanted: Given, tolerance: Tolerance, what: string): void {
  const [a, b] = [found, wanted].map((given): ByPort => (isFloats(given) ? { "the port": given } : given));
  const names = (given: ByPort): string => Object.keys(given).sort().join();
  if (names(a) !== names(b)) throw new Error(`${what}: found ${names(a)}, expected ${names(b)}`);
  for (const [port, values] of Object.entries(b)) {
    if (typeof values[0] !== "string") expectClose(a[port], values, tolerance, `${what}, ${port}`);
    // Words have no distance.
    else if (Array.from(a[port]).join("\n") !== Array.from(values).join("\n"))
      throw new Error(`${what}, ${port}: found ${Array.from(a[port]).join()}, expected ${Array.from(values).join()}`);
  }
}
