// A host that knows a `.wasm` file of layerc by its exports alone: what any language without JavaScript does. In: bytes. Out: arrays and functions.
// Nothing of layerc is imported.

/** An instance, its numbers by name, and views of its arrays. */
export interface WasmHost {
  readonly instance: WebAssembly.Instance;
  /** An exported offset or size. */
  number(name: string): number;
  /** The array `input`, `output`, `step.input`, `step.output` or `state` of a name, of so many rows. */
  array(kind: string, name: string, rows?: number): Float32Array;
  /** An exported function. */
  call(name: string, ...args: readonly number[]): void;
}

export function host(bytes: Uint8Array): WasmHost {
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  if (WebAssembly.Module.imports(module).length > 0) throw new Error("it imports something");
  const instance = new WebAssembly.Instance(module);
  const { exports } = instance;
  const number = (name: string): number => {
    const global = exports[name];
    if (!(global instanceof WebAssembly.Global)) throw new Error(`there is no number ${name}`);
    return global.value as number;
  };
  return {
    instance,
    number,
    array: (kind, name, rows = 1) => {
      const { buffer } = exports.memory as WebAssembly.Memory;
      return new Float32Array(buffer, number(`${kind}.offset.${name}`), rows * number(`${kind}.size.${name}`));
    },
    call: (name, ...args) => {
      (exports[name] as (...args: readonly number[]) => void)(...args);
    },
  };
}
