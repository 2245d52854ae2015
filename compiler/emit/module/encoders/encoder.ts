// Encoders as text. In: an encoder of a feed, and what its inputs are called. Out: tables that stand once in a module, and the expression
// that makes the numbers of all rows. Guarantee: a module declares only what its encoders use; words are quoted.
import type { Cross, Encoder, EncoderKind, Hash, Item, Lookup, Salt, Tokens, Unknown } from "../../../encode/define.ts";
import { wantedBy } from "../../../encode/encode.ts";
import { Code, commas, js, lines, literal, type Name, none, quote } from "../../code.ts";
import type { Helpers } from "../helpers.ts";
import { halves } from "./hash64.ts";

/** An input of an encoder in a module's text. */
export interface Source {
  /** Its items. */
  readonly id: Name;
  /** What errors call it. */
  readonly what: string;
  /** Items of a row. */
  readonly size: number;
  readonly isText: boolean;
}

/** What a module says of an encoder. */
export interface EncoderText {
  /** Stands once. */
  readonly table: Code;
  /** The numbers. */
  readonly numbers: Code;
}

interface Site {
  readonly helpers: Helpers;
  /** What names of its own begin with. */
  readonly hint: string;
  readonly sources: readonly Source[];
}

type Rule<E> = (encoder: E, site: Site) => EncoderText;

const text = (value: string): Code => new Code(quote(value));
const item = (value: Item): Code => (typeof value === "string" ? text(value) : literal(value));

/** `trunc(value)` of a number. */
const asWhole = ({ helpers, sources: [{ isText }] }: Site, value: string): Code =>
  isText ? new Code(value) : js`${helpers.trunc()}(${new Code(value)})`;

/** The hash of an item's bytes. */
function hashOf(site: Site, value: string, salt: Salt | undefined): Code {
  const { helpers, sources } = site;
  const bytes = js`${helpers.utf8()}(${sources[0].isText ? new Code(value) : js`"" + ${asWhole(site, value)}`})`;
  if (salt === undefined) return js`${helpers.fingerprint()}(${bytes})`;
  const [a, b] = salt.map((half) => halves(BigInt(half)));
  return js`${helpers.sipHash()}(${bytes}, ${a}, ${b})`;
}

const from = (first: number, value: Code): Code => (first === 0 ? value : js`${first} + ${value}`);

function unknownOf(unknown: Unknown, site: Site): Code {
  if (typeof unknown !== "object") return unknown === undefined ? js`undefined` : literal(unknown);
  const { first, bins, by, salt } = unknown;
  if (by === "hash") return from(first, js`${site.helpers.bucket()}(${hashOf(site, "item", salt)}, ${bins})`);
  return from(first, js`(${asWhole(site, "item")} % ${bins} + ${bins}) % ${bins}`);
}

/** The words of a list, as text. */
export const wordsText = (words: readonly string[]): Code => itemsText(words);

// Line ends part the words where none holds one: so a long vocabulary is one text, which engines read faster than a list.
function itemsText(vocabulary: readonly Item[]): Code {
  const words = vocabulary.filter((one) => typeof one === "string");
  if (words.length < 16 || words.length < vocabulary.length || words.some((word) => word.includes("\n")))
    return js`[${commas(vocabulary.map(item))}]`;
  return js`${text(words.join("\n"))}.split("\\n")`;
}

/** A table, and a function from items to numbers. */
function lookupParts(lookup: Lookup, site: Site): { readonly table: Code; readonly of: Code } {
  const { helpers, hint } = site;
  const table = helpers.names.unique(`${hint}_table`);
  const { vocabulary, first, mask, unknown } = lookup;
  const masked = mask === undefined ? none : js`${table}[${text(` ${mask.item}`)}] = ${mask.id};`;
  const found = js`${table}[" " + ${asWhole(site, "item")}]`;
  const other = unknownOf(unknown, site);
  const of =
    unknown === undefined
      ? js`(item) => ${found}`
      : js`(item) => {
  const id = ${found};
  return id === undefined ? ${other} : id;
}`;
  return { table: lines(js`const ${table} = ${helpers.tableOf()}(${itemsText(vocabulary)}, ${first});`, masked), of };
}

function items(encoder: Encoder, { helpers, sources: [{ id, what, size }] }: Site, of: Code): Code {
  return js`${helpers.encoded()}(${text(what)}, ${id}, ${size}, ${of}, ${text(wantedBy(encoder))})`;
}

const lookup: Rule<Lookup> = (encoder, site) => {
  const { table, of } = lookupParts(encoder, site);
  return { table, numbers: items(encoder, site, of) };
};

const hash: Rule<Hash> = (encoder, site) => {
  const { first, bins, mask, salt } = encoder;
  const hashed = from(first, js`${site.helpers.bucket()}(${hashOf(site, "item", salt)}, ${bins})`);
  const masked = mask === undefined ? none : js`item === ${item(mask)} ? 0 : `;
  return { table: none, numbers: items(encoder, site, js`(item) => ${masked}${hashed}`) };
};

const cross: Rule<Cross> = ({ bins }, { helpers, sources }) => {
  const part = ({ isText }: Source, id: string): Code =>
    isText
      ? js`${helpers.fingerprint()}(${helpers.utf8()}(${new Code(id)}))`
      : js`[${helpers.math("floor")}(${helpers.trunc()}(${new Code(id)}) / 4294967296) | 0, ${helpers.trunc()}(${new Code(id)}) | 0]`;
  const seed = halves(0xdecafcaffen);
  const join = helpers.join64();
  const [a, b] = [part(sources[0], "a"), part(sources[1], "b")];
  const of = js`(a, b) => ${helpers.bucket()}(${join}(${join}(${seed}, ${a}), ${b}), ${bins})`;
  return { table: none, numbers: js`${helpers.crossed()}(${sources[0].id}, ${sources[1].id}, ${of})` };
};

const splits = {
  whitespace: js`text.match(/[^ \\t-\\r]+/g) || []`,
  character: js`text.match(/[\\ud800-\\udbff][\\udc00-\\udfff]|[\\s\\S]/g) || []`,
};

const tokens: Rule<Tokens> = (encoder, site) => {
  const { lower, strip, split, ngrams, texts, gives, size } = encoder;
  const { helpers } = site;
  const [{ id }] = site.sources;
  const { table, of } = lookupParts(encoder.lookup, site);
  const cleaned = lines(
    lower ? js`text = text.replace(/[A-Z]+/g, (part) => part.toLowerCase());` : none,
    strip ? js`text = text.replace(/[!-\\/:-@[-\`{-~]+/g, "");` : none,
  );
  const each = (last: Code): Code => js`${id}.map((text) => {
  ${lines(cleaned, js`return ${last};`)}
})`;
  const words = split === null ? js`${helpers.linesOf()}(${each(js`text`)}, ${texts})` : each(splits[split]);
  const lists =
    ngrams === null ? words : js`${words}.map((words) => ${helpers.ngrams()}(words, [${commas(ngrams.map(literal))}]))`;
  const put = gives === "ids" ? helpers.idsOf() : helpers.countsOf();
  return { table, numbers: js`${put}(${lists}, ${size}, ${of})` };
};

const rules: { readonly [K in EncoderKind]: Rule<Extract<Encoder, { readonly kind: K }>> } = { lookup, hash, cross, tokens };

/** The text of an encoder. */
export const encoderText = (encoder: Encoder, site: Site): EncoderText => (rules[encoder.kind] as Rule<Encoder>)(encoder, site);
