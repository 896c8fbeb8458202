import { describe, expect, it } from 'vitest';
import { formatExpression } from '../../../src/core/expressions/format.ts';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { mentionsCondition } from '../../../src/core/expressions/syntax-tree.ts';
import type { Expression, ResourceAtom, Selector, Test } from '../../../src/core/expressions/syntax-tree.ts';
import { MaestroError } from '../../../src/errors.ts';

const work = (type: string, status: 'True' | 'False' | 'Unknown' = 'True', quoted?: true): Expression => ({
  kind: 'work-condition',
  type,
  status,
  ...(quoted === undefined ? {} : { quoted }),
});
const and = (...operands: readonly Expression[]): Expression => ({ kind: 'and', operands });
const or = (...operands: readonly Expression[]): Expression => ({ kind: 'or', operands });
const not = (operand: Expression): Expression => ({ kind: 'not', operand });
const [a, b, c] = [work('A'), work('B'), work('C')];

const resource = (selector: Selector, test: Test, quantifier: 'all' | 'any' = 'all'): ResourceAtom => ({
  kind: 'resource',
  quantifier,
  selector,
  test,
});
const shows = (type: string, status: 'True' | 'False' | 'Unknown' = 'True', negated = false): Test => ({
  kind: 'condition',
  type,
  status,
  negated,
});

describe('parseExpression', () => {
  it.each<[string, Expression]>([
    ['Available', work('Available')],
    ['  Available  ', work('Available')],
    ['available', work('Available')],
    ['DELETED', work('Deleted')],
    ['Applied=False', work('Applied', 'False')],
    ['Applied == unknown', work('Applied', 'Unknown')],
    ['A AND B OR C', or(and(a, b), c)],
    ['A OR B AND C', or(a, and(b, c))],
    ['A or b and C', or(a, and(work('b'), c))],
    ['A || B && !C', or(a, and(b, not(c)))],
    ['NOT A AND B', and(not(a), b)],
    ['not (A and B)', not(and(a, b))],
    ['!!A', not(not(a))],
    ['NOT NOT A', not(not(a))],
    ['A&&B||C', or(and(a, b), c)],
    ['NOT(A)OR(B)', or(not(a), b)],
    ['(A) AND (B OR C)', and(a, or(b, c))],
    ['A AND B AND C', and(a, b, c)],
    ['A AND (B AND C)', and(a, and(b, c))],
    ['((A))', a],
    ['ANDX', work('ANDX')],
    ['Anything AND Allowed', and(work('Anything'), work('Allowed'))],
    ['condition=Created AND condition=Recreate', and(work('Created'), work('Recreate'))],
    ['"Synced" = False', work('Synced', 'False', true)],
    ['Nothing OR Orphan', or(work('Nothing'), work('Orphan'))],
    ['A\n AND\tB', and(a, b)],
    ['Deleted OR condition=available', or(work('Deleted'), work('Available'))],
    ['condition=Ready=false', work('Ready', 'False')],
    ['Condition = Available == True', work('Available')],
    ['condition', work('condition')],
    [
      'create:True=1',
      {
        kind: 'resource',
        quantifier: 'all',
        selector: { resourceKind: 'create' },
        test: { kind: 'comparison', path: ['True'], operator: '==', value: 1 },
      },
    ],
    ['"Synced"', work('Synced', 'True', true)],
    ["NOT 'example.com/Synced'=Unknown", not(work('example.com/Synced', 'Unknown', true))],
  ])('%s', (text, expression) => {
    expect(parseExpression(text)).toEqual(expression);
  });

  const job: Selector = { resourceKind: 'Job' };
  const web: Selector = { resourceKind: 'Deployment', namespace: 'np', name: 'web' };
  it.each<[string, Expression]>([
    ['Job:Complete', resource(job, shows('Complete'))],
    ['Job:Complete OR Job:Failed', or(resource(job, shows('Complete')), resource(job, shows('Failed')))],
    ['Job : Complete', resource(job, shows('Complete'))],
    ['Job/:Complete', resource(job, shows('Complete'))],
    ['Job/init:Complete', resource({ ...job, name: 'init' }, shows('Complete'))],
    ['Job/np/init:Complete=True', resource({ ...job, namespace: 'np', name: 'init' }, shows('Complete'))],
    ['Job/np/:Complete=False', resource({ ...job, namespace: 'np' }, shows('Complete', 'False'))],
    ['Job//init:Complete', resource({ ...job, namespace: '', name: 'init' }, shows('Complete'))],
    ['Deployment.apps/np/web:Available', resource({ ...web, group: 'apps' }, shows('Available'))],
    ['Widget.example.com:ready', resource({ resourceKind: 'Widget', group: 'example.com' }, shows('ready'))],
    [
      'ClusterRole/"system:node":Applied',
      resource({ resourceKind: 'ClusterRole', name: 'system:node' }, shows('Applied')),
    ],
    ['Job:Complete!=True', resource(job, shows('Complete', 'True', true))],
    ['Job:Complete==false', resource(job, shows('Complete', 'False'))],
    ['Job:applied=True', resource(job, shows('Applied'))],
    ['Job:example.com/Ready=Unknown', resource(job, shows('example.com/Ready', 'Unknown'))],
    ['any Job:Complete', resource(job, shows('Complete'), 'any')],
    ['ALL Job:Complete', resource(job, shows('Complete'))],
    ['any(Job:JobComplete)', resource(job, shows('JobComplete'), 'any')],
    ['all ( Job:JobComplete )', resource(job, shows('JobComplete'))],
    ['not any(Job:Failed) and A', and(not(resource(job, shows('Failed'), 'any')), a)],
  ])('%s', (text, expression) => {
    expect(parseExpression(text)).toEqual(expression);
  });

  it.each<[string, Test & { kind: 'comparison' }]>([
    ['succeeded>=1', { kind: 'comparison', path: ['succeeded'], operator: '>=', value: 1 }],
    ['ReadyReplicas>=2', { kind: 'comparison', path: ['ReadyReplicas'], operator: '>=', value: 2 }],
    ['ReadyReplicas=2', { kind: 'comparison', path: ['ReadyReplicas'], operator: '==', value: 2 }],
    ['status.readyReplicas >= 3', { kind: 'comparison', path: ['status', 'readyReplicas'], operator: '>=', value: 3 }],
    [
      'status.conditions[0].reason=Done',
      { kind: 'comparison', path: ['status', 'conditions', 0, 'reason'], operator: '==', value: 'Done' },
    ],
    [
      'status.conditions[?(@.type=="Ready")].status==True',
      {
        kind: 'comparison',
        path: ['status', 'conditions', { key: 'type', equals: 'Ready' }, 'status'],
        operator: '==',
        value: true,
      },
    ],
    ['["my.value"]["x y"]!=-1.5', { kind: 'comparison', path: ['my.value', 'x y'], operator: '!=', value: -1.5 }],
    ['succeeded=true', { kind: 'comparison', path: ['succeeded'], operator: '==', value: true }],
    ['Complete="True"', { kind: 'comparison', path: ['Complete'], operator: '==', value: 'True' }],
    ['phase != "two words"', { kind: 'comparison', path: ['phase'], operator: '!=', value: 'two words' }],
    ["phase='it\\'s'", { kind: 'comparison', path: ['phase'], operator: '==', value: "it's" }],
    ['phase="\\u0041\\n\\\\"', { kind: 'comparison', path: ['phase'], operator: '==', value: 'A\n\\' }],
    [
      'url=https://x.y:8443/a?b=c',
      { kind: 'comparison', path: ['url'], operator: '==', value: 'https://x.y:8443/a?b=c' },
    ],
    [
      'account=12345678901234567890',
      { kind: 'comparison', path: ['account'], operator: '==', value: '12345678901234567890' },
    ],
    ['n=1.25', { kind: 'comparison', path: ['n'], operator: '==', value: 1.25 }],
    ['x=untrue', { kind: 'comparison', path: ['x'], operator: '==', value: 'untrue' }],
    ['x=trueish', { kind: 'comparison', path: ['x'], operator: '==', value: 'trueish' }],
    ['x=unfalse', { kind: 'comparison', path: ['x'], operator: '==', value: 'unfalse' }],
    ['x=falsely', { kind: 'comparison', path: ['x'], operator: '==', value: 'falsely' }],
    ['Complete<=True', { kind: 'comparison', path: ['Complete'], operator: '<=', value: true }],
    ['Complete>=True', { kind: 'comparison', path: ['Complete'], operator: '>=', value: true }],
    ['phase="\\/\\b\\f\\r\\t"', { kind: 'comparison', path: ['phase'], operator: '==', value: '/\b\f\r\t' }],
    [
      'list[? ( @ . type == "x" ) ] = 1',
      { kind: 'comparison', path: ['list', { key: 'type', equals: 'x' }], operator: '==', value: 1 },
    ],
    ['n<1e3', { kind: 'comparison', path: ['n'], operator: '<', value: 1000 }],
    ['n=-0', { kind: 'comparison', path: ['n'], operator: '==', value: 0 }],
    ['n=1e999', { kind: 'comparison', path: ['n'], operator: '==', value: '1e999' }],
  ])('Job:%s', (text, test) => {
    expect((parseExpression(`Job:${text}`) as ResourceAtom).test).toEqual(test);
    expect(parseExpression(`(Job:${text})`)).toEqual(parseExpression(`Job:${text}`));
  });

  it('bounds length and nesting, and takes what is within', () => {
    expect(parseExpression(`${'('.repeat(64)}A${')'.repeat(64)}`)).toEqual(a);
    expect(failure(`${'('.repeat(65)}A${')'.repeat(65)}`).message).toContain('more than 64 levels of nesting');
    expect(failure(`${'!'.repeat(65)}A`).message).toContain('more than 64 levels of nesting');
    const long = Array.from({ length: 1024 }, () => 'A').join('||');
    expect(parseExpression(long)).toEqual(or(...Array.from({ length: 1024 }, () => a)));
    expect(parseExpression('A'.repeat(4096))).toEqual(work('A'.repeat(4096)));
    const tooLong = failure('A'.repeat(4097)).message.split('\n');
    expect(tooLong[0]).toContain('4097 characters, 4096 are allowed');
    expect(tooLong[1]).toBe(`  ${'A'.repeat(60)}…`);
  });

  it('tells which conditions are mentioned', () => {
    expect(mentionsCondition(parseExpression('A OR NOT (deleted AND Job:Complete)'), 'Deleted')).toBe(true);
    expect(mentionsCondition(parseExpression('A OR Job:Deleted'), 'Deleted')).toBe(false);
  });
});

describe('a syntax error', () => {
  const table: readonly [string, number, string][] = [
    ['', 0, 'it is empty'],
    ['   ', 0, 'it is empty'],
    ['Applied AND', 11, 'expected a condition'],
    ['AND', 0, 'expected a condition'],
    ['Applied AND OR Available', 12, 'expected a condition'],
    ['NOT', 3, 'expected a condition'],
    ['()', 1, 'expected a condition'],
    ['(A', 0, 'not closed'],
    ['A AND (B OR (C)', 6, 'not closed'],
    ['A)', 1, 'closes nothing'],
    ['(A B)', 3, 'expected AND, OR or )'],
    ['A B', 2, 'expected AND, OR or the end'],
    ['A & B', 2, 'expected &&'],
    ['A | B', 2, 'expected ||'],
    ['A=', 2, 'expected True, False or Unknown'],
    ['Applied=Yes', 8, 'expected True, False or Unknown'],
    ['Applied!=True', 7, 'write NOT Applied'],
    ['Applied>=2', 7, 'a comparison needs a resource'],
    ['Deployment.apps', 10, 'letters and digits only'],
    ['Job/', 4, 'expected : and a test'],
    ['Job/np/init', 11, 'expected : and a test'],
    ['Job/np/init/x:A', 11, 'a selector is Kind.group/namespace/name at most'],
    ['Job.:A', 4, 'expected an API group'],
    ['A OR Job.:A', 9, 'expected an API group'],
    ['Job:', 4, 'expected a condition or the name of a feedback value'],
    ['Job:3', 4, 'expected a condition or the name of a feedback value'],
    ['Job:succeeded>=', 15, 'expected a value'],
    ['Job:succeeded=>1', 14, 'expected a value'],
    ['Job:succeeded===1', 15, 'expected a value'],
    ['Job:phase=AND', 10, 'quote "AND"'],
    ['Job:phase=two words', 14, 'a value with spaces or signs needs quotes'],
    ['Job:phase="two', 10, 'no closing quote'],
    ['Job:phase="a\\q"', 12, 'not an escape'],
    ['Job:phase="a\\q0041"', 12, 'not an escape'],
    ['Job:phase="\\u00g0"', 11, 'not an escape'],
    ['Job:status.succeeded', 20, 'expected a comparison'],
    ['Job:["succeeded"]', 17, 'expected a comparison after the path'],
    ['Job:status.=1', 11, 'expected the next step'],
    ['Job:a[x]=1', 6, 'expected an index'],
    ['Job:a[0=1', 7, 'expected ]'],
    ['Job:a[0"x"]=1', 7, 'expected ]'],
    ['Job:a[?(@.=="x")]=1', 10, 'expected an index'],
    ['Job:a[?(@.type!="x")]=1', 14, 'expected an index'],
    ['Job:a[?(@.n==1)]=1', 13, 'other filters are not supported'],
    ['Job:[0]=1', 4, 'expected the name of a feedback value'],
    ['Job:example.com/Ready=5', 22, 'expected True, False or Unknown'],
    ['Job:example.com/Ready>5', 21, 'expected = or !='],
    ['any', 3, 'expected a resource after any'],
    ['any(A OR B)', 6, 'expected : and a test'],
    ['any(Job:A OR Job:B)', 10, 'any takes one resource test'],
    ['all( Job:A AND Job:B )', 11, 'all takes one resource test'],
    ['delete', 0, 'delete is no condition of a work'],
    ['all(Job:A', 3, 'not closed'],
    ['Applied ANDX Available', 8, 'expected AND, OR or the end'],
    ['名前', 0, 'expected a condition'],
    ['"a b"', 0, 'expected the name of a condition in the quotes'],
    ['"A"!=True', 3, 'write NOT "A"=…'],
    ['condition=Create', 10, 'expected a condition such as Available'],
    ['condition=', 10, 'expected a condition such as Available'],
    ['Applied AND create', 12, 'no condition for the existence'],
    ["jsonpath='{.status.phase}'=Running", 0, 'a jsonpath cannot be awaited'],
    ['Job:x="名" B', 10, 'expected AND, OR or the end'],
  ];

  it.each(table)('%j has its caret at %d: %s', (text, at, problem) => {
    const error = failure(text);
    expect(error).toMatchObject({ code: 'usage', reason: 'InvalidExpression', exitCode: 2 });
    const [first, line, caret, ...rest] = error.message.split('\n');
    expect(first).toContain(problem);
    expect(line).toBe(`  ${text}`);
    // A wide character takes two columns of a terminal.
    const wide = [...text.slice(0, at)].filter((character) => character > '\u2e80').length;
    expect(caret).toBe(`  ${' '.repeat(at + wide)}^`);
    expect(rest).toEqual([]);
  });

  it('keeps the expression on one line', () => {
    expect(failure('A\nAND\n').message.split('\n').slice(1)).toEqual(['  A AND ', '        ^']);
    expect(failure('A \u001b[31m').message).not.toContain('\u001b');
  });
});

describe('what kubectl wait takes and we do not is told with what to write', () => {
  it.each([
    ["jsonpath='{.status.phase}'=Running", 'the path .status.phase, named phase, and write Kind/name:phase=Running.'],
    ['jsonpath={.data.a}=1', 'the path .data.a, named a, and write Kind/name:a=1.'],
    [
      'jsonpath={.status.loadBalancer.ingress[0].ip}',
      'the path .status.loadBalancer.ingress[0].ip, named ip, and write Kind/name:ip>=0.',
    ],
    ["jsonpath '.status.phase' == 'Up'", 'the path .status.phase, named phase, and write Kind/name:phase=Up.'],
    ["jsonpath=.status.phase=it's", "the path .status.phase, named phase, and write Kind/name:phase=it's."],
    ["jsonpath={ .status.phase }=''", 'the path .status.phase, named phase, and write Kind/name:phase>=0.'],
    ['jsonpath={.items[*].n[0]}=2', 'the path .items[*].n[0], named n, and write Kind/name:n=2.'],
    ['jsonpath', 'the path .status.…, named NAME, and write Kind/name:NAME>=0.'],
    ['create', 'Write Applied'],
    ['Applied AND Delete', 'Write Deleted'],
    ['delete=True', 'Write Deleted'],
  ])('%s', (text, hint) => expect(failure(text).hint).toContain(hint));
});

describe('formatExpression', () => {
  it.each([
    ['A OR (B AND C)', 'A OR B AND C'],
    ['(A OR B) AND C', '(A OR B) AND C'],
    ['!(A && B)', 'NOT (A AND B)'],
    ['A OR (B OR C)', 'A OR (B OR C)'],
    ['any(Job/np/:Complete)', 'any Job/np/:Complete'],
    ['Job:Complete=True', 'Job:Complete'],
    ['Job:phase=Running', 'Job:phase==Running'],
    ['Job:phase="True"', 'Job:phase=="True"'],
    ['Job:["Complete"]=true', 'Job:["Complete"]==true'],
    ['Job:Complete.x=true', 'Job:Complete.x==true'],
    ["'Synced'=False", '"Synced"=False'],
    ['condition=available', 'Available'],
  ])('%s', (text, expected) => {
    expect(formatExpression(parseExpression(text))).toBe(expected);
  });
});

function failure(text: string): MaestroError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof MaestroError) return error;
    throw error;
  }
  throw new Error(`${text} was parsed`);
}
