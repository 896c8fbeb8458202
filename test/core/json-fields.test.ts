import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt, textsAt } from '../../src/core/json-fields.ts';

const object: JsonObject = {
  text: 'a',
  number: 1,
  none: null,
  map: { a: 'b', c: 1 },
  labels: { a: 'b', c: '' },
  list: ['a', 1, { b: 2 }, null, ['c'], '', { d: 3 }],
};
const notText = ['number', 'none', 'map', 'list', 'missing'];

describe('a member of an object that somebody else wrote', () => {
  it('is read as text where it is one, and else as an empty one', () => {
    expect(textAt(object, 'text')).toBe('a');
    for (const key of notText) expect(textAt(object, key), key).toBe('');
  });

  it('is read as a map where it is one, and else as an empty one', () => {
    expect(objectAt(object, 'map')).toEqual({ a: 'b', c: 1 });
    for (const key of ['text', 'number', 'none', 'list', 'missing']) expect(objectAt(object, key), key).toEqual({});
  });

  it('is read as a list of the maps or the texts that are in it, and else as an empty one', () => {
    expect(objectsAt(object, 'list')).toEqual([{ b: 2 }, { d: 3 }]);
    expect(textsAt(object, 'list')).toEqual(['a', '']);
    for (const key of ['text', 'number', 'none', 'map', 'missing']) {
      expect(objectsAt(object, key), key).toEqual([]);
      expect(textsAt(object, key), key).toEqual([]);
    }
  });

  it('is read as a map of texts without what is none, and as it is where all are', () => {
    expect(stringMapAt(object, 'map')).toEqual({ a: 'b' });
    expect(stringMapAt(object, 'labels')).toBe(object['labels']);
    for (const key of ['text', 'number', 'none', 'missing']) expect(stringMapAt(object, key), key).toEqual({});
  });
});
