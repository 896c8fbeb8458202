import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalities, matchesLabels, parseLabelSelector } from '../../src/core/label-selector.ts';
import { usageErrorOf } from './support.ts';

const labels = { app: 'web', env: 'prod', 'example.com/tier': 'db', empty: '' };

describe('a label selector', () => {
  it.each([
    { selector: 'app=web', matches: true },
    { selector: 'app==web', matches: true },
    { selector: 'app = web', matches: true },
    { selector: 'app=db', matches: false },
    { selector: 'none=', matches: false },
    { selector: 'empty=', matches: true },
    { selector: 'app!=web', matches: false },
    { selector: 'app!=db', matches: true },
    { selector: 'none!=x', matches: true },
    { selector: 'env in (prod,stage)', matches: true },
    { selector: 'env in ( stage )', matches: false },
    { selector: 'env notin (stage, test)', matches: true },
    { selector: 'none notin (x)', matches: true },
    { selector: 'env notin (prod)', matches: false },
    { selector: 'env  in(prod)', matches: true },
    { selector: ' app = web , env in (prod)', matches: true },
    { selector: '! none', matches: true },
    { selector: 'none in (x)', matches: false },
    { selector: 'app', matches: true },
    { selector: '!app', matches: false },
    { selector: '!none', matches: true },
    { selector: 'constructor', matches: false },
    { selector: 'example.com/tier=db', matches: true },
    { selector: 'app=web,env in (prod,stage),!none', matches: true },
    { selector: 'app=web,env in (stage,test),!none', matches: false },
  ])('$selector: $matches', ({ selector, matches }) => {
    expect(matchesLabels(parseLabelSelector(selector), labels)).toBe(matches);
  });

  it.each([
    '=x',
    'a b',
    'a=b c',
    'a in prod',
    'a in (b',
    'a=b,',
    ',',
    '!',
    'a=-',
    'Ü=x',
    'a/b/c=x',
    'x a in (b)',
    'a in (b) c',
    '!a=b',
    'a=b\nc',
    'a in (-)',
  ])('refuses %s', (selector) => {
    const error = usageErrorOf(() => parseLabelSelector(selector));
    expect(error.message).toContain(selector);
    expect(error.hint).toContain('app=web');
  });

  it('gives the server its equalities only', () => {
    expect(equalities(parseLabelSelector('a=1,b!=2,c in (3),d,!e,f==4'))).toEqual({ a: '1', f: '4' });
  });

  it('of equalities matches exactly the labels that have them all', () => {
    const key = fc.constantFrom('a', 'b', 'example.com/c');
    const value = fc.constantFrom('', 'x', 'y');
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.dictionary(key, value, { minKeys: 1 }), (given, wanted) => {
        const text = Object.entries(wanted)
          .map(([name, wish]) => `${name}=${wish}`)
          .join(',');
        expect(matchesLabels(parseLabelSelector(text), given)).toBe(
          Object.entries(wanted).every(([name, wish]) => given[name] === wish),
        );
      }),
    );
  });
});
