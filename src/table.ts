// Tables and numbers as text. In: data. Out: strings, without colour, in any host.

/** Columns as wide as their widest cell, two spaces between; `right` columns are flushed right. */
export function renderTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

/** `1,234`. */
export const showCount = (count: number): string => count.toLocaleString("en-US");

/** `3.2 kB`, powers of 1000. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
