import { isJsonObject } from '../core/json.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { present } from '../core/present.ts';
import { MaestroError } from '../errors.ts';
import type { Fault, FaultChannel, FaultKind } from './faults.ts';
import { defaultBehaviour } from './options.ts';
import type { KeysTaken } from './access/rotation.ts';
import type { AgentBehaviour, KeyRotation, ReportsHow } from './options.ts';
import type { RestRequest } from './rest/api.ts';
import type { Answer } from './rest/respond.ts';

/** The path under which a stand-in is steered over HTTP. */
export const controlRoot = '/api/standin/v1/';

/** What the control API steers. */
export interface Controllable {
  agents(): Readonly<Record<string, AgentBehaviour>>;
  setAgent(consumer: string, patch: Partial<AgentBehaviour>): void;
  /** What stands on the simulated cluster of a consumer. */
  objects(consumer: string): readonly unknown[];
  /** Objects of that cluster that lost their last owner. */
  losses(consumer: string): readonly unknown[];
  setFault(fault: Fault): void;
  clearFaults(): void;
  faults(): readonly Fault[];
  publishes(): readonly unknown[];
  /** Ends once the new files are written. */
  rotateKeys(rotation: KeyRotation): Promise<void>;
  keysTaken(): KeysTaken;
}

class BadControlRequest extends Error {}

/**
 * Steers a stand-in from another process, in JSON: GET agents,
 * PATCH agents/{consumer}, GET agents/{consumer}/objects, GET agents/{consumer}/losses,
 * GET/PUT/DELETE faults, GET publishes, GET/PUT keys. No fault strikes it.
 */
export class ControlApi {
  readonly #target: Controllable;

  constructor(target: Controllable) {
    this.#target = target;
  }

  async answer({ method, url, body }: RestRequest): Promise<Answer> {
    const [resource = '', consumer, part] = url.pathname.slice(controlRoot.length).split('/').map(decodeURIComponent);
    try {
      const result = await this.#run(`${method} ${resource}`, consumer, part, body);
      if (result === undefined) return json(404, { error: `no such control resource: ${method} ${url.pathname}` });
      return json(200, result);
    } catch (error) {
      if (error instanceof BadControlRequest || error instanceof MaestroError)
        return json(400, { error: error.message });
      throw error;
    }
  }

  async #run(call: string, consumer: string | undefined, part: string | undefined, body: string): Promise<unknown> {
    const target = this.#target;
    switch (call) {
      case 'GET agents':
        if (consumer === undefined) return target.agents();
        if (part === 'objects') return target.objects(consumer);
        return part === 'losses' ? target.losses(consumer) : target.agents()[consumer];
      case 'PATCH agents':
        if (consumer === undefined || part !== undefined) return undefined;
        target.setAgent(consumer, readBehaviour(readObject(body)));
        return target.agents()[consumer];
      case 'GET faults':
        return target.faults();
      case 'PUT faults':
        target.setFault(readFault(readObject(body)));
        return target.faults();
      case 'DELETE faults':
        target.clearFaults();
        return target.faults();
      case 'GET publishes':
        return target.publishes();
      case 'GET keys':
        return { taken: target.keysTaken() };
      case 'PUT keys': {
        const rotation = readRotation(readObject(body));
        await target.rotateKeys(rotation);
        return rotation;
      }
      default:
        return undefined;
    }
  }
}

function json(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n`, plain: true };
}

function readObject(body: string): JsonObject {
  try {
    const value = JSON.parse(body) as JsonValue;
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadControlRequest('the body must be a JSON object');
}

/** Takes the known members of a behaviour and refuses the rest, so that a misspelt one is noticed. */
function readBehaviour(body: JsonObject): Partial<AgentBehaviour> {
  for (const [name, value] of Object.entries(body)) {
    const example: unknown = (defaultBehaviour as unknown as Record<string, unknown>)[name];
    if (example === undefined) throw new BadControlRequest(`unknown member ${name}`);
    const fits = Array.isArray(example)
      ? Array.isArray(value) && value.every((item: JsonValue) => typeof item === 'string')
      : typeof value === typeof example && value !== null && !Array.isArray(value);
    if (!fits) throw new BadControlRequest(`${name} has the wrong type`);
    if (typeof value === 'number' && value < 0) throw new BadControlRequest(`${name} must not be negative`);
  }
  if (body['reports'] !== undefined && !reportsHow.some((how) => how === body['reports']))
    throw new BadControlRequest(`reports must be one of ${reportsHow.join(', ')}`);
  return body;
}

const reportsHow: readonly ReportsHow[] = ['plain', 'repeated', 'out-of-order', 'old-conditions', 'jumping'];
const faultKinds: readonly FaultKind[] = [
  'refuse',
  'reset',
  'delay',
  'drop-answer',
  'half-open',
  'status',
  'repeat-events',
  'reorder-events',
];
const faultChannels: readonly FaultChannel[] = ['grpc', 'http', 'both'];

function readFault(body: JsonObject): Fault {
  const kind = faultKinds.find((known) => known === body['kind']);
  const channel = faultChannels.find((known) => known === (body['channel'] ?? 'both'));
  if (kind === undefined) throw new BadControlRequest(`kind must be one of ${faultKinds.join(', ')}`);
  if (channel === undefined) throw new BadControlRequest(`channel must be one of ${faultChannels.join(', ')}`);
  const count = body['count'] === undefined ? {} : { count: readNumber(body, 'count') };
  switch (kind) {
    case 'delay':
      return { kind, channel, ...count, ms: readNumber(body, 'ms') };
    case 'status': {
      const message = typeof body['message'] === 'string' ? { message: body['message'] } : {};
      return { kind, channel, ...count, ...message, status: readNumber(body, 'status') };
    }
    default:
      return { kind, channel, ...count };
  }
}

function readRotation(body: JsonObject): KeyRotation {
  const [takesAfterMs, refusesAfterMs] = (['takesAfterMs', 'refusesAfterMs'] as const).map((name) =>
    body[name] === undefined ? undefined : readNumber(body, name),
  );
  return present({ takesAfterMs, refusesAfterMs });
}

function readNumber(body: JsonObject, name: string): number {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new BadControlRequest(`${name} must be a number of 0 or more`);
  }
  return value;
}
