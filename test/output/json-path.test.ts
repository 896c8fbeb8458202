import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { parseTemplate, renderTemplate } from '../../src/output/json-path/template.ts';

const value = {
  metadata: { name: 'w', labels: { 'app.kubernetes.io/name': 'web' } },
  items: [
    { name: 'a', n: 1, on: true, tags: ['x', 'y'] },
    { name: 'b', n: 20, on: false, tags: [] },
  ],
  big: 9007199254740993n,
  zero: 0,
  nothing: null,
};

describe('renderTemplate', () => {
  it.each([
    ['{.metadata.name}', 'w'],
    ['.metadata.name', 'w'],
    ['{$.metadata.name}', 'w'],
    ['name={.metadata.name}!', 'name=w!'],
    ['{.items[*].name}', 'a b'],
    ['{.items[0].name}', 'a'],
    ['{.items[-1].name}', 'b'],
    ['{.items[-1:].name}', 'b'],
    ['{.items[0:1].name}', 'a'],
    ['{.items[0,1].n}', '1 20'],
    ["{.metadata['name']}", 'w'],
    ['{.metadata.labels.app\\.kubernetes\\.io/name}', 'web'],
    ["{.metadata.labels['app.kubernetes.io/name']}", 'web'],
    ['{.items[?(@.name=="b")].n}', '20'],
    ["{.items[?(@.name == 'b')].n}", '20'],
    ['{.items[?(@.n>1)].name}', 'b'],
    ['{.items[?(@.on==true)].name}', 'a'],
    ['{.items[?(@.name!="a")].name}', 'b'],
    ['{.items[?(@.nope)].name}', ''],
    ['{.items[?(@.n>"1")].name}', ''],
    ['{.items[?(@.name=="$.metadata")].n}', ''],
    ['{..name}', 'w a b'],
    ['{.items[0].tags}', '["x","y"]'],
    ['{.metadata.labels}', '{"app.kubernetes.io/name":"web"}'],
    ['{.big}', '9007199254740993'],
    ['{.zero}', '0'],
    ['{.nothing}', 'null'],
    ['{.nope.deeper}', ''],
    ['{.constructor}', ''],
    ['{range .items[*]}{.name}:{.n}{"\\n"}{end}', 'a:1\nb:20\n'],
    ['{range .items[*]}{.name}[{range .tags[*]}{@},{end}]{end}', 'a[x,y,]b[]'],
    ['{range .items[*]}{$.metadata.name}{end}', 'ww'],
    ['{"}"}{\'{\'}', '}{'],
  ])('%s', (template, expected) => {
    expect(renderTemplate(parseTemplate(template), value)).toBe(expected);
  });
});

describe('parseTemplate', () => {
  it.each([
    ['', 'needs a template'],
    ['{.a', 'not closed'],
    ['{}', 'empty'],
    ['{end}', 'no range'],
    ['{range .items[*]}', 'no {end}'],
    ['{.a[}', 'not closed'],
    ['{.a[?(1 +)]}', 'no condition of a filter'],
    ['{.items[(@.length-1)]}', 'no index'],
    ['{"x}', 'not closed'],
    ['plain text', 'begins with'],
    ['{.items[::-1]}', 'backwards'],
  ])('refuses %s as a usage error with a caret', (template, problem) => {
    let caught: unknown;
    try {
      parseTemplate(template);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MaestroError);
    expect(caught).toMatchObject({ code: 'usage' });
    expect((caught as MaestroError).message).toContain(problem);
    if (template !== '') expect((caught as MaestroError).message).toMatch(/\n {2,}\^$/);
  });

  it('gives a template or a usage error for any text, and never runs what it reads', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '.',
      'a',
      '[',
      ']',
      '*',
      '?(@.x==1)',
      '"',
      "'",
      'range ',
      'end',
      '\\',
      '0',
      ':',
      '$',
      '@',
      ',',
      '(process.exit())',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          expect(typeof renderTemplate(parseTemplate(pieces.join('')), value)).toBe('string');
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
