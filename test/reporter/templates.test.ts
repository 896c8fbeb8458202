import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlRoot, startStandIn, type StandIn } from '../../src/standin/index.ts';
import { configMapWork, endpoints } from '../acceptance/support/world.ts';
import { filled, jobOf, objectsOf, templateText, type JobObject, type templateFiles } from '../jobs/support/objects.ts';
import { cli, until } from '../support/process.ts';
import { pod, readAsAnother, asUser, readingUser, startContainer } from './support/container.ts';
import { report, type Reported } from './support/status-reporter.ts';

let folder: string;
let standIn: StandIn;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-reporter-'));
  standIn = await startStandIn({
    consumers: ['on', 'off'],
    agents: { off: { online: false } },
    access: { mode: 'mtls', directory: folder },
  });
});

afterAll(async () => {
  await standIn.close();
  rmSync(folder, { recursive: true });
});

type Outcome = 'success' | 'failure' | 'timeout' | 'SIGTERM';

/** What is done to a template, and what the status-reporter shall make of it. */
interface Case {
  readonly consumer: 'on' | 'off' | 'nobody';
  /** Stored before, in the name of the template's work. */
  readonly stored?: 'ours' | 'foreign';
  /** The first read hangs. */
  readonly hangs?: boolean;
  readonly failOn?: string;
  /** The message names no work. */
  readonly unnamed?: boolean;
  readonly exitCode: number;
  readonly reason: string;
}

/** Nothing was accepted, so nothing is waited for: the server did not answer. */
const hung: Case = { consumer: 'on', hangs: true, exitCode: 8, reason: 'ServerUnreachable' };
const stopped: Case = { consumer: 'on', hangs: true, exitCode: 143, reason: 'Interrupted' };
const unknownConsumer: Case = { consumer: 'nobody', exitCode: 3, reason: 'ConsumerNotFound' };
const unseen: Case = { consumer: 'off', exitCode: 6, reason: 'Timeout' };

const cases: Readonly<Record<(typeof templateFiles)[number], Readonly<Record<Outcome, Case>>>> = {
  apply: {
    success: { consumer: 'on', exitCode: 0, reason: 'Accepted' },
    failure: unknownConsumer,
    timeout: hung,
    SIGTERM: stopped,
  },
  'apply-and-wait': {
    success: { consumer: 'on', exitCode: 0, reason: 'Applied' },
    failure: unknownConsumer,
    timeout: unseen,
    SIGTERM: stopped,
  },
  delete: {
    success: { consumer: 'on', stored: 'ours', exitCode: 0, reason: 'Deleted' },
    failure: { consumer: 'on', stored: 'foreign', exitCode: 10, reason: 'ForeignWork' },
    timeout: { ...unseen, stored: 'ours' },
    SIGTERM: stopped,
  },
  wait: {
    success: { consumer: 'on', stored: 'ours', exitCode: 0, reason: 'Applied' },
    failure: { consumer: 'on', stored: 'ours', failOn: 'Applied', exitCode: 7, reason: 'FailOnMatched' },
    timeout: unseen,
    SIGTERM: stopped,
  },
  validate: {
    success: { consumer: 'on', exitCode: 0, reason: 'Finished', unnamed: true },
    failure: unknownConsumer,
    timeout: hung,
    SIGTERM: stopped,
  },
  'build-then-apply': {
    success: { consumer: 'on', stored: 'ours', exitCode: 0, reason: 'Applied' },
    failure: unknownConsumer,
    timeout: unseen,
    SIGTERM: stopped,
  },
};

let count = 0;

describe.each(Object.entries(cases))(
  '%s.yaml, run as its container is, and read by the status-reporter as another user',
  (template, outcomes) => {
    test.each(Object.entries(outcomes) as readonly (readonly [Outcome, Case])[])('%s', async (outcome, expected) => {
      count += 1;
      const adapter = `a${count}`;
      const name = `hyperfleet-${expected.consumer}-${adapter}`;
      const place = pod(configMapWork(name, { key: 'new' }));
      if (expected.stored !== undefined) await store(name, expected, adapter);
      if (expected.hangs)
        standIn.setFault({
          kind: 'delay',
          channel: 'http',
          ms: 60_000,
          ...(outcome === 'SIGTERM' ? { count: 1 } : {}),
        });

      const run = await startContainer(jobFor(template, expected, adapter, outcome), place, standIn);
      const reporting = report({
        file: place.results,
        container: run.state,
        pollMs: 40,
        containerMs: 200,
        maxWaitMs: 20_000,
        ...asAnother(),
      });
      if (outcome === 'SIGTERM') {
        await until('the read hangs', () => faultTaken());
        run.running.kill('SIGTERM');
      }
      const finished = await run.running.done;
      const reported = await reporting;
      standIn.clearFaults();

      expect(finished.exitCode, finished.stderr).toBe(expected.exitCode);
      const wanted: Reported = {
        condition: {
          status: expected.exitCode === 0 ? 'True' : 'False',
          reason: expected.reason,
          message: expect.any(String) as string,
        },
        exitCode: 0,
      };
      expect(reported).toEqual(wanted);
      if (!expected.hangs && !expected.unnamed && expected.exitCode !== 3)
        expect(reported.condition.message).toContain(name);
    });
  },
);

/** The template as an adapter fills it in; the budget of a timeout is a few seconds. */
function jobFor(template: string, { consumer, failOn }: Case, adapter: string, outcome: Outcome): JobObject {
  const values = {
    'event-id': `e${count}`,
    'sentinel-event-id': 's',
    'target-cluster': consumer,
    'manifest-config-name': 'm',
    'adapter-type': adapter,
  };
  const text = filled(templateText(template), values).replace(
    '--timeout=4m30s',
    outcome === 'timeout' ? '--timeout=4s' : '--timeout=20s',
  );
  return jobOf(
    objectsOf(
      failOn === undefined
        ? text
        : text.replace('- --condition=Applied', `- --condition=Deleted\n            - --fail-on=${failOn}`),
    ),
  );
}

async function store(name: string, { consumer, stored }: Case, manager: string): Promise<void> {
  const { clientCertFile = '', clientKeyFile = '' } = standIn.certificates ?? {};
  const env = {
    ...endpoints(standIn),
    MAESTRO_GRPC_CLIENT_CERT: clientCertFile,
    MAESTRO_GRPC_CLIENT_KEY: clientKeyFile,
  };
  const source = stored === 'foreign' ? ['--source-id=somebody-else'] : [];
  const wait = consumer === 'on' ? ['--watch'] : [];
  const run = await cli(['apply', '-f', '-', `--consumer=${consumer}`, `--manager=${manager}`, ...source, ...wait], {
    env,
    stdin: configMapWork(name, { key: 'old' }),
  });
  expect(run.exitCode, run.stderr).toBe(0);
}

function asAnother(): { readonly read?: (file: string) => Uint8Array } {
  return 'prefix' in asUser(readingUser) ? { read: readAsAnother } : {};
}

/** True once the fault that was set has struck. */
async function faultTaken(): Promise<boolean> {
  const ca = readFileSync(standIn.certificates?.caFile ?? '');
  return new Promise((resolve, reject) => {
    get(`${standIn.httpEndpoint}${controlRoot}faults`, { ca }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve((JSON.parse(text) as unknown[]).length === 0));
    }).on('error', reject);
  });
}
