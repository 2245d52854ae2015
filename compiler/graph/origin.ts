// Where a node comes from: a layer, or what else a model names (its loss, its optimizer), and which part of it. In: the object or
// its text. Out: the other. Guarantee: `parseOrigin(showOrigin(o))` equals o, whatever its words hold; any text is the text of some
// origin, since words of a person's own are one without a layer. What rewrite rules did is no part of it: that stands in events.
//
//   origin = "∂ "? (word " " word " " string ("." word)? | anything else)          word = characters without blanks and quotes | string

/** A layer of a model, or a part of one. Two origins are of one layer where their paths are equal. */
export interface Origin {
  /** Where it stands in the model: `layers[1]`, `layers[1].forward_layer`, `training.loss`; empty where a person wrote free text. */
  readonly path: string;
  /** What it is: `dense`, `adam`. */
  readonly layer: string;
  /** What it is called: a layer's name, unique in the model. */
  readonly name: string;
  /** Which part of it: `kernel`, `gates`, `max`; a part of a part is `gates.max`. */
  readonly role?: string;
  /** It is of the gradient of that. */
  readonly gradient?: true;
}

/** The canonical text: `layers[1] dense "hidden"`, `layers[2] lstm "lstm".gates`, `∂ layers[1] dense "hidden".kernel`. */
export function showOrigin({ gradient, ...origin }: Origin): string {
  if (gradient) return `∂ ${isFree(origin) ? origin.name : showWords(origin)}`;
  return isFree(origin) && !origin.name.startsWith("∂ ") ? origin.name : showWords(origin);
}

/** The origin of a text. Text of another form is kept as the name of an origin without path and layer. */
export function parseOrigin(text: string): Origin {
  const gradient = text.startsWith("∂ ") ? ({ gradient: true } as const) : {};
  const rest = text.startsWith("∂ ") ? text.slice(2) : text;
  return { ...(parseWords(rest) ?? { path: "", layer: "", name: rest }), ...gradient };
}

/** A part of it; of a part that it already is, a part of that. */
export const withRole = (origin: Origin, role: string): Origin => ({
  ...origin,
  role: origin.role === undefined ? role : `${origin.role}.${role}`,
});

/** The whole layer, not a part of it; the gradient stays one. */
export function withoutRole({ role: _part, ...whole }: Origin): Origin {
  return whole;
}

/** Free text is printed as it is, unless it would be read as something else. */
const isFree = ({ path, layer, name, role }: Origin): boolean =>
  path === "" && layer === "" && role === undefined && parseWords(name) === undefined;

function showWords({ path, layer, name, role }: Origin): string {
  return `${showWord(path)} ${showWord(layer)} ${JSON.stringify(name)}${role === undefined ? "" : `.${showWord(role)}`}`;
}

const showWord = (word: string): string => (/^[^\s"∂][^\s"]*$/.test(word) ? word : JSON.stringify(word));

const form =
  /^([^\s"∂][^\s"]*|"(?:[^"\\]|\\.)*") ([^\s"∂][^\s"]*|"(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")(?:\.([^\s"∂][^\s"]*|"(?:[^"\\]|\\.)*"))?$/s;

function parseWords(text: string): Origin | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  try {
    const [path, layer, name, role] = found
      .slice(1)
      .map((word: string | undefined) => (word?.startsWith('"') ? JSON.parse(word) : word) as string);
    const origin = { path, layer, name, ...(role === undefined ? {} : { role }) };
    // One text for one origin: a word that needs no quotes has none.
    return showWords(origin) === text ? origin : undefined;
  } catch {
    return undefined;
  }
}
