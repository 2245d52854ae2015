// Names of blocks as names of functions, for engines that know `var` alone. In: a tree. Out: for each declaration whether it runs anew, and
// for each name that would meet another of its function a name of its own. Guarantee: every use means what it meant. A function that
// keeps the variable of a loop would see its last value: that is a bug of whoever wrote the text, and found.
import { internal } from "../../diagnostics/error.ts";
import { declaredIn, inner, isFunction, opensScope, type Tree } from "../tree.ts";

/** What is known of a `const` or `let`. */
export interface Declaration {
  /** It stands in a block, whose turns share what a `var` holds. */
  readonly again: boolean;
}

interface Scope {
  readonly node: Tree;
  readonly parent?: Scope;
  /** The function, or the program, that it stands in. */
  readonly home: Scope;
  readonly inLoop: boolean;
  readonly bindings: Map<string, Binding>;
  /** Of a home: names that it, or what is in it, takes from around it. */
  readonly outer: Set<string>;
}
interface Binding {
  readonly name: string;
  readonly scope: Scope;
  /** Its declaration and uses, by where they start. */
  readonly places: number[];
  /** Declared by const or let in a block. */
  inBlock: boolean;
  /** Used by a function within its home, and whether one of those outlives the turn it is made in. */
  captured: boolean;
  kept: boolean;
}

/** Where text changes: the start of a name, and what it is called there. */
export type Renamed = readonly (readonly [at: number, from: string, to: string])[];

const loops: ReadonlySet<Tree["type"]> = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

/** What `var` needs to know. */
export function variables(program: Tree): { readonly again: ReadonlySet<Tree>; readonly renamed: Renamed } {
  const again = new Set<Tree>();
  const all: Binding[] = [];
  const words = new Set<string>();

  const open = (node: Tree, parent: Scope | undefined, inLoop: boolean): Scope => {
    const isHome = parent === undefined || isFunction(node);
    const bindings = new Map<string, Binding>();
    const scope: Scope = {
      node,
      ...(parent === undefined ? {} : { parent }),
      get home(): Scope {
        return isHome || parent === undefined ? scope : parent.home;
      },
      inLoop: !isHome && (parent.inLoop || inLoop || loops.has(node.type)),
      bindings,
      outer: new Set(),
    };
    for (const name of declaredIn(node)) {
      const binding = { name, scope, places: [], inBlock: false, captured: false, kept: false };
      bindings.set(name, binding);
      all.push(binding);
    }
    return scope;
  };

  const use = (node: Tree & { type: "Identifier" }, from: Scope, keeps: boolean): void => {
    words.add(node.name);
    let crossed = false;
    for (let scope: Scope | undefined = from; scope !== undefined; scope = scope.parent) {
      const found = scope.bindings.get(node.name);
      if (found !== undefined) {
        found.places.push(node.start);
        found.captured ||= crossed;
        found.kept ||= crossed && keeps;
        return;
      }
      if (scope.home === scope) {
        scope.outer.add(node.name);
        crossed = true;
      }
    }
  };

  /** `keeps`: a function around, within the loop, may be called after its turn. */
  const walk = (node: Tree, around: Scope | undefined, inLoop: boolean, keeps: boolean): void => {
    const scope = around === undefined || opensScope(node) ? open(node, around, inLoop) : around;
    if (node.type === "Identifier") use(node, scope, keeps);
    if (node.type === "FunctionDeclaration" && scope.parent !== undefined) {
      const { parent } = scope;
      if (parent.node.type !== "Program" && !isFunction(parent.parent?.node ?? node))
        internal("emitted text has a function in a block");
    }
    if (node.type === "VariableDeclaration" && node.kind !== "var") {
      const isTop =
        scope.node.type === "Program" || (scope.node.type === "BlockStatement" && isFunction(scope.parent?.node ?? node));
      const isCounter = scope.node.type === "ForInStatement" && scope.node.left === node;
      if (!isTop && !isCounter) again.add(node);
      for (const { id } of node.declarations) {
        const binding = id.type === "Identifier" ? scope.bindings.get(id.name) : undefined;
        if (binding !== undefined) binding.inBlock = !isTop;
      }
    }
    const turns = loops.has(node.type);
    for (const child of inner(node)) {
      const keepsChild = isFunction(child) && scope.inLoop ? keeps || !isCalledAtOnce(child, node) : keeps;
      walk(child, scope, turns || (inLoop && !isFunction(node)), keepsChild);
    }
  };
  walk(program, undefined, false, false);

  const kept = all.find(({ inBlock, kept, scope }) => inBlock && kept && scope.inLoop);
  if (kept !== undefined) internal(`emitted text keeps the variable ${kept.name} of a loop in a function`);
  return { again, renamed: [...groups(all)].flatMap((group) => rename(group, words)) };
}

/** Given to a method that calls it and forgets it, or called where it is written. */
const isCalledAtOnce = (node: Tree, parent: Tree): boolean =>
  parent.type === "CallExpression" &&
  (parent.callee === node ||
    (parent.callee.type === "MemberExpression" &&
      parent.callee.property.type === "Identifier" &&
      ["filter", "forEach", "map", "reduce", "replace"].includes(parent.callee.property.name)));

/** Names alike in one function. */
function groups(all: readonly Binding[]): Iterable<readonly Binding[]> {
  const homes = new Map<Scope, Map<string, Binding[]>>();
  for (const binding of all) {
    const { home } = binding.scope;
    const names = homes.get(home) ?? new Map<string, Binding[]>();
    homes.set(home, names);
    names.set(binding.name, [...(names.get(binding.name) ?? []), binding]);
  }
  return [...homes.values()].flatMap((names) => [...names.values()]);
}

/** Which of them need a name of their own: beside another, unless both are done before the other begins; or beside what lies around. */
function rename(group: readonly Binding[], words: Set<string>): Renamed {
  return group.flatMap((binding) => {
    if (!binding.inBlock) return [];
    const { name, scope, captured, places } = binding;
    const meets = group.some((other) => other !== binding && (captured || other.captured || contains(other.scope, scope)));
    if (!meets && !scope.home.outer.has(name)) return [];
    let text = name;
    for (let i = 1; words.has(text); i++) text = `${name}_${i}`;
    words.add(text);
    return places.map((at) => [at, name, text] as const);
  });
}

function contains(outer: Scope, scope: Scope): boolean {
  for (let one = scope.parent; one !== undefined; one = one.parent) if (one === outer) return true;
  return false;
}
