import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { cli, commandWords } from '../support/process.ts';
import { Pty, whyNoPty } from '../support/pty.ts';

/*
 * Real shells on a real terminal, the real program, and keys that a person presses.
 */

const home = mkdtempSync(join(tmpdir(), 'completion-'));
const folder = join(home, 'bin');
let standIn: StandIn;
let env: Record<string, string>;

const prompt = 'ready>';

const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const noPty = whyNoPty();

function whyNot(shell: string): string | undefined {
  return noPty ?? (installed(shell) ? undefined : `${shell} is not installed`);
}

interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What a person types once to have completion; nothing when the shell finds it by itself. */
  readonly load?: string;
  /** It shows what candidates mean. */
  readonly describes: boolean;
}

const shells: readonly Shell[] = [
  {
    name: 'bash',
    command: ['bash', '--norc', '--noprofile', '-i'],
    load: 'source <(maestro-cli completion bash)',
    describes: false,
  },
  { name: 'zsh', command: ['zsh', '-i'], load: 'source <(maestro-cli completion zsh)', describes: true },
  { name: 'zsh, by fpath', command: ['zsh', '-i'], describes: true },
  { name: 'fish', command: ['fish', '--private'], load: 'maestro-cli completion fish | source', describes: true },
];

/** A shell in which the program is completed, at its prompt. */
async function start({ name, command, load }: Shell): Promise<Pty> {
  const zdotdir = join(home, load === undefined ? 'zsh-fpath' : 'zsh');
  const shell = new Pty(command, {
    columns: 120,
    rows: 40,
    cwd: join(home, 'work'),
    env: { ...env, ZDOTDIR: zdotdir },
  });
  await shell.until(new RegExp(`${prompt}$`), 20_000);
  if (load !== undefined) await shell.press(`${load}; echo load''ed-${name}\r`, /loaded-\w+\s+ready>$/, 20_000);
  return shell;
}

/** Away with what is typed, and with what is on the screen. */
async function clear(shell: Pty): Promise<void> {
  await shell.press('\x15\x0c', new RegExp(`^${prompt}$`));
}

beforeAll(async () => {
  mkdirSync(folder);
  mkdirSync(join(home, 'work', 'sub'), { recursive: true });
  writeFileSync(join(home, 'work', 'work one.yaml'), '');
  writeFileSync(join(home, '.inputrc'), 'set show-all-if-ambiguous on\nset bell-style none\n');
  for (const name of ['zsh', 'zsh-fpath']) {
    mkdirSync(join(home, name));
    writeFileSync(
      join(home, name, '.zshrc'),
      `PS1='${prompt} '\nunsetopt beep\nfpath=(${home}/${name} $fpath)\nautoload -Uz compinit\ncompinit -u -d ${home}/${name}/dump\n`,
    );
  }
  const fish = join(home, '.config', 'fish');
  mkdirSync(fish, { recursive: true });
  writeFileSync(
    join(fish, 'config.fish'),
    `function fish_prompt\n  echo -n '${prompt} '\nend\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n`,
  );
  const program = join(folder, 'maestro-cli');
  writeFileSync(program, `#!/bin/sh\nexec ${(await commandWords()).join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(home, 'zsh-fpath', '_maestro-cli'), (await cli(['completion', 'zsh'])).stdout);
  writeFileSync(
    join(home, 'config.yaml'),
    'contexts:\n  prod: { consumer: west-1 }\n  staging: { source-id: mine }\ncurrent-context: prod\n',
  );
  standIn = await startStandIn({ consumers: ['west-1', 'west-2', 'east-1'] });
  env = {
    PATH: `${folder}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    MAESTRO_CONFIG: join(home, 'config.yaml'),
    PS1: `${prompt} `,
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
  };
  const client = await createMaestroClient(standIn.clientOptions());
  const data = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
  for (const name of ['nodepool-blue', 'nodepool-green', 'ingress'])
    await client.works('west-1').apply({ name, manifests: [data] });
  await client.close();
});

afterAll(async () => {
  await standIn.close();
});

/** One candidate is left, and is put in. */
const lines: readonly (readonly [typed: string, completed: string])[] = [
  ['--quiet gitops migrate ro', '--quiet gitops migrate rollback'],
  ['rm --all-c', 'rm --all-consumers'],
  ['ls --stat', 'ls --status'],
  ['list --via str', 'list --via stream'],
  ['dev --access=mt', 'dev --access=mtls'],
  ['list --status available,prog', 'list --status available,progressing'],
  ['apply x.yaml --watch=Avail', 'apply x.yaml --watch=Available'],
  ['list --consumer=ea', 'list --consumer=east-1'],
  ['list -c west-1,ea', 'list -c west-1,east-1'],
  ['get ing', 'get ingress'],
  ['describe --consumer west-1 --name=ing', 'describe --consumer west-1 --name=ingress'],
  ['config delete-context pr', 'config delete-context prod'],
  ['job render --set image-pull-p', 'job render --set image-pull-policy='],
  ['help expr', 'help expressions'],
  ['apply work', 'apply work\\ one.yaml'],
  ['validate --manifest-file=work', 'validate --manifest-file=work\\ one.yaml'],
  ['dev --access-dir s', 'dev --access-dir sub/'],
];

/** Nothing is put in, and nothing is said. */
const silent = [
  // A file is there that begins so.
  'list --via wor',
  'get wor',
  'consumer create we',
  'nonsense li',
  // Nobody listens there.
  '--http-endpoint=http://127.0.0.1:1 get ing',
  '--config=absent.yaml get ing',
];

describe.each(shells)('$name', (shell) => {
  const reason = whyNot(shell.command[0]);
  if (reason !== undefined) {
    it.skip(`is not tried: ${reason}`, () => undefined);
    return;
  }
  let pty: Pty;
  beforeAll(async () => {
    pty = await start(shell);
  });
  afterAll(async () => {
    await pty.close();
  });

  it('completes by the first Tab', async () => {
    await pty.press('maestro-cli consumer upd\t', `${prompt} maestro-cli consumer update`);
  });

  it.each(lines)('%s becomes %s', async (typed, completed) => {
    await clear(pty);
    // One more character, to see that a blank follows a whole word and nothing a part of one.
    const behind = /[=/]$/.test(completed) ? 'X' : ' X';
    await pty.press(`maestro-cli ${typed}\t`, `${prompt} maestro-cli ${completed}`);
    expect((await pty.press('X', /X$/)).trim()).toBe(`${prompt} maestro-cli ${completed}${behind}`);
  });

  it.each(silent)('%s stays as it is, and nothing is said', async (typed) => {
    await clear(pty);
    expect(await pty.press(`maestro-cli ${typed}\tX`, /X$/)).toBe(`${prompt} maestro-cli ${typed}X`);
  });

  it('shows all that may follow, and goes as far as they begin alike', async () => {
    await clear(pty);
    // zsh and fish show a list by the second Tab when the first one could put something in.
    await pty.press('maestro-cli get no\t', /maestro-cli get nodepool-|nodepool-green/);
    const screen = await pty.press(shell.describes ? '\t' : '', /nodepool-(blue|green)[^]*nodepool-(?!\1)(blue|green)/);
    expect(screen).not.toContain('ingress');
  });

  it.runIf(shell.describes)('says what each of them means', async () => {
    await clear(pty);
    await pty.press('maestro-cli consumer \t', /update .*labels/);
    await clear(pty);
    // Few enough for the screen, or zsh asks first whether all are to be seen.
    await pty.press('maestro-cli list --s\t', /--status .*available/);
  });
});
