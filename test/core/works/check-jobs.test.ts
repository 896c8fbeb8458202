import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { checkJobs } from '../../../src/core/works/check-jobs.ts';

const job: JsonObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'n' } };
const config = (over: JsonObject): JsonObject => ({
  resourceIdentifier: { group: 'batch', resource: 'jobs', namespace: 'n', name: 'j' },
  ...over,
});

describe('a Job', () => {
  it.each<[string, readonly JsonObject[], number]>([
    ['without a config', [], 1],
    ['without a strategy', [config({ feedbackRules: [{ type: 'WellKnownStatus' }] })], 1],
    ['that is updated', [config({ updateStrategy: { type: 'Update' } })], 1],
    [
      'whose config is of another',
      [
        {
          ...config({ updateStrategy: { type: 'CreateOnly' } }),
          resourceIdentifier: { group: 'batch', resource: 'jobs', namespace: 'n', name: 'k' },
        },
      ],
      1,
    ],
    ['that is only created', [config({ updateStrategy: { type: 'CreateOnly' } })], 0],
    ['that is applied by the server', [config({ updateStrategy: { type: 'ServerSideApply' } })], 0],
  ])('%s', (_what, configs, warnings) => {
    const others = [
      { ...job, kind: 'CronJob' },
      { ...job, apiVersion: 'batch.volcano.sh/v1alpha1' },
    ];
    expect(checkJobs([...others, job], configs, ['m'])).toEqual(
      warnings === 0
        ? []
        : [
            {
              severity: 'warning',
              path: ['m', 2],
              rule: 'job-update-strategy',
              message: 'agents update it when they restart, which a cluster refuses of a Job: Applied then turns False',
              suggestion: 'give it updateStrategy: {type: CreateOnly} in manifestConfigs',
            },
          ],
    );
  });
});
