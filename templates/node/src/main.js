// node src/main.js '<input as JSON>' prints what the model answers; without an input, for a row of zeros.
import * as model from "./model.js";

// A row of zeros, or of empty texts, for every input: something to begin with.
const { types: texts = {} } = { ...model };
const rowOf = (name, shape) =>
  Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => (texts[name] === "string" ? "" : 0));
const rows = Object.entries(model.inputs).map(([name, shape]) => [name, rowOf(name, shape)]);

const [text] = process.argv.slice(2);
const x = text !== undefined ? JSON.parse(text) : rows.length === 1 ? rows[0][1] : Object.fromEntries(rows);
console.log(JSON.stringify(model.predict(x), (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
