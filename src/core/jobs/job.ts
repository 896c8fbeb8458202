import { allExitCodes, exitCodes } from '../../exit-code.ts';
import type { JsonObject } from '../json.ts';
import { adapterLabel, adapterLabels } from '../works/adapter.ts';
import { maestroContainer, reporter } from './containers.ts';
import { apiAccess, maestroCredentials } from './credentials.ts';
import {
  adapterContainer,
  commandLabel,
  eventLabel,
  handlerLabels,
  instanceLabel,
  isPlaceholder,
  jobName,
} from './names.ts';
import type { JobRequest, ManifestStore } from './request.ts';
import { jobTemplates } from './templates.ts';
import { jobTiming } from './timing.ts';

/** Trying again, unchanged, cannot help. */
export const finalExitCodes = allExitCodes.filter((code) => exitCodes[code].job === 'fail');
/** Trying again may help, and finds what is done already unchanged. */
export const retriedExitCodes = allExitCodes.filter((code) => exitCodes[code].job === 'count');

/** The labels of everything that is made for one event. */
export function eventLabels({ eventId, adapter }: JobRequest): Readonly<Record<string, string>> {
  const whose = adapter !== undefined && isPlaceholder(adapter) ? { [adapterLabel]: adapter } : adapterLabels(adapter);
  return { ...handlerLabels, [instanceLabel]: jobName(eventId), ...whose, [eventLabel]: eventId };
}

/**
 * The Job of one event.
 *
 * @throws MaestroError usage for a budget that a Job cannot have
 */
export function job(request: JobRequest): JsonObject {
  const { settings } = request;
  const timing = jobTiming(request.timeoutMs, settings.backoffLimit);
  const { command } = jobTemplates[request.template];
  const labels = eventLabels(request);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(request.eventId), namespace: request.namespace, labels },
    spec: {
      backoffLimit: settings.backoffLimit,
      activeDeadlineSeconds: timing.activeDeadline,
      ttlSecondsAfterFinished: settings.ttlSeconds,
      podFailurePolicy: failurePolicy,
      template: {
        metadata: { labels: { ...labels, [commandLabel]: command } },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: settings.serviceAccount,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: timing.terminationGrace,
          securityContext: podSecurity(settings.userId),
          ...(settings.imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: settings.imagePullSecret }] }),
          containers: [maestroContainer(request), reporter(request, timing)],
          volumes: volumes(request),
        },
      },
    },
  };
}

/**
 * Rules hold in their order; what none names counts as a try. A pod that the cluster took away is not the command's
 * failure.
 */
const failurePolicy: JsonObject = {
  rules: [
    { action: 'FailJob', onExitCodes: { containerName: adapterContainer, operator: 'In', values: finalExitCodes } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'Count', onExitCodes: { containerName: adapterContainer, operator: 'In', values: retriedExitCodes } },
  ],
};

/** One user for both containers and its group for the volumes, so that each can use /shared, the key and the tokens. */
function podSecurity(userId: number | undefined): JsonObject {
  return {
    runAsNonRoot: true,
    ...(userId === undefined ? {} : { runAsUser: userId, runAsGroup: userId, fsGroup: userId }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function volumes(request: JobRequest): readonly JsonObject[] {
  return [
    // The result is some KiB; a limit, so that whatever goes wrong fills no node.
    { name: 'shared-status', emptyDir: { sizeLimit: '64Mi' } },
    ...(request.manifest === undefined ? [] : [manifestVolume(request.manifest)]),
    ...maestroCredentials(request).volumes,
    ...apiAccess.volumes,
  ];
}

function manifestVolume({ kind, name }: ManifestStore): JsonObject {
  return {
    name: 'manifest-config',
    ...(kind === 'Secret' ? { secret: { secretName: name } } : { configMap: { name } }),
  };
}
