import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { workYaml } from '../commands/support/works.ts';
import { projectRoot, runCli, type CliRun } from '../support/run-cli.ts';

/**
 * The known faults of the Go tool, which this one replaces, by the numbers that other tests name as well. Each is shown
 * not to be ours by tests, named by a part of their titles, or the design rules it out.
 */
interface Fault {
  readonly row: string;
  readonly fault: string;
  readonly shown?: readonly Shown[];
  /** Why it cannot happen, naming the source file. */
  readonly impossible?: string;
  /** What is missing. */
  readonly open?: string;
}

interface Shown {
  /** Below `test/`, without the ending: a file of tests, a suite that such files run, or a folder, any file of it. */
  readonly place: string;
  readonly title: string;
}

const by = (place: string, ...titles: readonly string[]): readonly Shown[] => titles.map((title) => ({ place, title }));
const thisFile = 'go-tool/faults';
const here = (...titles: readonly string[]): readonly Shown[] => by(thisFile, ...titles);
const regression = (title: string): readonly Shown[] => by('core/expressions/regressions', title);

const results: readonly Fault[] = [
  {
    row: 'B1',
    fault: 'result statuses that a reporter does not know, without a reason',
    shown: [
      ...by('commands/exit-codes', 'tells one story in every format', 'writes a status-result with the same phase'),
      ...by('output/result-text', 'is what the reporter takes, with the rest beside it'),
    ],
  },
  {
    row: 'B2',
    fault: 'a result file before the outcome is known',
    shown: by(
      'acceptance/result-file',
      'the result path never holds an empty, partial or early file, and is there after',
    ),
  },
  {
    row: 'B3',
    fault: 'no result file for early errors or a delete of nothing',
    shown: [
      ...by('commands/result-file', 'a usage error: $title'),
      ...by('acceptance/result-file', 'bad file'),
      ...by('commands/delete', 'succeeds for what is not there'),
    ],
  },
  {
    row: 'B4',
    fault: 'a result file cut short, mode 0600, and its failure taken for that of the write',
    shown: [
      ...by('io/result-file', 'gives mode 0644 under umask %o', 'writes everything, and only the file itself'),
      ...by('acceptance/result-file', 'an unwritable result path is told at the start, before anything is sent'),
      ...by('commands/result-file', 'a folder that vanishes while it runs: the exit code is no success'),
    ],
  },
  {
    row: 'B5',
    fault: 'a status of an earlier version ends a wait',
    shown: [
      ...regression('B5: an old status does not satisfy a wait after an update'),
      ...by('acceptance/truth', 'a stale True never counts'),
    ],
  },
  {
    row: 'B6',
    fault: 'an Available older than Applied is waited for without end',
    shown: regression('B6 and B7: the times of conditions decide nothing'),
  },
  {
    row: 'B7',
    fault: 'the age of resource conditions is compared but never read',
    shown: regression('B6 and B7: the times of conditions decide nothing'),
  },
  { row: 'B8', fault: 'OR binds tighter than AND', shown: regression('B8: AND binds tighter than OR') },
  {
    row: 'B9',
    fault: 'a leading parenthesis swallows the rest',
    shown: regression('B9: a leading parenthesis ends where it closes, and ANDX is no AND'),
  },
  {
    row: 'B10',
    fault: 'mistakes in an expression wait out the timeout',
    shown: [
      ...regression('B10: lower-case keywords and NOT work, typing errors are errors'),
      ...by(
        'acceptance/no-connection',
        'a bad expression exits 2 within the time of a start, with no connection tried',
      ),
    ],
  },
  {
    row: 'B11',
    fault: 'a comparison looks at the first resource only',
    shown: regression('B11: a comparison looks at every match'),
  },
  {
    row: 'B12',
    fault: 'one resource of several meets a condition',
    shown: regression('B12: one of two Jobs is not enough for a condition'),
  },
  {
    row: 'B13',
    fault: '== and != are never true, operators are found inside values',
    shown: regression('B13: == and != are operators, and a value may contain one'),
  },
  {
    row: 'B14',
    fault: 'selectors know no API group and ignore extra parts',
    shown: regression('B14: a selector knows the API group and has no parts that count for nothing'),
  },
  {
    row: 'B15',
    fault: 'a failure is polled until the timeout',
    shown: by(
      'commands/exit-codes',
      'not applied after the grace period',
      '--fail-on matched',
      'deleted while waiting',
    ),
  },
  {
    row: 'B16',
    fault: 'the first read error is fatal, later ones are ignored for ever',
    shown: by(
      'operations/wait-for-works',
      'meanwhile is waited out',
      'with a mistake that cannot heal ends the wait at once, for every work',
    ),
  },
  {
    row: 'B17',
    fault: 'nothing beyond the first page of 100 is seen',
    shown: by(
      'acceptance/many',
      'list shows 250 as table, -o json and -o name; consumer list shows 150',
      'the last consumer of 150 is found by name',
      'apply finds them stored',
    ),
  },
  {
    row: 'B18',
    fault: 'a delete of a work that was not seen succeeds without deleting',
    shown: [
      ...by('acceptance/many', 'delete of an existing work never says "absent" or "not found"'),
      ...by('clients/reader', 'is undefined only for the 404 of Maestro'),
    ],
  },
  {
    row: 'B19',
    fault: 'a deletion is announced of a work that still exists',
    shown: [
      ...by('acceptance/many', 'delete of an existing work never says "absent" or "not found"'),
      ...by('commands/delete', 'times out as in progress when no agent answers'),
    ],
  },
  {
    row: 'B20',
    fault: 'any read error leads to a create; works of other sources are mixed up',
    shown: [
      ...by('commands/exit-codes', 'the server failed', "another source's work"),
      ...by('clients/reader', 'is undefined only for the 404 of Maestro'),
    ],
  },
  {
    row: 'B21',
    fault: 'the first work of a name is deleted, whoever owns it',
    shown: [
      ...by('operations/delete/plan', "refuses another's work $title"),
      ...by('commands/exit-codes', "deleting another source's work"),
    ],
  },
  {
    row: 'B22',
    fault: 'a namespace that names another cluster is overwritten',
    shown: by('commands/apply', 'two consumers'),
  },
  {
    row: 'B23',
    fault: 'only the first YAML document counts',
    shown: by('commands/apply', 'takes YAML, JSON, several documents, directories and standard input'),
  },
  {
    row: 'B24',
    fault: 'unknown fields are dropped, apiVersion and kind are filled in',
    shown: by('core/works/read-works', 'an unknown field', 'no version', 'no kind'),
  },
  {
    row: 'B25',
    fault: 'validate accepts bad names, namespaces and duplicates',
    shown: by(
      'core/works/validate',
      'what the server was recorded to refuse',
      'a work name with capitals',
      'a long work name',
      'takes manifests for duplicates only when the whole address is the same',
      'takes 500 KiB of manifests and no byte more',
      'feedback: %s',
    ),
  },
  {
    row: 'B26',
    fault: 'diff ignores metadata and options',
    shown: [
      ...by(
        'commands/diff',
        "['labels', ",
        "['annotations', ",
        'manifest configs',
        'deleteOption',
        'an executor, which REST does not show',
      ),
      ...by('go-tool/round-trip', 'diff exits 1 and names it, and apply makes it so'),
    ],
  },
  {
    row: 'B27',
    fault: 'diff takes kinds of two groups for one',
    shown: by('commands/diff', 'manifests of one kind in two groups, told apart and sorted'),
  },
  {
    row: 'B28',
    fault: 'diff exits 0 for differences',
    shown: [
      ...by('go-tool/command-lines', 'diff exits 1 when the file differs from what is stored'),
      ...by('commands/diff', 'errors are never 1'),
    ],
  },
  {
    row: 'B29',
    fault: 'what get prints cannot be applied again',
    shown: [
      ...by('commands/list', 'get -o %s goes back into apply unchanged'),
      ...by('go-tool/round-trip', 'makes the same work elsewhere, without our records of this one'),
    ],
  },
  {
    row: 'B30',
    fault: 'Available is reported as Applied',
    shown: by('commands/exit-codes', 'condition of the Go spelling met'),
  },
  {
    row: 'B31',
    fault: 'filters miss kinds and mistake work names for resources',
    shown: here('filters by kind, and takes no work name for that of a resource'),
  },
  {
    row: 'B32',
    fault: 'an empty list is null in JSON',
    shown: by('commands/list', 'tells an empty consumer from one that is not there'),
  },
  {
    row: 'B33',
    fault: 'a work that is only marked is called deleted, and listed as normal',
    shown: [
      ...by('commands/delete', 'requests, and says no more than that'),
      ...here('lists a work that is being deleted as such'),
    ],
  },
  {
    row: 'B34',
    fault: 'the same file raises the version each time',
    shown: by('acceptance/idempotence', 'applying the same file three times: version stays 1'),
  },
  {
    row: 'B35',
    fault: 'versions are told as 0',
    shown: [
      ...by('operations/apply/plan', 'overwrites with version 0, and reads at which version that was stored'),
      ...by('commands/apply', 'prints in json and by name'),
    ],
  },
];

const connection: readonly Fault[] = [
  {
    row: 'B36',
    fault: 'a poll interval of 0 crashes',
    shown: by('commands/watch', "'--interval must be more than 0'"),
  },
  {
    row: 'B37',
    fault: 'the pause after failures overflows or shrinks',
    shown: by('commands/watch', 'pauses after failures between the interval and a cap, however many there were'),
  },
  {
    row: 'B38',
    fault: 'watching a work that is missing or gone never ends',
    shown: by(
      'commands/watch',
      'prints its life as JSON lines, and ends with exit 0 when it is gone',
      'with exit 3 when a named work never came',
    ),
  },
  {
    row: 'B39',
    fault: 'each poll reads every work over a new connection',
    shown: [
      ...by('operations/wait-for-works', 'share their reads, and only those still waited for are read'),
      ...by('clients/reader', 'keeps its connections'),
    ],
  },
  {
    row: 'B40',
    fault: 'skipping verification means plaintext, for both sides',
    shown: [
      ...by('command-line/connection-options', '$argv with $env: $plaintext'),
      ...by('commands/doctor', 'skipping verification is a warning that names the trouble'),
    ],
  },
  {
    row: 'B41',
    fault: 'REST has no CA, certificate, token or proxy',
    shown: by('clients/reader', 'in TLS, %s', 'carry the token of the file, as it is now', 'go through a proxy, by %s'),
  },
  {
    row: 'B42',
    fault: 'the help prints the token',
    shown: by('commands/help', 'never shows a token of the environment'),
  },
  {
    row: 'B43',
    fault: 'a token of the environment beats a file given by flag',
    shown: by('command-line/connection-options', 'a file flag beats a token of the environment'),
  },
  {
    row: 'B44',
    fault: 'an unreadable token file is ignored, and none is read again',
    shown: [
      ...by('clients/connection', 'an empty token file', 'a directory'),
      ...by(
        'clients/support/writer-suite',
        'sends a rotated token with the next call',
        'names the file that went away',
      ),
    ],
  },
  {
    row: 'B45',
    fault: 'a key without a certificate is ignored',
    shown: by('clients/connection', 'a key without its certificate'),
  },
  {
    row: 'B46',
    fault: 'a token is dropped silently in plaintext',
    shown: by('clients/connection', 'a token over plaintext gRPC', 'allows a token over plaintext when told to'),
  },
  {
    row: 'B47',
    fault: 'the cause of a failed connection is hidden',
    shown: by('acceptance/access', 'gRPC: $name', 'a closed port is tried again until the timeout', 'TLS to plaintext'),
  },
  {
    row: 'B48',
    fault: 'a server that is not there yet fails a run at once',
    shown: by(
      'acceptance/late-server',
      'a server that starts %i s late: apply --timeout=30s succeeds',
      'a gRPC side that opens late, with REST up',
    ),
  },
  {
    row: 'B49',
    fault: 'apply subscribes for nothing',
    impossible:
      'src/clients/connect.ts gives apply a reader and a writer only; subscriptions are opened by src/clients/grpc/subscriber.ts, which it does not load',
  },
  {
    row: 'B50',
    fault: 'the consumer check lists all consumers and prints their names',
    shown: here('asks for a consumer by its name', 'names no other consumer when one is missing'),
  },
  {
    row: 'B51',
    fault: 'waits prolong the one timeout, a second signal is ignored, no result on a signal',
    shown: [
      ...by('operations/wait-for-works', 'never sleeps past the deadline, whatever the budget'),
      ...by('acceptance/signals', 'a second signal ends a run at once'),
      ...by('commands/exit-codes', 'SIGTERM after acceptance'),
    ],
  },
  {
    row: 'B52',
    fault: 'no control of conflicts',
    shown: by('commands/exit-codes', 'another version is stored', 'superseded while waiting'),
  },
  {
    row: 'B53',
    fault: 'diff shows Secrets and cuts text inside a character',
    shown: [
      ...by('commands/diff', 'are compared and never shown, not even by their length'),
      ...here('shows long text whole'),
    ],
  },
  {
    row: 'B54',
    fault: 'an id that two names share is taken for either',
    shown: [
      ...by('operations/apply/plan', 'an id that another consumer and name share'),
      ...by('operations/delete/plan', 'under an id that two names share'),
    ],
  },
];

const usability: readonly Fault[] = [
  {
    row: 'B55',
    fault: 'an expression after a blank is ignored, and so are stray arguments',
    shown: here('takes an expression after a blank, and refuses stray arguments'),
  },
  {
    row: 'B56',
    fault: 'logs on stdout, log settings ignored, version always dev',
    shown: [
      ...by('acceptance/output', '-o json is exactly one JSON value on stdout, on errors too'),
      ...by('commands/wait', 'logs in json when told to'),
      ...by('command-line/connection-options', 'logs: $argv $env'),
      ...by('package/executable', 'tells the version, commit and date'),
    ],
  },
  {
    row: 'B57',
    fault: 'tables are out of reach, and bad formats are accepted',
    shown: [
      ...by('commands/list', 'lists every work with what its status proves'),
      ...by('commands/list', 'refuses %j before anything is sent'),
    ],
  },
  {
    row: 'B58',
    fault: 'exit 1 for everything',
    shown: by('commands/exit-codes', 'reaches every exit code but 1, which only diff gives'),
  },
  {
    row: 'B59',
    fault: 'inputs, selectors, commands and JSON outputs that are missing',
    shown: [
      ...by(
        'commands/apply',
        'takes YAML, JSON, several documents, directories and standard input',
        'makes one work of plain manifests, named or by adapter',
        'sends nothing in a dry run',
      ),
      ...by('commands/consumer', 'creates, gets by name and by id, updates and deletes'),
      ...by('commands/config', 'make, use, show and remove a context'),
      ...by('commands/__complete', 'every flag of every command is offered'),
      ...by('acceptance/many', 'get finds the first, the last and one in the middle, by name and by id'),
    ],
  },
  {
    row: 'B60',
    fault: 'changes in random order',
    shown: by('commands/diff', 'manifests of one kind in two groups, told apart and sorted'),
  },
  {
    row: 'B61',
    fault: 'build reporter bad flags after network work, and takes no bare array',
    shown: by(
      'commands/build',
      '--watch and --wait need --apply: building writes nothing',
      '--dry-run sends nothing, so there is nothing to wait for',
      'a bare array',
    ),
  },
  {
    row: 'B62',
    fault: 'a search by name looks at the id',
    shown: [
      ...by('commands/list', 'shows a work of another source when it is the only one of its name'),
      ...by('clients/search', 'are those that the server was seen to answer'),
    ],
  },
  {
    row: 'B63',
    fault: 'the image changes its dependencies while it is built, and hides the command',
    shown: [
      ...by('image/layout', 'as its entry point', 'as a Job says it'),
      ...by('go-tool/command-lines', 'the first Job hands everything over'),
      ...here('installs in the image exactly what the lock file says'),
    ],
  },
  {
    row: 'B64',
    fault: 'documents that disagree with the program',
    shown: [...by('docs/examples', 'test.each(examples)'), ...by('docs/reference', '%s is fresh')],
  },
];

const faults = [...results, ...connection, ...usability];
const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

describe('the faults of the Go tool', () => {
  it('are all here, once', () => {
    expect(faults.map(({ row }) => row)).toEqual(Array.from({ length: 64 }, (_, index) => `B${index + 1}`));
  });

  it.each(faults)('$row: $fault', ({ shown, impossible, open }) => {
    expect([shown, impossible, open].filter((answer) => answer !== undefined)).toHaveLength(1);
    if (shown !== undefined) expect(shown).not.toEqual([]);
    for (const { place, title } of shown ?? []) {
      const files = globSync(`test/${place}{.test.ts,/**/*.test.ts${place.endsWith('-suite') ? ',.ts' : ''}}`, {
        cwd: projectRoot,
      });
      // This file holds every title in its table, so that only a test of it counts.
      const sought = place === thisFile ? `it('${title}', ` : title;
      expect(
        files.some((file) => textOf(file).includes(sought)),
        `${place} has no "${title}"`,
      ).toBe(true);
    }
    if (impossible !== undefined) {
      const sources = impossible.match(/src\/[\w/-]+\.ts/g) ?? [];
      expect(sources).not.toEqual([]);
      for (const source of sources) expect(existsSync(join(projectRoot, source)), source).toBe(true);
    }
  });

  it('leave nothing open', () => {
    const open = faults.filter((fault) => fault.open !== undefined).map(({ row }) => row);
    expect(open).toEqual([]);
  });
});

describe('what no other test shows', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({ consumers: ['c1', 'another'], agent: { online: false } });
  });
  afterAll(() => maestro.close());

  const run = (argv: readonly string[], yaml = ''): Promise<CliRun> =>
    runCli(argv, { endpoints: maestro, files: { 'w.yaml': yaml } });
  async function apply(name: string, value = 'one'): Promise<void> {
    const done = await run(['apply', '-f', 'w.yaml', '--consumer=c1'], workYaml(name, { value }));
    expect(done.exitCode, done.stderr).toBe(0);
  }
  const namesBy = async (flag: string): Promise<string> =>
    (await run(['list', '--consumer=c1', '-o', 'name', flag])).stdout;

  it('filters by kind, and takes no work name for that of a resource', async () => {
    await apply('filtered');
    for (const flag of [
      '--filter=ConfigMap',
      '--filter=ConfigMap/settings',
      '--resource=ConfigMap',
      '--resource=ConfigMap/settings',
    ]) {
      expect(await namesBy(flag), flag).toContain('/filtered\n');
    }
    for (const flag of [
      '--filter=Deployment/filtered',
      '--filter=ConfigMap/filtered',
      '--resource=ConfigMap/filtered',
      '--resource=Deployment',
    ]) {
      expect(await namesBy(flag), flag).toBe('');
    }
  });

  it('lists a work that is being deleted as such', async () => {
    await apply('going');
    await run(['delete', '--name=going', '--consumer=c1']);
    expect((await run(['list', '--consumer=c1'])).stdout).toMatch(/^going +c1 .*deleting/m);
    expect(await namesBy('--status=Deleting')).toBe('manifestwork.work.open-cluster-management.io/going\n');
  });

  it('asks for a consumer by its name', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response
        .setHeader('content-type', 'application/json')
        .end('{"kind":"ConsumerList","page":1,"size":0,"total":0,"items":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const done = await run(['consumer', 'get', 'nobody', `--http-endpoint=http://127.0.0.1:${port}`]);
      expect(done.exitCode, done.stderr).toBe(3);
      expect(asked).toEqual([expect.stringMatching(/\/consumers\?.*search=name = 'nobody'/)]);
    } finally {
      server.close();
    }
  });

  it('names no other consumer when one is missing', async () => {
    const done = await run(['apply', '-f', 'w.yaml', '--consumer=nobody'], workYaml('lost'));
    expect(done.exitCode).toBe(3);
    expect(done.stderr).toContain('there is no consumer named nobody');
    expect(done.stdout + done.stderr).not.toMatch(/another|\bc1\b/);
  });

  it('shows long text whole', async () => {
    const long = 'ü'.repeat(60);
    await apply('long', `${long}1`);
    const done = await run(['diff', '-f', 'w.yaml', '--consumer=c1'], workYaml('long', { value: `${long}2` }));
    expect(done.exitCode).toBe(1);
    expect(done.stdout).toContain(`${long}1`);
    expect(done.stdout).toContain(`${long}2`);
  });

  it('takes an expression after a blank, and refuses stray arguments', async () => {
    const before = maestro.publishes().length;
    const waited = await run(['apply', '-f', 'w.yaml', '--consumer=c1', '--wait', 'Job:Complete'], workYaml('blank'));
    expect(waited.exitCode).toBe(2);
    expect(waited.stderr).toContain('Selectors are Kind');
    const stray = await run(['get', '--name=filtered', '--consumer=c1', 'stray']);
    expect(stray.exitCode).toBe(2);
    expect(stray.stderr).toContain('name two, and one is taken');
    expect(maestro.publishes()).toHaveLength(before);
  });

  it('installs in the image exactly what the lock file says', () => {
    const installs = textOf('Dockerfile').match(/\bnpm (?:ci|i|install|update)\b/g) ?? [];
    expect(new Set(installs)).toEqual(new Set(['npm ci']));
  });
});
