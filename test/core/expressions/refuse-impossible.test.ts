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
    { conditionRules: [{ type: 'CEL' }, { condition: '' }, { condition: 7 }, null] },
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

  it('is told with all that a work has, where no word is near, and with no other sentence before', () => {
    const inQuotes = 'For a condition of an object write Kind/name:Ready; "Ready" in quotes waits for one that a';
    const common = 'Applied, Available, Progressing, Degraded, Complete, Deleting, Deleted';
    const hintOf = (work: ExpressionSubject | undefined): string | undefined => {
      try {
        refuseImpossible([parseExpression('Ready')], work);
        return undefined;
      } catch (error) {
        return (error as MaestroError).hint;
      }
    };
    expect(hintOf(undefined)).toBe(`A work has ${common}. ${inQuotes} condition rule will report.`);
    expect(hintOf(subject)).toBe(
      `A work has ${common}, example.com/Ready, Synced, Custom. ${inQuotes} condition rule will report.`,
    );
    expect(
      hintOf({ ...subject, conditions: [], manifestConfigs: [{ conditionRules: [{ condition: 'Synced' }] }] }),
    ).toBe(`A work has ${common}, Synced. ${inQuotes} condition rule will report.`);
  });

  it('is told with every selector that matches nothing, and with what the first of them may have meant', () => {
    const error = refusal('Applied AND Deployment/web:Applied AND (deployments/web:Applied OR Job:x)', subject);
    expect(error?.message).toBe('no manifest of w matches deployments/web, Job');
    expect(error?.hint).toBe(
      'Nothing was sent. Did you mean Deployment/web? A selector has the kind, as in the manifest.',
    );
  });

  it.each([
    ['a name of another kind', 'Deployment/prod/e:Applied', 'Selectors are Kind[.group]/[namespace/]name.'],
    ['no name at all', 'Deployment/prod/:Applied', 'Selectors are Kind[.group]/[namespace/]name.'],
    ['the name that is near, and not the first', 'Endpoint/ohter:Applied', 'Did you mean Endpoint.example.com/other?'],
    ['the same name elsewhere', 'Endpoint/np/e:Applied', 'Did you mean Endpoint.example.com/e?'],
  ])('is told, for %s, with what is there: %s', (_what, text, hint) => {
    const other = { apiVersion: 'example.com/v1', kind: 'Endpoint', metadata: { name: 'other' } };
    const work = { ...subject, manifests: [...subject.manifests, other] };
    expect(refusal(text, work)?.hint).toBe(`Nothing was sent. ${hint}`);
  });
});

it('advises the kind for a plural that would match, and for nothing else', () => {
  expect(pluralAdvice({ resourceKind: 'endpoints', name: 'e' }, subject.manifests)).toContain('Endpoint/e');
  expect(pluralAdvice({ resourceKind: 'endpoints', name: 'other' }, subject.manifests)).toBeUndefined();
  expect(pluralAdvice({ resourceKind: 'Deployment', name: 'web' }, subject.manifests)).toBeUndefined();
});
