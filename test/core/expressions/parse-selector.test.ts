import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../../src/core/expressions/parse-selector.ts';
import { formatSelector } from '../../../src/core/expressions/format.ts';

describe('a selector that stands by itself', () => {
  it.each(['ConfigMap/default/settings', 'Deployment.apps/web', 'Namespace/demo'])(
    'is read as in expressions: %s',
    (text) => {
      expect(formatSelector(parseSelector(text, '--resource'))).toBe(text);
    },
  );

  it.each([
    '',
    'a b',
    'Job/x:Complete AND Job/y',
    'NOT Job/x',
    'all ConfigMap/x',
    'Any ConfigMap/x',
    'Job/x:count>=2 AND Job/y',
  ])('is none where it is more or less than one object: %j', (text) => {
    expect(() => parseSelector(text, '--resource')).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `--resource takes Kind[.group]/[namespace/]name, not "${text}"`,
        hint: 'For example ConfigMap/default/settings, Deployment.apps/web or Namespace/demo.',
      }),
    );
  });
});
