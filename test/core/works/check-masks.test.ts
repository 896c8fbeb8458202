import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { maskSecretPair, maskSecrets, maskText } from '../../../src/core/mask-secrets.ts';
import { checkMasks } from '../../../src/core/works/check-masks.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const places = (value: JsonValue): readonly string[] => checkMasks(value, ['m']).map(({ path }) => pathText(path));
const secret = (password: string): { readonly [key: string]: JsonValue } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  data: { password },
});

describe('a text that stands in the place of a secret', () => {
  it.each<[string, string]>([
    ['as it is shown', maskText],
    ['as a comparison shows it', '(masked by maestro-cli: unchanged)'],
    ['encoded', encoded(maskText)],
    ['encoded from a comparison', encoded('(masked by maestro-cli: changed)')],
    ['in a block of YAML, which ends with a line feed', `${maskText}\n`],
    ['with blanks round it', `  ${maskText} `],
    ['encoded by echo, which adds a line feed', encoded(`${maskText}\n`)],
    ['encoded with a blank before it', encoded(` ${maskText}`)],
    ['encoded with blanks before it', encoded(`  ${maskText}`)],
    ['encoded with a tabulator before it', encoded(`\t${maskText}`)],
    ['encoded with an empty line before it', encoded(`\n\n${maskText}`)],
    ['encoded with a line end of Windows before it', encoded(`\r\n${maskText}`)],
    ['encoded with a line feed and a blank before it', encoded(`\n ${maskText}`)],
    ['encoded, in a block of YAML', `\n${encoded(maskText)}\n`],
  ])('is found %s', (_how, text) => expect(places(text)).toEqual(['m']));

  it.each<[string, JsonValue]>([
    ['other base64 that begins like it', encoded('(made by maestro-cli)')],
    ['a word that begins like its base64', 'KGB'],
    ['a long text that begins like its base64', `KG${'x'.repeat(200)}`],
    ['a sentence about it', `the value is ${maskText}`],
    ['an empty text', ''],
    ['no text', [null, true, 1, 12345678901234567890n]],
  ])('is not %s', (_what, value) => expect(places(value)).toEqual([]));

  it('is found at any depth, and its place is told', () => {
    expect(
      places({ items: [{ data: { a: 'b', c: maskText } }, { list: ['x', encoded(maskText)] }], d: maskText }),
    ).toEqual(['m.items[0].data.c', 'm.items[1].list[1]', 'm.d']);
  });

  it('is refused by a rule of its own, with the way to the real value', () => {
    expect(checkMasks([maskText], ['spec'])).toEqual([
      {
        severity: 'error',
        rule: 'masked-value',
        path: ['spec', 0],
        message: 'this is the text that maestro-cli shows in the place of a secret value, not the value',
        suggestion: 'get -o manifestwork gives the real one',
      },
    ]);
  });

  it('is found in whatever maestro-cli shows of a Secret', () => {
    const pair = maskSecretPair(secret('b25l'), secret('dHdv'));
    const shown = [maskSecrets(secret('b25l')), pair.before ?? null, pair.after ?? null];
    expect(places(shown)).toEqual(['m[0].data.password', 'm[1].data.password', 'm[2].data.password']);
  });
});
