import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { unescaped } from './svg.ts';
import { terminalPicture, type TerminalLine } from './terminal.ts';

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: nodepool}
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: workers, namespace: default}
      data: {replicas: "3"}
`;

interface Step {
  readonly remark: string;
  readonly args: readonly string[];
  readonly exitCode: number;
}

const steps: readonly Step[] = [
  {
    remark: 'Write a ManifestWork, and wait until the cluster has applied it',
    args: ['apply', '-f', 'work.yaml', '--consumer=west-1', '--watch'],
    exitCode: 0,
  },
  {
    remark: 'Again: nothing changed, so nothing is sent',
    args: ['apply', '-f', 'work.yaml', '--consumer=west-1'],
    exitCode: 0,
  },
  {
    remark: 'A cluster that does not answer: never a success that was not seen',
    args: ['apply', '-f', 'work.yaml', '--consumer=south-1', '--watch', '--timeout=3s'],
    exitCode: 6,
  },
  { remark: 'Where everything stands', args: ['list', '--all-consumers'], exitCode: 0 },
];

/**
 * Runs the session against a stand-in with one cluster whose agent answers and one whose agent
 * does not, and gives what a terminal shows of it.
 *
 * @param command how maestro-cli is started: a program and what stands before its arguments
 * @throws Error when a command ends otherwise than it should
 */
export async function recordSession(command: readonly string[]): Promise<readonly TerminalLine[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-session-'));
  const standIn = await startStandIn({
    consumers: ['west-1', 'south-1'],
    // So slow that the command looks once before there is a report.
    agent: { delayMs: 1_000 },
    agents: { 'south-1': { online: false } },
  });
  try {
    writeFileSync(join(folder, 'work.yaml'), work);
    const lines: TerminalLine[] = [];
    for (const step of steps)
      lines.push(...(await recordStep(step, { command, cwd: folder, standIn })), { kind: 'answered', text: '' });
    return lines.slice(0, -1);
  } finally {
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly standIn: StandIn;
}

async function recordStep({ remark, args, exitCode }: Step, place: Place): Promise<TerminalLine[]> {
  const { code, output } = await run(args, place);
  const typed = `maestro-cli ${args.join(' ')}`;
  if (code !== exitCode) throw new Error(`${typed} ended with ${code}, not ${exitCode}:\n${output}`);
  return [
    { kind: 'remark', text: `# ${remark}` },
    { kind: 'typed', text: `$ ${typed}` },
    ...output
      .trimEnd()
      .split('\n')
      .map((text): TerminalLine => ({ kind: 'answered', text })),
    ...(exitCode === 0 ? [] : [{ kind: 'remark', text: `# exit code ${exitCode}` } as const]),
  ];
}

/** `output` is what a terminal shows: both streams, in the order in which they were written. */
async function run(
  args: readonly string[],
  { command, cwd, standIn }: Place,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = {
    PATH: process.env['PATH'],
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
  };
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { code, output };
}

/** Each line once more, from what a picture says of itself. */
export function linesOfPicture(svg: string): readonly TerminalLine[] {
  const description = unescaped(/<desc[^>]*>([^]*?)<\/desc>/.exec(svg)?.[1] ?? '');
  return description.split('\n').map((text) => ({ kind: kindOf(text), text }));
}

function kindOf(text: string): TerminalLine['kind'] {
  if (text.startsWith('$ ')) return 'typed';
  return text.startsWith('# ') ? 'remark' : 'answered';
}

export function sessionPicture(lines: readonly TerminalLine[]): string {
  return terminalPicture(
    {
      title: 'A session of maestro-cli at a terminal',
      description: lines.map(({ text }) => text).join('\n'),
    },
    lines,
  );
}
