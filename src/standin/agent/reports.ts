import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../../core/json.ts';
import type { Clock } from '../../clock.ts';
import type { SequenceIds } from '../identity.ts';
import type { ReportsHow } from '../options.ts';
import type { StatusEvent } from '../service/bundle.ts';
import type { ResourceService } from '../service/resource-service.ts';
import { wireStatus } from './status.ts';
import type { AgentStatus } from './status.ts';

/** Which report it is: of a work, for a version, and its place among those of the agent. */
export interface ReportPlace {
  readonly consumer: string;
  readonly version: number;
  readonly sequenceId: string;
  readonly timeMs: number;
}

/** A report as Maestro gets it. */
export function reportEvent(status: AgentStatus, { consumer, version, sequenceId, timeMs }: ReportPlace): StatusEvent {
  const wire = wireStatus(status);
  const content = canonicalJson({ conditions: wire.conditions, resourceStatus: { manifests: wire.resourceStatus } });
  return {
    id: randomUUID(),
    source: `${consumer}-agent`,
    timeMs,
    sequenceId,
    statusHash: createHash('sha256').update(content).digest('hex'),
    resourceVersion: version,
    ...wire,
  };
}

export interface ReportsOptions {
  readonly consumer: string;
  readonly resources: Pick<ResourceService, 'report'>;
  readonly sequence: SequenceIds;
  readonly clock: Clock;
}

/** The way of one agent's reports to Maestro, on which they may be doubled or come out of order. */
export class Reports {
  readonly #options: ReportsOptions;
  /** By work, the report before; only while they are to come out of order. */
  readonly #before = new Map<string, StatusEvent>();

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  send(id: string, version: number, status: AgentStatus, how: ReportsHow): void {
    const { consumer, resources, sequence, clock } = this.#options;
    const next = (): StatusEvent =>
      reportEvent(status, { consumer, version, sequenceId: sequence.next(), timeMs: clock.wallMs() });
    const event = next();
    resources.report(id, event);
    if (how === 'repeated') resources.report(id, next());
    const before = this.#before.get(id);
    if (before !== undefined) resources.report(id, before);
    if (how === 'out-of-order') this.#before.set(id, event);
    else this.#before.clear();
  }
}
