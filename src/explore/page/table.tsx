// A table that sorts. In: rows and columns. Out: the table, in the order the reader chose. Guarantee: the order is part of the state, so it is there
// after a reload; rows of a thing light it up and are lit by it, like a line of a pane.
import type { ComponentChildren } from "preact";
import type { ThingId } from "../report.ts";
import type { State } from "./state.ts";

/** A column: what it sorts by, and what it shows. */
export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** A number sorts by size, from the largest down first; a text by letters. Undefined comes last. */
  readonly by: (row: R) => number | string | undefined;
  readonly show?: (row: R) => ComponentChildren;
  readonly number?: boolean;
  /** Of several words: breaks into lines, so that the columns behind it stay in sight. */
  readonly long?: boolean;
}

interface TableProps<R> {
  readonly state: State;
  /** The table's name in an address. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly thing?: (row: R) => ThingId | undefined;
}

/** Rows in the order of a column; those without a value at the end, whichever way. */
export function sorted<R>(rows: readonly R[], by: Column<R>["by"], down: boolean): readonly R[] {
  const sign = down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [one, other] = [by(a), by(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    if (typeof one === "number" && typeof other === "number") return sign * (one - other);
    return sign * String(one).localeCompare(String(other), "en");
  });
}

/** The table. */
export function Table<R>({ state, name, caption, columns, rows, thing }: TableProps<R>) {
  const said = state.sort.value.find((one) => one.startsWith(`${name}.`))?.slice(name.length + 1);
  const down = said?.startsWith("-") === true;
  const chosen = columns.find(({ key }) => key === (down ? said?.slice(1) : said));
  const ordered = chosen === undefined ? rows : sorted(rows, chosen.by, down);
  const lit = state.lit.value;
  const sort = ({ key, number }: Column<R>): void => {
    const first = number === true ? `-${key}` : key;
    const other = number === true ? key : `-${key}`;
    const next = said === first ? other : said === other ? undefined : first;
    const others = state.sort.value.filter((one) => !one.startsWith(`${name}.`));
    state.sort.value = next === undefined ? others : [...others, `${name}.${next}`];
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="table" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                class={column.number ? "number" : ""}
                aria-sort={column !== chosen ? "none" : down ? "descending" : "ascending"}
              >
                <button type="button" onClick={() => sort(column)}>
                  {column.title}
                  <span aria-hidden="true">{column !== chosen ? "" : down ? " ▾" : " ▴"}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map((row, i) => {
            const own = thing?.(row);
            const level = own === undefined ? "" : lit.own === own ? "lit own" : lit.all.has(own) ? "lit" : "";
            const strip = own === undefined ? undefined : state.layer.value(own);
            return (
              <tr
                key={i}
                class={`${level} ${strip === undefined ? "" : `layer${strip % 8}`}`}
                onPointerEnter={() => own !== undefined && state.point(own, name)}
                onPointerLeave={() => state.point(undefined, name)}
              >
                {columns.map((column, place) => {
                  const body = column.show?.(row) ?? column.by(row) ?? "";
                  return (
                    <td key={column.key} class={column.number ? "number" : column.long ? "long" : ""}>
                      {place === 0 && own !== undefined ? (
                        <button type="button" class="link" title="Show in the panes" onClick={() => state.visit(own)}>
                          {body}
                        </button>
                      ) : (
                        body
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
