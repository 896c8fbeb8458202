import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../../src/core/json.ts';
import { sortedJson } from '../../src/standin/sorted-json.ts';

it('gives the text that canonicalJson gives, whatever the keys', () => {
  const keys = fc.oneof(fc.string(), fc.constantFrom('10', '2', '-1', '01', '__proto__', 'constructor', 'a', 'b'));
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.dictionary(keys, tie('json')), fc.array(tie('json'))),
  }));
  fc.assert(
    fc.property(json, (value) => {
      const parsed = JSON.parse(JSON.stringify(value)) as JsonValue;
      expect(sortedJson(parsed)).toBe(canonicalJson(parsed));
    }),
  );
});
