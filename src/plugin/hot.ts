// A model that changes while its page runs. In: an emitted module, and how its bundler is asked for hot updates. Out: the same module,
// whose exports are variables: a newer version of it, once evaluated, puts its own into all older ones, so that whoever imported
// `predict` calls the new model and keeps its state. Where the names differ, the importers must be evaluated again.

/** How a bundler spells it. Bundlers look for these words, so they stand in the text as they are. */
export type HotApi = "import.meta.hot" | "import.meta.webpackHot";

/** The one statement that ends every emitted module. */
const exported = /export \{ ([\w$, ]*) \};\s*$/;

/** The module with live exports; as it came where it exports nothing by that form. */
export function withHot(code: string, api: HotApi): string {
  const names = exported.exec(code)?.[1].split(", ");
  if (names === undefined) return code;
  // No name of a kernel or buffer begins with a dollar.
  const live = (name: string): string => `$${name}`;
  // The words are repeated rather than named: that is what bundlers search the text for.
  return `${code.replace(exported, "")}
let ${names.map((name) => `${live(name)} = ${name}`).join(", ")};
export { ${names.map((name) => `${live(name)} as ${name}`).join(", ")} };
if (${api}) {
  const $versions = ${api}.data?.versions ?? [];
  const $now = { ${names.join(", ")} };
  const $fits = $versions.every(($version) => $version($now));
  $versions.push(($next) => {
    if (Object.keys($next).join() !== ${JSON.stringify(names.join())}) return false;
${names.map((name) => `    ${live(name)} = $next.${name};`).join("\n")}
    return true;
  });
  ${api}.dispose(($data) => { $data.versions = $versions; });
  ${api}.accept();
  if (!$fits) ${api}.invalidate();
}
`;
}
