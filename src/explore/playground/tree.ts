// A list as a tree. In: nothing. Out: types. Guarantee: every node has its stretch of the text; what is JavaScript and no data is a node, too, with what people
// call it, so that it is refused where it stands.

/** Letters `start` up to and without `end`. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** What is not read on, such as a function. */
export type Unknown = Place & { readonly type: "Unknown"; readonly says: string; readonly hint?: string };
export type Spread = Place & { readonly type: "Spread"; readonly of: Expression };
export type Given = Expression | Spread;

export type Literal = Place & { readonly type: "Literal"; readonly value: string | number | boolean | null };
export type Template = Place & {
  readonly type: "Template";
  /** One more than parts. */
  readonly texts: readonly string[];
  readonly parts: readonly Expression[];
};
export type NameNode = Place & { readonly type: "Name"; readonly name: string };
/** Undefined is a hole. */
export type ListNode = Place & { readonly type: "List"; readonly elements: readonly (Given | undefined)[] };
export type Property = Place & { readonly type: "Property"; readonly key: Expression; readonly value: Expression };
export type ObjectNode = Place & { readonly type: "Object"; readonly properties: readonly (Property | Spread | Unknown)[] };
/** Of one side, the sign has `_` behind it. */
export type Operator = Place & { readonly type: "Operator"; readonly sign: string; readonly sides: readonly Expression[] };
export type Logical = Place & {
  readonly type: "Logical";
  readonly sign: "&&" | "||" | "??";
  readonly left: Expression;
  readonly right: Expression;
};
export type Choice = Place & {
  readonly type: "Choice";
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
};
/** `a.b` has the literal "b" as its key. */
export type Member = Place & { readonly type: "Member"; readonly object: Expression; readonly key: Expression };
export type Call = Place & { readonly type: "Call"; readonly callee: Expression; readonly given: readonly Given[] };
export type Expression =
  | Literal
  | Template
  | NameNode
  | ListNode
  | ObjectNode
  | Operator
  | Logical
  | Choice
  | Member
  | Call
  | Unknown;

/** What `import` binds: a name of the module, "default", or all of it. */
export type Imported = Place & { readonly imported: string; readonly local: string; readonly isAll: boolean };
export type Import = Place & { readonly type: "Import"; readonly from: Literal; readonly names: readonly Imported[] };
export type Constant = Place & {
  readonly type: "Constant";
  readonly kind: string;
  readonly names: readonly { readonly id: NameNode | Unknown; readonly value: Expression | undefined }[];
};
export type Export = Place & { readonly type: "Export"; readonly value: Expression };
export type Statement = Import | Constant | Export | Unknown;
