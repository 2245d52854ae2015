// What can be pointed at, and what lights up with what. In: things by kind and name, links between two of them. Out: the list of a report.
// Guarantee: a link holds both ways; a thing's place is the order in which it was met, so that the same model gives the same list.
import type { Goal } from "../../../compiler/compile.ts";
import type { Thing, ThingId } from "../report.ts";

/** The things of a report, as they are met. */
export class Things {
  readonly #ids = new Map<string, ThingId>();
  readonly #list: Omit<Thing, "lights">[] = [];
  readonly #lights: Set<ThingId>[] = [];

  /** A thing by its name, which is met for the first time or again. `goal`: of which entry; absent: of the model. */
  add(kind: Thing["kind"], name: string, says: string, goal?: Goal): ThingId {
    const key = keyOf(kind, name, goal);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#list.length;
    this.#ids.set(key, id);
    this.#list.push({ kind, name, says, ...(goal === undefined ? {} : { goal }) });
    this.#lights.push(new Set());
    return id;
  }

  /** A thing that several may be called like: a rule fires more than once. */
  addAnother(kind: Thing["kind"], name: string, says: string, goal: Goal): ThingId {
    this.#ids.delete(keyOf(kind, name, goal));
    return this.add(kind, name, says, goal);
  }

  find(kind: Thing["kind"], name: string, goal?: Goal): ThingId | undefined {
    return this.#ids.get(keyOf(kind, name, goal));
  }

  /** Each lights up with the other. */
  link(one: ThingId | undefined, other: ThingId | undefined): void {
    if (one === undefined || other === undefined || one === other) return;
    this.#lights[one].add(other);
    this.#lights[other].add(one);
  }

  list(): readonly Thing[] {
    return this.#list.map((thing, id) => ({ ...thing, lights: [...this.#lights[id]].sort((a, b) => a - b) }));
  }
}

const keyOf = (kind: Thing["kind"], name: string, goal: Goal | undefined): string => `${kind} ${goal ?? ""} ${name}`;
