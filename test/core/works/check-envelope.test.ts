import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import {
  checkShape,
  describeValue,
  isManifestWork,
  readVersion,
  wrongType,
} from '../../../src/core/works/check-envelope.ts';

describe('a value in a message', () => {
  it.each<[string, JsonValue | undefined]>([
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['the number 1.5', 1.5],
    ['the number 12345678901234567890', 12345678901234567890n],
    ['empty text', ''],
    ['text', 'a'],
    ['a list', []],
    ['a map', {}],
  ])('is called %s', (called, value) => {
    expect(describeValue(value)).toBe(called);
  });

  it.each<[string, JsonValue, string, boolean]>([
    ['a number', 1, 'text', true],
    ['a large number', 1n, 'text', true],
    ['false', false, 'text', true],
    ['null', null, 'text', false],
    ['a list', [], 'text', false],
    ['a number', 1, 'a map', false],
  ])('%s is put in quotes only where it may have been meant as text', (_, value, wanted, quotes) => {
    expect(wrongType(value, wanted, ['a']).suggestion).toBe(quotes ? 'put the value in quotes' : undefined);
  });
});

describe('the version that a document was read at', () => {
  it.each<[JsonValue | undefined, number | undefined, string | undefined]>([
    ['7', 7, undefined],
    ['007', 7, undefined],
    ['999999999999999', 999_999_999_999_999, undefined],
    ['', undefined, undefined],
    ['0', undefined, undefined],
    ['1000000000000000', undefined, 'Invalid value: "1000000000000000": it is no version of a work'],
    ['7a', undefined, 'Invalid value: "7a": it is no version of a work'],
    ['a7', undefined, 'Invalid value: "a7": it is no version of a work'],
    ['-7', undefined, 'Invalid value: "-7": it is no version of a work'],
    [7, undefined, 'expected text, found the number 7'],
    [null, undefined, 'expected text, found null'],
  ])('%j is %s', (value, version, message) => {
    expect(readVersion(value)).toBe(version);
    const found = checkShape(value, { type: 'version' }, ['metadata', 'resourceVersion']);
    expect(found.map((problem) => [problem.severity, problem.message])).toEqual(
      message === undefined ? [] : [['error', message]],
    );
  });

  it('that is none is to be left out', () => {
    expect(checkShape('a', { type: 'version' }, [])[0]?.suggestion).toContain('leave it out');
  });
});

describe('a document that means to be a ManifestWork', () => {
  it.each<[string, JsonValue | undefined, boolean]>([
    ['ManifestWork', 'work.open-cluster-management.io/v1', true],
    ['ManifestWork', 'work.open-cluster-management.io/v1alpha1', true],
    ['ManifestWork', 'work.open-cluster-management.io', true],
    ['ManifestWork', 'v1', true],
    ['ManifestWork', undefined, true],
    ['ManifestWork', 1, true],
    ['ManifestWork', 'other.io/v1', false],
    ['ManifestWork', 'v1beta1', false],
    ['ManifestWork', 'my.work.open-cluster-management.io/v1', false],
    ['ManifestWork', 'work.open-cluster-management.iox/v1', false],
    ['ManifestWork', 'apps/v1', false],
    ['Deployment', 'work.open-cluster-management.io/v1', false],
  ])('%s of %s: %s', (kind, apiVersion, isOne) => {
    expect(isManifestWork({ kind, ...(apiVersion === undefined ? {} : { apiVersion }) })).toBe(isOne);
  });
});
