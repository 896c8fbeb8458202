import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import { givesAway, isSecretPlace, secretValues } from '../../src/core/secret-texts.ts';
import type { JsonPath } from '../../src/core/yaml/json-path.ts';

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

describe('a place in a value', () => {
  const secret = {
    kind: 'Secret',
    metadata: { name: 's', annotations: { a: 'b' } },
    spec: { annotations: { a: 'b' } },
    data: { pw: 'x' },
  };
  const root: JsonValue = {
    items: [secret, { kind: 'ConfigMap', metadata: { annotations: { a: 'b' } }, data: { k: 'v' } }],
    kind: 'List',
  };

  it.each<JsonPath>([
    ['items', 0, 'data'],
    ['items', 0, 'data', 'pw'],
    ['items', 0, 'stringData', 'new'],
    ['items', 0, 'metadata', 'annotations', 'a'],
  ])('is secret at %s %s %s %s', (...path) => {
    expect(
      isSecretPlace(
        root,
        path.filter((step) => step !== undefined),
      ),
    ).toBe(true);
  });

  it.each<JsonPath>([
    [],
    ['items', 0],
    ['items', 0, 'kind'],
    ['items', 0, 'metadata', 'name'],
    ['items', 0, 'metadata', 'labels', 'annotations'],
    ['items', 0, 'annotations', 'a'],
    ['items', 0, 'spec', 'annotations', 'a'],
    ['annotations', 'a'],
    ['items', 1, 'data', 'k'],
    ['items', 1, 'metadata', 'annotations', 'a'],
    ['items', 7, 'data', 'k'],
    ['nothing', 'data', 'annotations'],
  ])('is not secret at %s %s %s %s', (...path) => {
    expect(
      isSecretPlace(
        root,
        path.filter((step) => step !== undefined),
      ),
    ).toBe(false);
  });
});

describe('the values of Secrets in a value', () => {
  it('are those of all of them, as written and decoded, without empty ones and what is not theirs', () => {
    const values = secretValues([
      { kind: 'Secret', data: { a: base64('hunter2'), b: '', c: null, list: ['one', { deep: 7 }], d: 5n, on: true } },
      { kind: 'List', items: [{ kind: 'Secret', stringData: { pw: 'not base64!' }, type: 'Opaque' }] },
      { kind: 'ConfigMap', data: { k: 'plain' } },
    ]);
    expect([...values]).toEqual([base64('hunter2'), 'hunter2', 'one', expect.any(String), '7', '5', 'not base64!']);
    expect([...secretValues(undefined)]).toEqual([]);
    // One letter of base64 is no byte yet, and a text with other characters in it is no base64.
    expect([...secretValues({ kind: 'Secret', data: { a: 'A', b: '!aHVudGVyMg==' } })]).toEqual(['A', '!aHVudGVyMg==']);
    expect([...secretValues('text')]).toEqual([]);
    expect([...secretValues({ kind: 'Secret', data: base64('whole') })]).toEqual([base64('whole'), 'whole']);
    expect([...secretValues({ kind: 'Secret', data: { folded: 'aHVu\ndGVyMg==' } })]).toContain('hunter2');
  });
});

describe('a text beside a Secret', () => {
  const away = (text: string, besideData = true, ...values: readonly string[]): boolean =>
    givesAway(text, { values: new Set(values), besideData });

  it.each([
    'data:',
    'a: 1\ndata: {}',
    '{"data":1}',
    "{'stringData' : 1}",
    String.raw`{\"data\":{}}`,
    String.raw`{\\\"stringData\\\" :{}}`,
    '{data:{}}',
    'x,data: y',
  ])('reads like the copy of one: %s', (text) => {
    expect(away(text)).toBe(true);
    // Beside other objects it has to say that it is of a Secret.
    expect(away(text, false)).toBe(false);
    for (const kind of ['kind: Secret', '"kind":"Secret"', "'kind' : 'Secret'", String.raw`\"kind\":\"Secret\"`])
      expect(away(`${text}\n${kind}`, false), kind).toBe(true);
    for (const kind of ['kind: SecretStore', 'kind: ConfigMap', 'Secret'])
      expect(away(`${text}\n${kind}`, false), kind).toBe(false);
  });

  it.each(['', 'metadata: 1', 'data', 'mydata: 1', 'my-stringData: 1', 'database: x', 'data is here: 1'])(
    'says nothing: %j',
    (text) => {
      expect(away(text)).toBe(false);
    },
  );

  it.each<[string, string]>([
    ['as it is', 'hunter2'],
    ['escaped as JSON has it', String.raw`\u0068unter\x32`],
    ['behind an escaped backslash', String.raw`\\hunter2`],
    ['percent-encoded', 'x%68%75nter2'],
    ['percent-encoded as UTF-8 beside what is none', '%FF %68unter2'],
    ['in base64', `x ${base64('pw=hunter2')}`],
    ['in base64 that needs no padding', `x: ${base64('a hunter2 bc')}`],
    ['in base64 of a text that begins as gzip does', base64('\u001fhunter2')],
    ['in base64 of a text that goes on as gzip does', base64('\u02cbhunter2')],
    ['in base64 in lines that need no padding', base64('a hunter2 bc').replace(/.{4}/g, '$&\n')],
    ['in base64 in lines with two signs of padding', base64('hunter2 bc').replace(/.{4}/g, '$&\n')],
    ['in base64 for URLs', base64('\u00fb\u00ff\u00fe hunter2').replaceAll('+', '-').replaceAll('/', '_')],
    ['in base64 of four letters a line', `${base64('a hunter2 b').replace(/.{4}/g, '$&\n')}\n`],
    ['in gzip in base64', base64(gzipSync('hunter2'))],
    ['in base64 four times over', base64(base64(base64(base64('hunter2'))))],
  ])('holds a value %s', (_how, text) => {
    expect(away(text, false, 'hunter2')).toBe(true);
    expect(away(text, false, 'hunter3')).toBe(false);
  });

  it.each([
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['b', '\b'],
    ['f', '\f'],
    ['"', '"'],
    ['\\', '\\'],
    ['/', '/'],
  ])('holds a value with \\%s in it that is escaped', (letter, character) => {
    expect(away(`a\\${letter}b`, false, `a${character}b`)).toBe(true);
  });

  it('is not looked through without end', () => {
    const wrapped = (times: number): string => (times === 0 ? 'hunter2' : base64(wrapped(times - 1)));
    expect(away(wrapped(5), false, 'hunter2')).toBe(false);
  });

  it('counts as a copy when it unpacks to more than anybody reads, and as nothing when it is no gzip', () => {
    expect(away(base64(gzipSync('x'.repeat(4 * 1024 * 1024 + 1))), false)).toBe(true);
    expect(away(base64(gzipSync('x'.repeat(1024))), false)).toBe(false);
    const broken = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('hunter2')]);
    expect(away(base64(broken), false, 'hunter2')).toBe(false);
  });
});
