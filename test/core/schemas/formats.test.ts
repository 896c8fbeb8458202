import { describe, expect, test } from 'vitest';
import type * as Formats from '../../../src/core/schemas/formats.ts';
import { loadAnew } from '../../support/load-anew.ts';

interface CheckedFormat {
  readonly type: string;
  readonly validate: (value: unknown) => boolean;
}

const loaded = (): Promise<typeof Formats> => loadAnew<typeof Formats>('core/schemas/formats.ts');

async function formatOf(name: string): Promise<CheckedFormat> {
  return (await loaded()).formats[name] as CheckedFormat;
}

const fits: Readonly<Record<string, readonly (string | number)[]>> = {
  byte: [
    '',
    'YQ==',
    'YWI=',
    'YWJj',
    'YWJjYWJj',
    'YWJjYQ==',
    'YWJj\nYWJj\r\n',
    'Y\nQ==',
    '+/9z',
    'AZaz',
    'a+==',
    '/9A=',
  ],
  quantity: [
    ...['0', '12', '+1', '-1', '1.5', '12.34', '1.', '.5', '.25', '-0.5'],
    ...['1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei', '1n', '1u', '1m', '1k', '1M', '1G', '1T', '1P', '1E'],
    ...['1e3', '1E3', '1e+3', '1e-3', '1e10', '.5Gi', '1.5e-10'],
  ],
  'date-time': [
    '2026-01-31T12:34:56Z',
    '2026-01-31T12:34:56.5Z',
    '2026-01-31T12:34:56.123456Z',
    '2026-01-31T12:34:56+02:00',
    '2026-01-31T12:34:56.5-11:30',
  ],
  int32: [0, 7, -(2 ** 31), 2 ** 31 - 1],
  int64: [0, 2 ** 31, -(2 ** 63), 2 ** 62],
};

const fitNot: Readonly<Record<string, readonly (string | number)[]>> = {
  byte: [
    ...['YQ', 'YQ=', 'Y===', '=', '====', 'Y', 'YWJ', 'YWJjY', 'YQ==YQ==', 'YWI=YWI=', 'YQ===', 'YWJj='],
    ...['!YQ==', 'YQ==!', '!WJj', '!Q==', 'Y!==', '!WI=', 'YW-_', 'YW!=', 'YQ== ', ' YQ==', 'Y Q=='],
  ],
  quantity: [
    ...['', '.', '+', '-', 'Ki', 'x1', '1x', ' 1', '1 ', '1..5', '1.5.', '--1', '+-1', '.e3', 'x.5', 'a', 'a.5', '.a'],
    ...[
      '1K',
      '1ki',
      '1Kix',
      '1gi',
      '1mi',
      '1ni',
      '1i',
      '1kk',
      '1e',
      '1e+',
      '1ex',
      '1e3Ki',
      '1e+-3',
      'e3',
      '1x3',
      '1e*3',
    ],
  ],
  'date-time': [
    ...['', 'soon', '2026-01-31', '2026-01-31T12:34:56', '2026-01-31 12:34:56Z', '2026-01-31T12:34Z'],
    ...['226-01-31T12:34:56Z', '12026-01-31T12:34:56Z', '2026-1-31T12:34:56Z', '2026-01-3T12:34:56Z'],
    ...['2026-01-31T2:34:56Z', '2026-01-31T12:4:56Z', '2026-01-31T12:34:6Z', '2026-01-31T12:34:56.Z'],
    ...[
      '2026-01-31T12:34:56+2:00',
      '2026-01-31T12:34:56+02:0',
      '2026-01-31T12:34:56+0200',
      '2026-01-31T12:34:56 02:00',
    ],
    ...['x2026-01-31T12:34:56Z', '2026-01-31T12:34:56Zx', '2026-01-31T12:34:56Z ', '2026-13-01T12:34:56Z'],
    ...['2026-01-31T25:34:56Z', '2026-00-31T12:34:56Z', '2026-01-31T12:34:56x'],
  ],
  int32: [2 ** 31, -(2 ** 31) - 1],
  int64: [2 ** 63, -(2 ** 63) - 2 ** 11],
};

describe('the format', () => {
  test.each(Object.entries(fits))('%s fits', async (name, values) => {
    const { validate } = await formatOf(name);
    expect(values.filter((value) => !validate(value))).toEqual([]);
  });

  test.each(Object.entries(fitNot))('%s does not fit', async (name, values) => {
    const { validate } = await formatOf(name);
    expect(values.filter((value) => validate(value))).toEqual([]);
  });

  test('is looked at in values of its type alone, and has a name', async () => {
    const { formats, formatNames } = await loaded();
    const types = Object.entries(formats).map(([name, format]) => [name, (format as CheckedFormat).type]);
    expect(Object.fromEntries(types)).toStrictEqual({
      byte: 'string',
      quantity: 'string',
      'date-time': 'string',
      int32: 'number',
      int64: 'number',
    });
    expect(formatNames).toStrictEqual({
      byte: 'base64',
      quantity: 'a quantity such as 500m or 1Gi',
      'date-time': 'a time such as 2026-01-31T12:00:00Z',
      int32: 'an integer of 32 bits',
      int64: 'an integer of 64 bits',
    });
  });
});
