import fc from 'fast-check';
import type {
  Comparison,
  ConditionTest,
  Expression,
  Path,
  PathStep,
  ResourceAtom,
  Selector,
} from '../../../src/core/expressions/syntax-tree.ts';
import { looksLikeCondition, numberIn, wellKnownSpelling } from '../../../src/core/expressions/words.ts';

/** Expressions that a text can stand for, for properties. */
const statuses = fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const);
const types = fc
  .oneof(
    fc.constantFrom('Applied', 'Available', 'Deleted', 'Progressing', 'A', 'Oracle', 'Notice'),
    fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,6}$/),
  )
  .filter((type) => !/^(and|or|not|any|all|create|delete|condition|jsonpath)$/i.test(type))
  .map((type) => wellKnownSpelling(type));

const names = fc.oneof(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,6}$/), fc.constantFrom('system:node', 'x y', '"', 'é'));

function definedOnly<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

const selectors: fc.Arbitrary<Selector> = fc
  .record({
    resourceKind: types,
    group: fc.option(fc.constantFrom('apps', 'example.com', 'batch'), { nil: undefined }),
    namespace: fc.option(fc.oneof(names, fc.constant('')), { nil: undefined }),
    name: fc.option(names, { nil: undefined }),
  })
  // An empty namespace only means something with a name: Kind//name.
  .map(
    (selector) =>
      definedOnly(
        selector.namespace === '' && selector.name === undefined ? { ...selector, namespace: undefined } : selector,
      ) as Selector,
  );

const conditionTests: fc.Arbitrary<ConditionTest> = fc.record({
  kind: fc.constant('condition' as const),
  type: fc.oneof(types, fc.constant('example.com/Ready')),
  status: statuses,
  negated: fc.boolean(),
});

const steps: fc.Arbitrary<PathStep> = fc.oneof(
  fc.constantFrom('status', 'conditions', '$x', 'a-b', 'Complete'),
  fc.string({ maxLength: 5 }),
  fc.nat({ max: 999 }),
  fc.record({ key: fc.constantFrom('type', 'Name'), equals: fc.string({ maxLength: 5 }) }),
);

const paths: fc.Arbitrary<Path> = fc
  .tuple(
    fc.oneof(fc.constantFrom('status', 'ReadyReplicas', 'Complete', 'a.b'), fc.string({ maxLength: 5 })),
    fc.array(steps, { maxLength: 3 }),
  )
  .map(([first, rest]) => [first, ...rest]);

const values = fc.oneof(
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.constantFrom('True', 'and', '3', '-', '1e5', 'a&&b', 'https://x?y=z'),
  fc.boolean(),
  fc.oneof(fc.integer(), fc.double({ noNaN: true })).filter((value) => Object.is(numberIn(String(value)), value)),
);

const comparisons: fc.Arbitrary<Comparison> = fc.record({
  kind: fc.constant('comparison' as const),
  path: paths,
  operator: fc.constantFrom('==', '!=', '>=', '<=', '>', '<'),
  value: values,
});

export const resourceAtoms: fc.Arbitrary<ResourceAtom> = fc.record({
  kind: fc.constant('resource' as const),
  quantifier: fc.constantFrom('all', 'any'),
  selector: selectors,
  test: fc.oneof(
    conditionTests,
    comparisons,
    // Without `=…`, any plain word is the name of a condition.
    fc
      .constantFrom('ready', 'my-cond')
      .map((type) => ({ kind: 'condition' as const, type, status: 'True' as const, negated: false })),
  ),
});

const atoms: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    kind: fc.constant('work-condition' as const),
    type: types.filter((type) => looksLikeCondition(type)),
    status: statuses,
  }),
  fc.record({
    kind: fc.constant('work-condition' as const),
    type: fc.oneof(types, fc.constantFrom('example.com/Synced', 'create', 'or')),
    status: statuses,
    quoted: fc.constant(true as const),
  }),
  resourceAtoms,
);

/** Any combination of such atoms. */
export function expressionsOf(leaf: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ kind: fc.constant('not' as const), operand: tie('tree') }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).tree;
}

export const expressions: fc.Arbitrary<Expression> = expressionsOf(atoms);
