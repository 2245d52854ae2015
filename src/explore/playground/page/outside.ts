// What the page takes from beside it, and gives away. In: names, texts. Out: files, modules. Guarantee: nothing is asked of any other place than the page's own folder.

/** A file for the visitor. */
export function download(name: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "text/javascript" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The data of a JSON file that lies beside the page. Throws an Error that names it. */
export async function fileBeside(name: string): Promise<unknown> {
  const found = await fetch(new URL(name, document.baseURI));
  if (!found.ok) throw new Error(`${name} could not be loaded: ${found.status}`);
  return found.json();
}

/** A text as a module, as any file of a module is imported. */
export async function imported(text: string): Promise<unknown> {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
