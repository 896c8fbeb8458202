import type { Maestro } from '../../../../src/context.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { EventNote, EventRecorder } from '../../../../src/gitops/kube/event-recorder.ts';
import type { KubeApi, ObjectRef, ResourcePath } from '../../../../src/gitops/kube/kube-api.ts';
import type { Log, LogFields } from '../../../../src/gitops/run/log.ts';
import type { ControllerSettings } from '../../../../src/gitops/run/settings.ts';
import { parseFor } from '../../../support/parse-for.ts';
import { gitopsControllerCommand } from '../../../../src/commands/gitops/controller/command.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export function recordingLog(lines: LogLine[] = []): Log & { readonly lines: readonly LogLine[] } {
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
    };
  return {
    lines,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    with: () => recordingLog(lines),
  };
}

/** Answers GETs out of a function; everything else is a call that nobody expected. */
export function fakeKube(
  get: (path: ResourcePath, ref: ObjectRef) => Promise<JsonObject | undefined> | JsonObject | undefined,
): KubeApi & { readonly calls: string[]; readonly closed: () => boolean } {
  const calls: string[] = [];
  let closed = false;
  const unexpected = (): never => {
    throw new Error('an unexpected call to the hub');
  };
  return {
    calls,
    closed: () => closed,
    server: 'https://hub:6443',
    defaultNamespace: undefined,
    get: async (path, ref) => {
      calls.push(`${path.resource} ${ref.namespace ?? ''}/${ref.name}`);
      return get(path, ref);
    },
    listPage: unexpected,
    watch: unexpected,
    jsonPatch: unexpected,
    create: unexpected,
    update: unexpected,
    delete: unexpected,
    close: async () => {
      closed = true;
    },
  };
}

export function fakeMaestro(): Maestro & { readonly closed: () => boolean } {
  let closed = false;
  const side = {} as Pick<Maestro, 'reader' | 'writer' | 'subscriber'>;
  return {
    ...side,
    closed: () => closed,
    close: async () => {
      closed = true;
    },
  };
}

export function recordingEvents(): EventRecorder & { readonly notes: EventNote[] } {
  const notes: EventNote[] = [];
  return {
    notes,
    record: (note) => void notes.push(note),
    counts: { sent: 0, repeated: 0, dropped: 0, failed: 0 },
    close: async () => undefined,
  };
}

export function settingsFor(...argv: readonly string[]): ControllerSettings {
  return parseFor(gitopsControllerCommand, ['--health-address=127.0.0.1:0', '--metrics-address=127.0.0.1:0', ...argv])
    .settings;
}
