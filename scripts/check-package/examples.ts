import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, packageName, root, run } from './run.ts';

/** Serves until its input ends, and says where. */
const standIn = `import { startStandIn } from '${packageName}/standin';
const labels = { region: 'eu' };
await using standIn = await startStandIn({ consumers: ['a', 'b', 'c'].map((name) => ({ name, labels })) });
console.log(JSON.stringify(standIn.clientOptions()));
for await (const _ of process.stdin);
`;

const settings = [
  // What `await using` wants, and this library of TypeScript has not, comes with @types/node.
  ['--target', 'es2022', '--lib', 'es2022', '--module', 'nodenext'],
  ['--target', 'es2024', '--module', 'esnext', '--moduleResolution', 'bundler'],
] as const;

/** Type-checks the example programs against the installed package, and runs them against its stand-in. */
export async function checkExamples(user: string): Promise<void> {
  const folder = join(user, 'examples');
  cpSync(join(root, 'examples/library'), folder, { recursive: true });
  mkdirSync(join(user, 'node_modules/@kubernetes'), { recursive: true });
  symlinkSync(join(root, 'node_modules/@kubernetes/client-node'), join(user, 'node_modules/@kubernetes/client-node'));
  const programs = ['apply-and-wait.ts', 'roll-out.ts', 'watch.ts'];
  for (const options of settings) {
    const common = ['--noEmit', '--strict', '--skipLibCheck', '--allowImportingTsExtensions', '--types', 'node'];
    run(join(root, 'node_modules/.bin/tsc'), [...common, ...options, ...programs], folder);
    check(`TypeScript takes the examples: ${options.join(' ')}`, true);
  }
  writeFileSync(join(folder, 'serve.mjs'), standIn);
  const server = spawn(process.execPath, ['serve.mjs'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const { grpcEndpoint, httpEndpoint } = JSON.parse(line.toString()) as Readonly<Record<string, string>>;
    const env = { ...process.env, MAESTRO_GRPC_ENDPOINT: grpcEndpoint, MAESTRO_HTTP_ENDPOINT: httpEndpoint };
    const runs = [
      { program: 'apply-and-wait.ts', argument: 'a', exitCode: 0, says: 'web on a: created, available at version 1' },
      { program: 'apply-and-wait.ts', argument: 'none', exitCode: 3, says: 'ConsumerNotFound: ' },
      { program: 'roll-out.ts', argument: 'eu', exitCode: 0, says: '3 of 3 works done' },
    ];
    for (const { program, argument, exitCode, says } of runs) {
      const ended = await output(program, [argument], { cwd: folder, env });
      const holds = ended.exitCode === exitCode && ended.text.includes(says);
      check(`the example ${program} runs for ${argument} and ends with ${exitCode}`, holds, ended);
    }
  } finally {
    server.stdin.end();
    await once(server, 'exit');
  }
}

async function output(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ readonly exitCode: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(String(part)));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, text: parts.join('') };
}
