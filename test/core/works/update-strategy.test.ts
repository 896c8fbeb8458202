import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { Problem } from '../../../src/core/works/problem.ts';
import { allowPartial, updateStrategyOf } from '../../../src/core/works/update-strategy.ts';

const manifest: JsonObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'n' } };
const config = (updateStrategy: JsonValue, name = 'web'): JsonObject => ({
  resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'n', name },
  updateStrategy,
});

describe('the update strategy of a manifest', () => {
  it.each<[string, readonly JsonObject[], string]>([
    ['of none without a config', [], 'Update'],
    ['of the config about it', [config({ type: 'ReadOnly' }, 'db'), config({ type: 'CreateOnly' })], 'CreateOnly'],
    ['of the first config about it', [config({ type: 'ReadOnly' }), config({ type: 'CreateOnly' })], 'ReadOnly'],
    ['of none in a config without one', [config(null)], 'Update'],
    ['of none with an empty type, which agents take for none', [config({ type: '' })], 'Update'],
    ['of none with a type that is no text', [config({ type: 1 })], 'Update'],
  ])('is that %s', (_which, configs, strategy) => expect(updateStrategyOf(manifest, configs)).toBe(strategy));
});

describe('what is missing from a manifest', () => {
  const problem = (message: string, rule?: string): Problem => ({
    severity: 'error',
    path: [message],
    message,
    ...(rule === undefined ? {} : { rule }),
  });
  const missing = problem('needs a template', 'missing-field');
  const mismatch = problem('selects other labels', 'selector-mismatch');
  const misspelt = problem('unknown field', 'unknown-field');
  const unnamed = problem('Required value: field not set');
  const all = [missing, mismatch, misspelt, unnamed];

  it('counts where the agent writes the whole object', () => expect(allowPartial(all, 'Update')).toEqual(all));

  it('does not count where the agent only reads it; other problems do', () =>
    expect(allowPartial(all, 'ReadOnly')).toEqual([misspelt, unnamed]));

  it.each(['ServerSideApply', 'CreateOnly'])('is warned about under %s, because the object may exist', (strategy) =>
    expect(allowPartial(all, strategy)).toEqual([
      { ...missing, severity: 'warning', message: 'needs a template, unless the object exists already' },
      { ...mismatch, severity: 'warning', message: 'selects other labels, unless the object exists already' },
      misspelt,
      unnamed,
    ]),
  );
});
