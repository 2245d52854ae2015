// What pages are put together from: fences, lists of names, tables; and the blocks between `<!-- name -->` and `<!-- /name -->` that scripts fill.

/** Text as a block of code. */
export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** Names as code, one behind the other. */
export const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Rows under their head. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

/** `text` with the content of its blocks replaced. Throws where a block is not there, or is not known. */
export function fill(text: string, content: Readonly<Record<string, string>>): string {
  const found = new Set<string>();
  const filled = text.replace(/^<!-- (\w+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm, (_, name: string) => {
    if (!Object.hasOwn(content, name)) throw new Error(`the page has a block ${name} that nothing fills`);
    found.add(name);
    return `<!-- ${name} -->\n${content[name]}\n<!-- /${name} -->`;
  });
  const missing = Object.keys(content).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`the page has no block ${missing.join(", ")}`);
  return filled;
}

/** The text between a block's markers, without its fence. */
export const blockOf = (text: string, name: string): string =>
  new RegExp(`^<!-- ${name} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\`\\n<!-- /${name} -->$`, "m").exec(text)?.[1] ?? "";
