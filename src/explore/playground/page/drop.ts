// What was dropped on the page. In: a drag's data. Out: files with their paths, folders walked. Guarantee: what cannot be read is left out, and a folder of
// thousands of files is cut off: a model has fewer.
import type { Dropped } from "../messages.ts";

const mostFiles = 500;

/** Every file, by its path from what was dropped. */
export async function filesOf(transfer: DataTransfer): Promise<Dropped[]> {
  // Both lists are emptied as soon as the event is over: they are read before anything is waited for.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const files = [...transfer.files];
  const found: Dropped[] = [];
  if (entries.length === 0) for (const file of files) await put(found, file.name, file);
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function put(found: Dropped[], name: string, file: File): Promise<void> {
  if (found.length < mostFiles) found.push({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
}

async function walk(entry: FileSystemEntry, folder: string, found: Dropped[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((settle, reject) => (entry as FileSystemFileEntry).file(settle, reject));
    return put(found, folder + entry.name, file);
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives a hundred entries at a time, and none in the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((settle, reject) => reader.readEntries(settle, reject));
    if (some.length === 0 || found.length >= mostFiles) return;
    for (const one of some) await walk(one, `${folder}${entry.name}/`, found);
  }
}
