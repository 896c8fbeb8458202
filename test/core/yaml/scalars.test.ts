import { describe, expect, it } from 'vitest';
import { keyText, resolveScalar, ScalarError, type ScalarValue } from '../../../src/core/yaml/scalars.ts';

const plain = (text: string): ScalarValue => resolveScalar({ text, plain: true, tag: undefined });
const tagged = (tag: string, text: string): ScalarValue =>
  resolveScalar({ text, plain: false, tag: `tag:yaml.org,2002:${tag}` });
const split = (list: string): readonly string[] => list.split(' ');

describe('a plain scalar is to kubectl’s reader', () => {
  it.each(['', ...split('~ null Null NULL')])('null: %j', (text) => expect(plain(text)).toEqual({ type: 'null' }));

  it.each(split('y Y yes Yes YES true True TRUE on On ON'))('true: %s', (text) =>
    expect(plain(text)).toEqual({ type: 'bool', value: true }),
  );

  it.each(split('n N no No NO false False FALSE off Off OFF'))('false: %s', (text) =>
    expect(plain(text)).toEqual({ type: 'bool', value: false }),
  );

  it.each<[string, bigint]>([
    ['0', 0n],
    ['-7', -7n],
    ['+7', 7n],
    ['10', 10n],
    ['100', 100n],
    ['0x100', 256n],
    ['0x1F', 31n],
    ['0XaB', 171n],
    ['-0x1f', -31n],
    ['0b101', 5n],
    ['0B11', 3n],
    ['0o17', 15n],
    ['0O17', 15n],
    ['017', 15n],
    ['00', 0n],
    ['1_000', 1000n],
    ['18446744073709551615', 18446744073709551615n],
    ['+9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
  ])('an integer: %s', (text, value) => expect(plain(text)).toEqual({ type: 'int', value }));

  it.each<[string, number]>([
    ['.5', 0.5],
    ['-.5', -0.5],
    ['1.', 1],
    ['1.50', 1.5],
    ['12.5e+3', 12500],
    ['1E-2', 0.01],
    ['-.25', -0.25],
    ['1e10', 1e10],
    ['.5e1', 5],
    ['.5e+1', 5],
    ['.5e-1', 0.05],
    ['.5e10', 5e9],
    ['.5e1_00', 5e99],
    ['.5_0e1_0', 5e9],
    ['.12_34', 0.1234],
    ['08', 8],
    ['018.5', 18.5],
    ['18446744073709551616', 2 ** 64],
    ['+9223372036854775808', 2 ** 63],
    ['-9223372036854775809', -(2 ** 63)],
    ...split('.nan .NaN .NAN').map((text): [string, number] => [text, Number.NaN]),
    ...split('.inf .Inf .INF +.inf +.Inf +.INF').map((text): [string, number] => [text, Number.POSITIVE_INFINITY]),
    ...split('-.inf -.Inf -.INF').map((text): [string, number] => [text, Number.NEGATIVE_INFINITY]),
  ])('a number: %s', (text, value) => expect(plain(text)).toEqual({ type: 'float', value }));

  it.each([
    ...split('a 1a a1 0x 0xg 0b2 0b 0o8 0o x0x1 1.5.5 1e 1e+ .e1 . .5_ ._5 .5e1_ .5e_1 x.5 .5x 1.5x - + -a +x 1.5e1x'),
    ...split('1e400 -1e400 .5e999 2026-01-01 12:30 nUll tRue _.5 _1'),
    // More than 64 bits, of which JavaScript alone makes a number.
    ...['0x10000000000000000', '0x1FFFFFFFFFFFFFFFF', `0b1${'0'.repeat(64)}`, '0o2000000000000000000000', '.5 ', ' .5'],
  ])('a text: %s', (text) => expect(plain(text)).toEqual({ type: 'string', value: text }));
});

describe('a scalar is', () => {
  it('a text when it is quoted, and when its tag is one of the user’s own', () => {
    expect(resolveScalar({ text: '1', plain: false, tag: undefined })).toEqual({ type: 'string', value: '1' });
    expect(resolveScalar({ text: '1', plain: true, tag: '!own' })).toEqual({ type: 'string', value: '1' });
    expect(tagged('str', '1')).toEqual({ type: 'string', value: '1' });
  });

  it.each<[string, string, ScalarValue]>([
    ['bool', 'on', { type: 'bool', value: true }],
    ['int', '0x10', { type: 'int', value: 16n }],
    ['float', '1.5', { type: 'float', value: 1.5 }],
    ['float', '3', { type: 'float', value: 3 }],
    ['null', '~', { type: 'null' }],
    ['binary', 'aGVsbG8=', { type: 'string', value: 'hello' }],
    ['binary', 'aGV\r\nsbG8=', { type: 'string', value: 'hello' }],
    ['binary', 'aGk=', { type: 'string', value: 'hi' }],
    ['binary', 'YQ==', { type: 'string', value: 'a' }],
    ['binary', '', { type: 'string', value: '' }],
    ['binary', '77u/YQ==', { type: 'string', value: '\uFEFFa' }],
    ...[
      ...split('2001-01-01 2001-1-1 2001-12-14T21:59:43Z 2001-12-14t1:5:4.10-05:00 2001-12-14T21:59:43'),
      '2001-12-14 21:59:43.5',
    ].map((text): [string, string, ScalarValue] => ['timestamp', text, { type: 'string', value: text }]),
  ])('what its tag !!%s says: %j', (tag, text, value) => expect(tagged(tag, text)).toEqual(value));

  it.each<readonly [string, string]>([
    ['bool', 'a'],
    ['bool', '1'],
    ['int', '1.5'],
    ['int', 'a'],
    ['int', '2001-01-01'],
    ['float', 'a'],
    ['float', 'true'],
    ['null', 'a'],
    ...[
      ...split(
        'a x2001-01-01 2001-01-01x 20001-01-01 2001-001-01 2001-01-001 2001-01-01T 2001-01-01T1:1 2001-01-01T1:1:1x',
      ),
      ...split('2001-01-01T1:1:1.Z 2001-01-01T1:1:1+1:00 2001-01-01T1:1:111 2001-01-01T1:111:1 2001-01-01T111:1:1'),
      ...split('2001-01-01T1:1:1+01:0 201-01-01 true'),
    ].map((text) => ['timestamp', text] as const),
  ])('refused, without its text, as !!%s: %s', (tag, text) => {
    expect(() => tagged(tag, text)).toThrow(new ScalarError(`cannot be read as !!${tag}`));
  });

  it.each(split('a YQ YQ= YQ=== Y*== =YQ= xYQ==x YQ==YQ=='))('refused as binary that is not base64: %s', (text) => {
    expect(() => tagged('binary', text)).toThrow(new ScalarError('!!binary value is not base64'));
  });

  it('refused as binary that is no text', () => {
    const refusal = new ScalarError('!!binary value is not UTF-8 text, so JSON cannot hold it');
    expect(() => tagged('binary', 'gIGC')).toThrow(refusal);
  });
});

describe('as a key', () => {
  it.each<[ScalarValue, string]>([
    [{ type: 'string', value: 'a' }, 'a'],
    [{ type: 'bool', value: true }, 'true'],
    [{ type: 'bool', value: false }, 'false'],
    [{ type: 'int', value: -8n }, '-8'],
    [{ type: 'int', value: 9223372036854775807n }, '9223372036854775807'],
    ...Object.entries({
      '.nan': Number.NaN,
      '.inf': 1e300,
      '-.inf': Number.NEGATIVE_INFINITY,
      '0': 0,
      '-0': -0,
      '1.5': 1.5,
      '-1.5': -1.5,
      '0.1': 0.1,
      '-0.01': -0.01,
      '0.0001': 0.0001,
      '1e-05': 0.00001,
      '-1.5e-07': -1.5e-7,
      '10': 10,
      '100000': 100000,
      '123456': 123456,
      '123456.7': 123456.7,
      '1e+06': 1000000,
      '1.2345675e+06': 1234567.5,
      '-1e+20': -1e20,
      '1.6777216e+07': 16777216,
      '0.33333334': 1 / 3,
      '1e-40': 1e-40,
    }).map(([text, value]): [ScalarValue, string] => [{ type: 'float', value }, text]),
  ])('%o is %s', (key, text) => expect(keyText(key)).toBe(text));

  it('null and integers of more than 63 bits are refused', () => {
    expect(() => keyText({ type: 'null' })).toThrow(new ScalarError('a key cannot be null'));
    expect(() => keyText({ type: 'int', value: 2n ** 63n })).toThrow(
      new ScalarError('a key cannot be an integer of more than 63 bits'),
    );
  });
});
