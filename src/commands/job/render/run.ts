import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { parseExpression } from '../../../core/expressions/parse.ts';
import { manifestObject, needsServerSide, storeKindFor } from '../../../core/jobs/manifest-store.ts';
import { privateCidrs } from '../../../core/jobs/network-policies.ts';
import { renderJob } from '../../../core/jobs/render.ts';
import type { JobRequest } from '../../../core/jobs/request.ts';
import { jobTemplates } from '../../../core/jobs/templates.ts';
import { ReadingRoom } from '../../../core/yaml/reading-room.ts';
import { readDocuments } from '../../../core/yaml/read-documents.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readInputs } from '../../../io/input-files.ts';
import { openReporter, type Reporter } from '../../../output/reporter.ts';
import { prepareWorks } from '../../shared/input/prepare-works.ts';
import type { WriteOptions } from '../../shared/write/write-options.ts';
import type { JobRenderOptions } from './options.ts';
import { printObjects } from './output.ts';

/** Reads and checks the manifests, and prints the objects; all or nothing. */
export async function run(options: JobRenderOptions, context: Context): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const request = options.files.length === 0 ? options.request : await withManifests(options, context, reporter);
  const objects = renderJob(request, options.part);
  const stored = manifestObject(request);
  if (stored !== undefined && needsServerSide(stored)) {
    reporter.warn(
      'the manifest is too long for kubectl apply, which repeats it in an annotation; use kubectl apply --server-side',
    );
  }
  if (options.part !== 'job' && !options.template && request.settings.apiServerCidrs === undefined) {
    reporter.warn(
      `the API server's address is not known, so the status-reporter may reach ports 443 and 6443 of ${privateCidrs.join(', ')}; name it with --set api-server-cidr=…`,
    );
  }
  reporter.end();
  printObjects(objects, options, context.stdout);
  return { exitCode: ExitCode.Done };
}

async function withManifests(options: JobRenderOptions, context: Context, reporter: Reporter): Promise<JobRequest> {
  const { request, files } = options;
  const { manifest } = request;
  if (manifest === undefined) return request;
  const source = { ...context, stdin: readOnce(context.stdin) };
  const isLoose = jobTemplates[request.template].command === 'build';
  await prepareWorks(checkedAs(request, files), source, reporter, isLoose);
  const texts = await readInputs(files, source);
  const text = texts.map((input) => (input.text.endsWith('\n') ? input.text : `${input.text}\n`)).join('---\n');
  const kind = storeKindFor(
    text,
    readDocuments(text, files.join(', '), { room: new ReadingRoom(() => context.roomBytes) }).map(({ value }) => value),
  );
  return { ...request, manifest: { ...manifest, kind, text } };
}

/**
 * What the Job's command would make of its manifests: a mistake in them is
 * found now, not by a Job that fails. For `build` the expression is checked by
 * the Job, because what it waits for may be in the work already.
 */
function checkedAs(request: JobRequest, files: readonly string[]): WriteOptions {
  const { consumer, workName, condition = 'Applied', failOn, template } = request;
  const waits = jobTemplates[template].command === 'apply' && jobTemplates[template].waits;
  return {
    source: request.source ?? request.manager,
    files,
    consumer,
    ...(workName === undefined ? {} : { name: workName }),
    overwrite: false,
    merge: false,
    force: false,
    noRemove: false,
    ...(waits
      ? {
          await: {
            expression: parseExpression(condition),
            ...(failOn === undefined ? {} : { failOn: parseExpression(failOn) }),
          },
        }
      : {}),
  };
}

/** Standard input can be read once, and is needed twice: for checking and as text. */
function readOnce(stdin: Context['stdin']): Context['stdin'] {
  let chunks: Uint8Array[] | undefined;
  return async function* () {
    if (chunks === undefined) {
      chunks = [];
      for await (const chunk of stdin()) chunks.push(chunk);
    }
    yield* chunks;
  };
}
