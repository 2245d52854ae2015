// What a module shows, as an object.
import { type Code, js, type Name, record } from "../../code.ts";

/** By name, so that the text does not depend on the order of doors. */
export const sorted = (names: readonly Name[]): readonly Name[] => [...names].sort((a, b) => (a.text < b.text ? -1 : 1));

/** `{ predict: predict, … }`. */
export const byName = (names: readonly Name[]): Code => record(names.map((id) => [id.text, js`${id}`]));
