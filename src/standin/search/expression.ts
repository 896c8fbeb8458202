/** A column, or a place inside a JSON column. */
export interface Field {
  /** Lower case, without the table. */
  readonly column: string;
  /** Keys of `->` (and of the last `->>`); empty for the column itself. */
  readonly path: readonly string[];
  /** True when the last step was `->>`: the value as text. */
  readonly asText: boolean;
}

export type Literal = string | number;

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A search, whichever of the server's two grammars it was written in. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'compare'; readonly field: Field; readonly operator: Comparison; readonly value: Literal }
  | {
      readonly kind: 'like';
      readonly field: Field;
      readonly pattern: Literal;
      readonly foldCase: boolean;
      readonly negated: boolean;
    }
  | { readonly kind: 'null'; readonly field: Field; readonly negated: boolean }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Literal[]; readonly negated: boolean }
  | {
      readonly kind: 'between';
      readonly field: Field;
      readonly low: Literal;
      readonly high: Literal;
      readonly negated: boolean;
    }
  | { readonly kind: 'contains'; readonly field: Field; readonly json: string };

/** The parts that must all hold: the members of the outermost chain of ANDs. */
export function conjuncts(expression: Expression | undefined): Expression[] {
  if (expression === undefined) return [];
  if (expression.kind !== 'and') return [expression];
  return [...conjuncts(expression.left), ...conjuncts(expression.right)];
}
