import { expect, it } from 'vitest';
import { withMaestroDisabled } from '../../../src/gitops/model/maestro-switch.ts';
import { pullModelConfigKey, pullModelSwitches } from '../../../src/gitops/model/pull-models.ts';

it.each([
  ['', 'pullModel:\n  maestro:\n    disabled: true\n'],
  ['# why\n', '# why\n\npullModel:\n  maestro:\n    disabled: true\n'],
  ['pullModel:\n', 'pullModel:\n  maestro:\n    disabled: true\n'],
  ['pullModel:\n  maestro:\n', 'pullModel:\n  maestro:\n    disabled: true\n'],
  ['pullModel:\n  maestro:\n    disabled: "false"\n', 'pullModel:\n  maestro:\n    disabled: true\n'],
  [
    'a: 1 # one\npullModel:\n  basic:\n    disabled: true\n',
    'a: 1 # one\npullModel:\n  basic:\n    disabled: true\n  maestro:\n    disabled: true\n',
  ],
])('sets the switch in %j and leaves the rest', (text, expected) => {
  const written = withMaestroDisabled(text);
  expect(written).toBe(expected);
  expect(pullModelSwitches({ data: { [pullModelConfigKey]: written ?? '' } })).toMatchObject({ maestroDisabled: true });
});

it.each(['- a list', 'text', 'pullModel: text', 'pullModel:\n  maestro: [1]', 'a: [', 'a: 1\na: 2\n'])(
  'does not overwrite %j, which it does not understand',
  (text) => {
    expect(withMaestroDisabled(text)).toBeUndefined();
  },
);
