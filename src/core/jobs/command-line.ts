import { formatDuration } from '../duration.ts';
import { conditionType } from '../status/work-status.ts';
import { conventionalName } from '../works/names.ts';
import { configFolder, manifestKey, resultsPath } from './names.ts';
import type { JobRequest } from './request.ts';
import { jobTemplates } from './templates.ts';

/** The `command` of the container: the entry point is not relied on. */
export function commandOf(request: JobRequest): readonly string[] {
  return ['maestro-cli', jobTemplates[request.template].command];
}

/** Its `args`, spelt and ordered as the origin writes them. */
export function argsOf(request: JobRequest): readonly string[] {
  return [...ownArgs(request), ...failOn(request), ...commonArgs(request)];
}

function ownArgs(request: JobRequest): readonly string[] {
  const manifest = `${configFolder}/${manifestKey}`;
  const name = request.workName === undefined ? [] : [`--name=${request.workName}`];
  // Both say one name; the adapter labels the work, too.
  const adapter =
    request.adapter !== undefined && request.workName === conventionalName(request.consumer, request.adapter)
      ? [`--adapter=${request.adapter}`]
      : [];
  const consumer = `--consumer=${request.consumer}`;
  const watch = request.condition === undefined ? '--watch' : `--watch=${request.condition}`;
  switch (request.template) {
    case 'apply':
      return [`--manifest-file=${manifest}`, ...name, ...adapter, consumer];
    case 'apply-and-wait':
      return [`--manifest-file=${manifest}`, ...name, ...adapter, consumer, watch];
    case 'delete':
      return [...name, consumer, '--watch'];
    case 'wait':
      return [...name, consumer, `--condition=${request.condition ?? conditionType.applied}`];
    case 'build-then-apply':
      return [...name, ...adapter, consumer, `--source-file=${manifest}`, '--apply', watch];
    case 'validate':
      return [`--manifest-file=${manifest}`, ...name, consumer];
  }
}

function failOn({ failOn: expression }: JobRequest): readonly string[] {
  return expression === undefined ? [] : [`--fail-on=${expression}`];
}

function commonArgs(request: JobRequest): readonly string[] {
  const { grpc, http } = request;
  // An address with a scheme says by itself whether there is TLS.
  const plaintext = !grpc.tls && !grpc.text.includes('://') ? ['--grpc-plaintext'] : [];
  return [
    `--timeout=${formatDuration(request.timeoutMs)}`,
    `--grpc-endpoint=${grpc.text}`,
    ...plaintext,
    `--http-endpoint=${http.text}`,
    `--results-path=${resultsPath}`,
  ];
}
