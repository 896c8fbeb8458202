import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentJsonPathFault } from '../../../src/core/works/agent-json-path.ts';

interface Recording {
  readonly library: string;
  readonly cases: readonly { readonly path: string; readonly error?: string }[];
}

const file = new URL('../../fixtures/agent/feedback-paths.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Recording;

describe('the agent’s reader of feedback paths', () => {
  it('is recorded with paths that it takes and paths that it refuses', () => {
    expect(cases.length).toBeGreaterThan(1000);
    expect(cases.filter(({ error }) => error === undefined).length).toBeGreaterThan(250);
  });

  it.each(cases.map(({ path, error }) => [path, error] as const))('judges %j as we do: %s', (path, error) => {
    const fault = agentJsonPathFault(path);
    if (error === undefined) expect(fault).toBeUndefined();
    else expect(fault).toBeDefined();
  });

  it('has a place in the path, whatever the path is', () => {
    const piece = fc.constantFrom(
      '.',
      '..',
      'a',
      '[',
      ']',
      '[0]',
      '[?(',
      ')]',
      '@',
      '==',
      '"',
      "'",
      '\\',
      ' ',
      '{',
      '}',
      ',',
      '1',
      'range',
      'end',
      '\n',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = pieces.join('');
        const fault = agentJsonPathFault(path);
        if (fault === undefined) return;
        expect(fault.message).not.toBe('');
        expect(fault.column).toBeGreaterThanOrEqual(1);
        expect(fault.column).toBeLessThanOrEqual(path.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
