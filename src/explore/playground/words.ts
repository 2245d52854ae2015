// The words of the list as the editor has them: a file that the build of the playground makes (scripts/playground/words.ts). In: nothing. Out: its
// types, and where each key of a config leads to.

/** Key → its type as TypeScript writes it, and its sentence with the default. */
export type Keys = Readonly<Record<string, readonly [type: string, says: string]>>;

/** What is called with keys. */
export interface Item {
  readonly says: string;
  readonly keys: Keys;
}

/** Names by kind (loss, optimizer, …), with the keys of each. */
export type Specs = Readonly<Record<string, { readonly isWord: boolean; readonly names: Readonly<Record<string, Keys>> }>>;

/** All that completion and hover know. */
export interface Words {
  readonly factories: Readonly<Record<string, Item>>;
  readonly training: Keys;
  readonly specs: Specs;
  readonly activations: readonly string[];
}

const plural: Readonly<Record<string, string>> = { metrics: "metric", weightedMetrics: "metric", learningRate: "schedule" };

/** Which kind of spec a key holds; undefined: none. */
export function specOf(key: string, specs: Specs): string | undefined {
  const found = plural[key] ?? Object.keys(specs).find((kind) => key.toLowerCase().endsWith(kind));
  return found !== undefined && Object.hasOwn(specs, found) ? found : undefined;
}

/** The texts that a key may have: `"same"`, `"relu"`, a loss. */
export function valuesOf(key: string, type: string, { specs, activations }: Words): readonly string[] {
  if (/activation$/i.test(key)) return activations;
  const kind = specOf(key, specs);
  if (kind !== undefined) return specs[kind].isWord ? Object.keys(specs[kind].names) : [];
  return [...type.matchAll(/"([^"]*)"|\b(true|false)\b|\b(boolean)\b/g)].flatMap(([, text, literal, isBoolean]) =>
    isBoolean === undefined ? [text ?? literal] : ["true", "false"],
  );
}

/** The same as JSON in which every sentence stands once: a number is a place in the list of texts. */
export interface PackedWords {
  readonly texts: readonly string[];
  readonly words: unknown;
}

type Pair = readonly [string, string];
const isPair = (value: unknown): value is Pair => Array.isArray(value) && value.length === 2 && typeof value[0] === "string";

/** Words as a file has them. Lists of keys that are equal (aliases) stand once, too. */
export function packed(words: Words): PackedWords {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const place = places.get(text) ?? texts.push(text) - 1;
    places.set(text, place);
    return place;
  };
  const pack = (value: unknown): unknown => {
    if (isPair(value)) return placeOf(`${value[0]}\n${value[1]}`);
    if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]));
  };
  const specs = Object.entries(words.specs).map(([kind, { isWord, names }]) => {
    const groups = new Map<string, string[]>();
    for (const [name, keys] of Object.entries(names)) {
      const id = JSON.stringify(pack(keys));
      groups.set(id, [...(groups.get(id) ?? []), name]);
    }
    return [kind, { isWord, groups: [...groups].map(([keys, all]) => [all, JSON.parse(keys)]) }] as const;
  });
  return { words: { ...(pack({ ...words, specs: undefined }) as object), specs: Object.fromEntries(specs) }, texts };
}

/** The way back. */
export function unpacked({ texts, words }: PackedWords): Words {
  const unpack = (value: unknown): unknown => {
    if (typeof value === "number") return texts[value].split("\n");
    if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unpack(one)]));
  };
  const { specs, ...rest } = words as Omit<Words, "specs"> & {
    readonly specs: Record<
      string,
      { readonly isWord: boolean; readonly groups: readonly (readonly [readonly string[], unknown])[] }
    >;
  };
  const opened = Object.entries(specs).map(([kind, { isWord, groups }]) => [
    kind,
    { isWord, names: Object.fromEntries(groups.flatMap(([names, keys]) => names.map((name) => [name, unpack(keys)]))) },
  ]);
  return { ...(unpack(rest) as Omit<Words, "specs">), specs: Object.fromEntries(opened) };
}
