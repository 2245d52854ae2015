// Files that somebody gives the page. In: a drag's data, or what was chosen. Out: files with their paths, folders walked; or why they are not opened. Guarantee:
// nothing is left out in silence, and sizes are looked at before anything is read, so that no file is too large for the page.
import type { Dropped } from "../messages.ts";

/** A model has fewer, and is smaller: a weight may have 2^28 numbers, and a page a few gigabytes. */
const mostFiles = 500;
const mostBytes = 800_000_000;

/** What was given: its name, and its files or what is wrong with it. */
export interface Taken {
  readonly name: string;
  readonly files: readonly Dropped[];
  readonly fault?: { readonly message: string; readonly hint: string };
}

type Found = (readonly [path: string, file: File])[];

/** What was dropped; undefined, where that was no file. */
export async function droppedIn(transfer: DataTransfer): Promise<Taken | undefined> {
  // Both lists are emptied as soon as the event is over: they are read before anything is waited for.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const files = [...transfer.files];
  if (entries.length === 0) return files.length === 0 ? undefined : takenOf(files);
  const name = entries.map((entry) => entry.name).join(", ");
  try {
    const found: Found = [];
    for (const entry of entries) await walk(entry, "", found);
    return await read(name, found);
  } catch (error) {
    return unread(name, error);
  }
}

/** What was chosen. */
export const takenOf = (files: readonly File[]): Promise<Taken> => read(files.map(({ name }) => name).join(", "), files.map((file) => [file.name, file] as const)); // biome-ignore format: one line

const refused = (name: string, message: string, hint: string): Taken => ({ name, files: [], fault: { message, hint } });
const unread = (name: string, error: unknown): Taken =>
  refused(
    name,
    `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    "is it still there, and may the browser read it?",
  );

async function read(name: string, found: Found): Promise<Taken> {
  const bytes = found.reduce((sum, [, { size }]) => sum + size, 0);
  const megabytes = (size: number): string => `${Math.round(size / 1e6)} MB`;
  if (found.length === 0) return refused(name, "there is no file in it", "drop the files of a model");
  if (found.length > mostFiles) return refused(name, `it has more than ${mostFiles} files`, "drop the folder of the model alone");
  if (bytes > mostBytes)
    return refused(
      name,
      `it has ${megabytes(bytes)}, and a page opens up to ${megabytes(mostBytes)}`,
      "use the command line: layerc report",
    );
  try {
    return { name, files: await Promise.all(found.map(async ([path, file]) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) }))) }; // biome-ignore format: one line
  } catch (error) {
    return unread(name, error);
  }
}

async function walk(entry: FileSystemEntry, folder: string, found: Found): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((settle, reject) => (entry as FileSystemFileEntry).file(settle, reject));
    found.push([folder + entry.name, file]);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives a hundred entries at a time, and none in the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((settle, reject) => reader.readEntries(settle, reject));
    if (some.length === 0) return;
    for (const one of some) {
      if (found.length > mostFiles) return;
      await walk(one, `${folder}${entry.name}/`, found);
    }
  }
}
