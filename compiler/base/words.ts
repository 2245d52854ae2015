// Words that emitted text cannot have as names of its own. In: nothing. Out: lists.

const split = (words: string): readonly string[] => words.split(" ");

/** What the text may use without declaring it, `Math` and `WebAssembly` apart. */
export const globals = [
  "Float32Array",
  "Float64Array",
  "Int32Array",
  "Uint8Array",
  "Error",
  "TypeError",
  "RangeError",
  "Infinity",
  "NaN",
  "undefined",
] as const;

/** Words of the language, also those of newer editions and of strict mode, and what the text takes from outside. */
export const reserved: ReadonlySet<string> = new Set([
  ...split(
    "arguments async await break case catch class const continue debugger default delete do else enum eval exports export",
  ),
  ...split("extends false finally for function Function get if implements import in instanceof interface let module new null of"),
  ...split("package private protected public require return set static super switch this throw true try typeof var void while"),
  ...split("with yield Math"),
  ...globals,
]);

/**
 * Names a script may not take for a global of its own: the words above, other globals of the language, which everything on the page
 * relies on, and names with which a page does something else when a script declares them (`var location = …` leaves the page).
 */
export const takenGlobals: ReadonlySet<string> = new Set([
  ...reserved,
  ...split("WebAssembly Object Array String Number Boolean Symbol BigInt Date RegExp Promise Proxy Reflect JSON Map Set WeakMap"),
  ...split(
    "WeakSet WeakRef Atomics Intl ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8ClampedArray Int16Array Uint16Array",
  ),
  ...split("Uint32Array Float16Array BigInt64Array BigUint64Array Iterator EvalError ReferenceError SyntaxError URIError"),
  ...split("AggregateError FinalizationRegistry globalThis global process isNaN isFinite parseInt parseFloat escape unescape"),
  ...split(
    "encodeURI encodeURIComponent decodeURI decodeURIComponent window self document location top parent frames name status",
  ),
  ...split("closed history navigator console setTimeout setInterval clearTimeout clearInterval localStorage sessionStorage"),
]);

/** Keras' rule: MaxPooling2D is max_pooling2d, ReLU is re_lu. */
export const snakeCase = (name: string): string =>
  name
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
