import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import {
  pluralAdvice,
  refuseImpossible,
  type ExpressionSubject,
} from '../../../src/core/expressions/refuse-impossible.ts';
import type { MaestroError } from '../../../src/errors.ts';

const subject: ExpressionSubject = {
  name: 'w',
  manifests: [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'np' } },
    { apiVersion: 'example.com/v1', kind: 'Endpoint', metadata: { name: 'e' } },
  ],
  manifestConfigs: [
    {
      resourceIdentifier: {},
      conditionRules: [
        { type: 'CEL', condition: 'example.com/Ready' },
        { type: 'CEL', condition: 'Synced' },
      ],
    },
    { conditionRules: 'x' },
  ],
  conditions: [{ type: 'Custom', status: 'False', reason: '', message: '' }],
};

function refusal(text: string, work: ExpressionSubject | undefined): MaestroError | undefined {
  try {
    refuseImpossible([parseExpression(text)], work, 'Nothing was sent.');
    return undefined;
  } catch (error) {
    return error as MaestroError;
  }
}

describe('what can come true', () => {
  it.each([
    'Applied',
    'applied',
    'progressing',
    'Degraded=False',
    'complete',
    'NOT Deleting',
    'Deleted',
    'DELETED',
    'Synced',
    'synced',
    'Custom',
    '"Anything"',
    'condition=Synced',
    'Deployment:Whatever',
    'deployment/web:Applied',
  ])('%s', (text) => expect(refusal(text, subject)).toBeUndefined());

  it('is all of what agents report while the work is not there', () => {
    expect(refusal('Complete OR Deleted AND "Synced" AND Job:x', undefined)).toBeUndefined();
    expect(refusal('Synced', undefined)?.message).toBe(
      'nothing reports a condition Synced of a work, so the wait would never end',
    );
  });
});

describe('what cannot', () => {
  it.each([
    ['Applyed', 'InvalidExpression', 'Did you mean Applied?'],
    [
      'Applied OR NOT (Ready=Unknown)',
      'InvalidExpression',
      'For a condition of an object write Kind/name:Ready; "Ready" in quotes',
    ],
    ['StatusFeedbackSynced', 'InvalidExpression', 'Kind/name:StatusFeedbackSynced'],
    ['Job:Complete', 'NothingSelected', 'Selectors are Kind[.group]/[namespace/]name.'],
    ['deployments/web:Applied', 'NothingSelected', 'Did you mean Deployment/web? A selector has the kind'],
    ['Deploymnt/web:Applied', 'NothingSelected', 'Did you mean Deployment/web?'],
    ['Deployment/prod/web:Applied', 'NothingSelected', 'Did you mean Deployment.apps/np/web?'],
    ['Deployment/wbe:Applied', 'NothingSelected', 'Did you mean Deployment.apps/np/web?'],
  ])('%s', (text, reason, hint) => {
    const error = refusal(text, subject);
    expect(error).toMatchObject({ code: 'usage', reason });
    expect(error?.hint).toMatch(/^Nothing was sent\. /);
    expect(error?.hint).toContain(hint);
  });
});

it('advises the kind for a plural that would match, and for nothing else', () => {
  expect(pluralAdvice({ resourceKind: 'endpoints', name: 'e' }, subject.manifests)).toContain('Endpoint/e');
  expect(pluralAdvice({ resourceKind: 'endpoints', name: 'other' }, subject.manifests)).toBeUndefined();
  expect(pluralAdvice({ resourceKind: 'Deployment', name: 'web' }, subject.manifests)).toBeUndefined();
});
