import type { JsonObject } from '../json.ts';
import { argsOf, commandOf } from './command-line.ts';
import { apiAccess, maestroCredentials, variables } from './credentials.ts';
import { adapterContainer, configFolder, jobName, reporterContainer, resultsPath, sharedFolder } from './names.ts';
import type { JobRequest } from './request.ts';
import { jobTemplates } from './templates.ts';
import type { JobTiming } from './timing.ts';

/** What the restricted Pod Security standard asks of a container, and nothing writable but /shared. */
const securityContext: JsonObject = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The container that runs maestro-cli. */
export function maestroContainer(request: JobRequest): JsonObject {
  const { settings, manifest } = request;
  const credentials = maestroCredentials(request);
  return {
    name: adapterContainer,
    image: request.image,
    ...pullPolicy(request),
    command: commandOf(request),
    args: argsOf(request).map(unexpanded),
    env: [
      ...variables({ EVENT_ID: unexpanded(request.sentinelEventId) }),
      ...(request.traceparent === undefined ? [] : variables({ TRACEPARENT: request.traceparent })),
      ...variables({ RESULTS_PATH: resultsPath, MAESTRO_RESULTS_FORMAT: 'adapter-result' }),
      // An event that lacks a part, or a template that came out short, must not take objects off a cluster.
      ...(jobTemplates[request.template].writes && settings.noRemove ? variables({ MAESTRO_NO_REMOVE: 'true' }) : []),
      ...variables({
        MAESTRO_MANAGER: request.manager,
        ...(request.source === undefined ? {} : { MAESTRO_SOURCE_ID: unexpanded(request.source) }),
      }),
      ...credentials.env,
    ],
    volumeMounts: [
      { name: 'shared-status', mountPath: sharedFolder },
      ...(manifest === undefined ? [] : [{ name: 'manifest-config', mountPath: configFolder, readOnly: true }]),
      ...credentials.mounts,
    ],
    resources: {
      requests: { cpu: settings.cpuRequest, memory: settings.memoryRequest },
      limits: { cpu: settings.cpuLimit, memory: settings.memoryLimit },
    },
    securityContext,
  };
}

/**
 * The status-reporter, an ordinary container: it ends once the outcome is
 * reported, so that the pod ends. When the pod is stopped it hears of it later
 * than the command, because it leaves at once and would miss the file.
 */
export function reporter(request: JobRequest, timing: JobTiming): JsonObject {
  const { settings } = request;
  return {
    name: reporterContainer,
    image: settings.reporterImage,
    ...pullPolicy(request),
    env: [
      ...variables({ JOB_NAME: jobName(request.eventId) }),
      { name: 'JOB_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ...variables({
        RESULTS_PATH: resultsPath,
        POLL_INTERVAL_SECONDS: String(settings.pollIntervalSeconds),
        MAX_WAIT_TIME_SECONDS: String(timing.reporterWait),
        CONDITION_TYPE: settings.conditionType,
        ADAPTER_CONTAINER_NAME: adapterContainer,
      }),
    ],
    volumeMounts: [{ name: 'shared-status', mountPath: sharedFolder, readOnly: true }, ...apiAccess.mounts],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    lifecycle: { preStop: { sleep: { seconds: timing.reporterDelay } } },
    securityContext,
  };
}

function pullPolicy({ settings }: JobRequest): JsonObject {
  return settings.imagePullPolicy === undefined ? {} : { imagePullPolicy: settings.imagePullPolicy };
}

/** Kubernetes replaces `$(NAME)` in arguments and environment; `$$(` keeps it as it is written. */
function unexpanded(text: string): string {
  return text.replaceAll('$(', () => '$$(');
}
