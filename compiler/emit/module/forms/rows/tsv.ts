// Lines of cells between tabs, as Hive, Spark's TRANSFORM, Hadoop and ClickHouse's TabSeparated write them: \t, \n and \\ stand for what would
// end a cell, \N for NULL, which is refused. With `--pass 1` a cell before the model's, such as a key, stands before the answer.
import { js } from "../../../code.ts";
import type { RowFormat } from "./define.ts";

export const tsv: RowFormat = {
  name: "tsv",
  says: "lines of cells between tabs",
  hasTexts: true,
  passes: true,
  read: js`function (limit) {
  const escapes = { t: "\\t", n: "\\n", r: "\\r", b: "\\b", f: "\\f", 0: "\\0" };
  const plain = (cell) => cell.indexOf("\\\\") < 0 ? cell : cell.replace(/\\\\(.)/g, (whole, sign) => escapes[sign] === undefined ? sign : escapes[sign]);
  return eachLine(limit, hasTexts, (line, row) => {
    const cells = line.split("\\t");
    if (cells.length !== passing + width) return cells.length + (cells.length === 1 ? " cell, " : " cells, ") + (passing + width) + " wanted";
    let at = passing;
    if (passing > 0) passed[row] = cells.slice(0, passing).join("\\t") + "\\t";
    for (let port = 0; port < inputs.length; port++) {
      const size = inputs[port].size;
      for (let i = 0; i < size; i++) {
        const cell = cells[at++];
        if (cell === "\\\\N") return "cell " + at + " is NULL";
        if (inputs[port].isText) {
          x[port][row * size + i] = plain(cell);
          continue;
        }
        const value = numberOf(cell);
        if (value === undefined) return "cell " + at + " holds " + JSON.stringify(cell.slice(0, 40)) + ", and a number is wanted";
        x[port][row * size + i] = value;
      }
    }
    return "";
  });
}`,
  write: js`function (y, rows) {
  const escaped = (word) => word.replace(/[\\t\\n\\r\\\\]/g, (sign) => "\\\\" + (sign === "\\t" ? "t" : sign === "\\n" ? "n" : sign === "\\r" ? "r" : sign));
  let made = "";
  for (let row = 0; row < rows; row++) for (let port = 0; port < y.length; port++) {
    const size = y[port].length / rows;
    if (passing > 0 && port === 0) made += passed[row];
    for (let i = 0; i < size; i++) {
      const value = y[port][row * size + i];
      made += (outputs[port].isText ? escaped(value) : shown(value)) + (i + 1 < size || port + 1 < y.length ? "\\t" : "\\n");
    }
  }
  return Buffer.from(made, "utf8");
}`,
};
