// Names that nothing has yet. In: what is wanted, and what is taken. Out: the first name that is free, in an order that depends on nothing
// else. Names of a file are its author's to choose, so that whatever is added to them has to look.

/** `wanted`, else wanted_1, wanted_2, … */
export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let k = 1; isTaken(name); k++) name = `${wanted}_${k}`;
  return name;
}

/** A function that gives stem0, stem1, …, but for those that are taken. */
export function freshNames(stem: string, taken: ReadonlySet<unknown>): () => string {
  let k = 0;
  return () => {
    while (taken.has(`${stem}${k}`)) k++;
    return `${stem}${k++}`;
  };
}
