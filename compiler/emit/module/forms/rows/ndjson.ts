// A JSON value a line. A list holds the numbers of a row, flat or nested; an object has them by the names of inputs, or of features. The
// answer has the form of the line: a list, or an object by the names of outputs. What JSON has no number for (NaN) is null there.
import { js } from "../../../code.ts";
import type { RowFormat } from "./define.ts";

export const ndjson: RowFormat = {
  name: "ndjson",
  says: "a JSON list, or an object by name, a line",
  hasTexts: true,
  passes: false,
  read: js`function (limit) {
  const own = (value, key) => Object.prototype.hasOwnProperty.call(value, key);
  // The values of a list in lists.
  const flat = (value, into) => {
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) flat(value[i], into);
    else into.push(value);
    return into;
  };
  wasList.length = 0;
  return eachLine(limit, true, (line, row) => {
    let value;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return "it is no JSON";
    }
    if (typeof value !== "object" || value === null) return "it holds " + line.slice(0, 40) + ", and a list or an object is wanted";
    const isList = Array.isArray(value);
    let cells = [], used = 0;
    if (isList) flat(value, cells);
    else for (let port = 0; port < inputs.length; port++) {
      const input = inputs[port];
      let part = [];
      if (own(value, input.name)) {
        flat(value[input.name], part);
        used++;
        if (part.length !== input.size) return JSON.stringify(input.name) + " has " + part.length + " values, " + input.size + " are wanted";
      } else if (input.features !== null) for (let i = 0; i < input.size; i++) {
        if (!own(value, input.features[i])) return "there is no " + JSON.stringify(input.features[i]);
        part.push(value[input.features[i]]);
        used++;
      } else return "there is no " + JSON.stringify(input.name);
      cells = cells.concat(part);
    }
    if (cells.length !== width) return cells.length + (cells.length === 1 ? " value, " : " values, ") + width + " wanted";
    if (!isList && Object.keys(value).length !== used) {
      const names = inputs.reduce((list, input) => list.concat(input.name, input.features || []), []);
      return "nothing takes " + JSON.stringify(Object.keys(value).find((key) => names.indexOf(key) < 0));
    }
    let at = 0;
    for (let port = 0; port < inputs.length; port++) {
      const size = inputs[port].size, type = inputs[port].isText ? "string" : "number";
      for (let i = 0; i < size; i++) {
        const cell = cells[at++];
        if (cell === null) return "value " + at + " is NULL";
        if (typeof cell !== type) return "value " + at + " is " + String(JSON.stringify(cell)).slice(0, 40) + ", and a " + type + " is wanted";
        x[port][row * size + i] = cell;
      }
    }
    wasList.push(isList);
    return "";
  });
}`,
  write: js`function (y, rows) {
  let made = "";
  for (let row = 0; row < rows; row++) {
    const fields = [], all = [];
    for (let port = 0; port < y.length; port++) {
      const size = y[port].length / rows, cells = [];
      for (let i = 0; i < size; i++) {
        const value = y[port][row * size + i];
        cells.push(outputs[port].isText ? JSON.stringify(value) : value - value === 0 ? shown(value) : "null");
      }
      all.push(cells.join(","));
      fields.push(JSON.stringify(outputs[port].name) + ":" + (size === 1 ? cells[0] : "[" + cells.join(",") + "]"));
    }
    made += (wasList[row] ? "[" + all.join(",") + "]" : "{" + fields.join(",") + "}") + "\\n";
  }
  return Buffer.from(made, "utf8");
}`,
};
