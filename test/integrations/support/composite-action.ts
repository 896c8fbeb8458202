import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startProcess } from '../../support/process.ts';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Action {
  readonly name: string;
  readonly branding?: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** Where and with what an action runs. */
export interface ActionRun {
  /** A clone of its repository. */
  readonly clone: string;
  /** The caller's repository. */
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface ActionEnd {
  readonly exitCode: number | null;
  /** Of all steps, one after the other. */
  readonly stdout: string;
  readonly stderr: string;
  /** As the caller's workflow sees them: empty when no step set them. */
  readonly outputs: Readonly<Record<string, string>>;
}

export function readAction(clone: string): Action {
  return parse(readFileSync(join(clone, 'action.yml'), 'utf8')) as Action;
}

/** Runs the steps as GitHub does: expressions are in `env` alone, outputs go by a file, none follows one that fails. */
export async function runAction({ clone, workspace, inputs, env }: ActionRun): Promise<ActionEnd> {
  const action = readAction(clone);
  const temporary = mkdtempSync(join(tmpdir(), 'runner-temp-'));
  const known = new Map<string, string>([
    ['github.action_path', clone],
    ...Object.entries(action.inputs).map(
      ([name, { default: value = '' }]) => [`inputs.${name}`, inputs[name] ?? value] as const,
    ),
  ]);
  const evaluated = (text: string): string =>
    text.replace(/\$\{\{ *([\w.]+) *\}\}/g, (_, expression: string) => known.get(expression) ?? '');
  const end = { exitCode: 0 as number | null, stdout: '', stderr: '' };
  for (const step of action.runs.steps) {
    if (step.shell !== 'bash') throw new Error(`the step ${step.name} is no script for bash`);
    const output = join(temporary, 'output');
    writeFileSync(output, '');
    const stepEnv = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value)] as const);
    const ended = await startProcess('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run ?? ''], {
      cwd: workspace,
      env: { RUNNER_TEMP: temporary, GITHUB_OUTPUT: output, ...env, ...Object.fromEntries<string>(stepEnv) },
    }).done;
    for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
      const [name = '', ...value] = line.split('=');
      known.set(`steps.${step.id}.outputs.${name}`, value.join('='));
    }
    end.stdout += ended.stdout;
    end.stderr += ended.stderr;
    end.exitCode = ended.exitCode;
    if (ended.exitCode !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, evaluated(value)]);
  return { ...end, outputs: Object.fromEntries(outputs) as Record<string, string> };
}
