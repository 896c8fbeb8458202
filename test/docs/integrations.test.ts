import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readAction } from '../integrations/support/composite-action.ts';
import { projectRoot } from '../support/run-cli.ts';

const page = (name: string): string => readFileSync(join(projectRoot, 'docs', name), 'utf8');

interface Workflow {
  readonly jobs: {
    readonly validate: {
      readonly steps: readonly {
        readonly id?: string;
        readonly uses?: string;
        readonly with?: Record<string, unknown>;
      }[];
    };
  };
}

describe('docs/validate.md', () => {
  const action = readAction(projectRoot);
  const text = page('validate.md');

  it('explains every input and output of the action', () => {
    for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs)])
      expect(text).toMatch(new RegExp(`^[|][^|]*\`${name}\`[^|]*[|]`, 'm'));
  });

  it('shows a workflow that gives the action inputs which it has, and takes outputs which it has', () => {
    const [, block = ''] = /\n## GitHub action\n[^]*?```yaml\n([^]*?)```/.exec(text) ?? [];
    const { steps } = (parse(block) as Workflow).jobs.validate;
    const ours = steps.find(({ uses }) => uses?.startsWith('openshift-hyperfleet/maestro-cli@'));
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(ours?.with ?? {})));
    expect(Object.keys(ours?.with ?? {}).length).toBeGreaterThan(0);
    const taken = [...block.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)].map(([, id, output]) => ({ id, output }));
    expect(taken.length).toBeGreaterThan(0);
    for (const { id, output } of taken) {
      expect(id).toBe(ours?.id);
      expect(Object.keys(action.outputs)).toContain(output);
    }
  });
});

it('docs/stability.md and docs/install.md say of each entry of the package what it promises', () => {
  const { exports, name } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    exports: object;
    name: string;
  };
  for (const file of ['stability.md', 'install.md']) {
    for (const entry of Object.keys(exports).filter((one) => one !== './package.json')) {
      const written = entry === '.' ? `\`${name}\`` : entry.replace('.', '').replace('*', 'NAME');
      expect(page(file), `${file} says nothing of ${entry}`).toContain(written);
    }
  }
});
