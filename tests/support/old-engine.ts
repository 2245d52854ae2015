// Engines that have less than this one, in a realm of their own: what came after ES5 and its typed arrays is gone, and a float may lie in memory with
// its high byte first. In: the text of an iife. Out: the module, whose functions are of that realm.
import { createContext, runInContext } from "node:vm";

const words = (text: string): readonly string[] => text.split(" ");
const kept: Readonly<Record<string, readonly string[]>> = {
  Math: words("abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan"),
  "Array.prototype": words(
    "constructor toString concat join pop push reverse shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter reduce reduceRight length",
  ),
  "String.prototype": words(
    "constructor toString valueOf charAt charCodeAt concat indexOf lastIndexOf localeCompare match replace search slice split substring toLowerCase toUpperCase trim length",
  ),
  Object: words("prototype create defineProperty defineProperties freeze getOwnPropertyNames getPrototypeOf keys length name"),
  // What all typed arrays share.
  "Object.getPrototypeOf(Float32Array.prototype)": words("constructor buffer byteLength byteOffset length set subarray"),
  "Object.getPrototypeOf(Float32Array)": words("prototype length name"),
  "Uint8Array.prototype": words("constructor BYTES_PER_ELEMENT"),
};
const gone = words(
  "WebAssembly Map Set WeakMap WeakSet WeakRef Symbol Promise Proxy Reflect BigInt BigInt64Array BigUint64Array Atomics Iterator globalThis",
);
const strip = `(function () {
  var kept = ${JSON.stringify(Object.entries(kept))}, own = Reflect.ownKeys;
  kept.forEach(function (one) {
    var object = (0, eval)(one[0]);
    own(object).forEach(function (key) { if (one[1].indexOf(key) < 0 && key !== Symbol.toStringTag) delete object[key]; });
  });
  ${gone.map((name) => `delete this.${name};`).join(" ")}
}).call(this);`;

/** A byte of a float stands where the other order has it. */
const swapped = `Uint8Array = (function (Real) {
  return function (a, b, c) {
    var bytes = b === undefined ? new Real(a) : new Real(a, b, c);
    var at = function (key) { return typeof key === "string" && /^\\d+$/.test(key) ? String(key ^ 3) : key; };
    return new Proxy(bytes, {
      get: function (_, key) { return key === "setFromBase64" ? undefined : bytes[at(key)]; },
      set: function (_, key, value) { bytes[at(key)] = value; return true; },
    });
  };
})(Uint8Array);`;

/** The module of an iife with the global name `model`. */
export function inOldEngine<T>(code: string, { bigEndian = false }: { readonly bigEndian?: boolean } = {}): T {
  const realm = createContext({});
  runInContext(bigEndian ? swapped : strip, realm);
  return runInContext(`${code}\nmodel;`, realm) as T;
}
