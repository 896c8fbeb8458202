import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, packageName, root, run } from './run.ts';

const program = `
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createMaestroClient } from '${packageName}';
import { createStandIn } from '${packageName}/standin';
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
const standIn = await createStandIn({ consumers: ['c1'] });
const client = await createMaestroClient({ inProcess: standIn, source: 's' });
await client.works('c1').apply({ name: 'w', manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }] });
await client.close();
const spans = exporter.getFinishedSpans();
const published = spans.find(({ name }) => name === 'maestro.publish')?.spanContext();
const told = standIn.publishes()[0]?.traceparent === \`00-\${published?.traceId}-\${published?.spanId}-01\`;
console.log([...new Set(spans.map(({ name }) => name))].sort().join(' '), told);
await standIn.close();
`;

/** The installed library without OpenTelemetry, which npm does not bring, and with it. */
export function checkTracing(user: string): void {
  check('the optional peer is not installed with it', !existsSync(join(user, 'node_modules/@opentelemetry')));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  const packages = ['api', 'context-async-hooks', 'sdk-trace'].map((name) => `@opentelemetry/${name}`);
  const wanted = packages.map((name) => `${name}@${devDependencies[name] ?? ''}`);
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], user);
  writeFileSync(join(user, 'traced.mjs'), program);
  const printed = run(process.execPath, ['traced.mjs'], user).trim();
  check(
    'with a provider of OpenTelemetry it makes spans, and hands their trace on',
    printed === 'maestro.apply maestro.publish maestro.read true',
    printed,
  );
}
