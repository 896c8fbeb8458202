import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Judge } from './differences.ts';
import { specEvent } from './events.ts';
import { normalise, sortItems } from './normalise.ts';
import type { Json } from './normalise.ts';
import { readRecording } from './recording.ts';
import type { ScenarioName, Step } from './recording.ts';
import { RunNames } from './run-names.ts';
import type { RecordedNames } from './run-names.ts';
import { deletionOf, isStatusEvent, meaningOf, sequenceOf, shapeOf } from './status-events.ts';
import { openTarget } from './target.ts';
import { treatments } from './treatments.ts';
import type { Treatment } from './treatments.ts';
import { closedWithoutAnswer } from './wire.ts';
import type { EventStream, HttpAnswer, WireEvent } from './wire.ts';

/** Agents answer within a second; deletions of a namespace may take ten. */
const settleMs = 25_000;
const pollMs = 100;

const consumersPath = '/api/maestro/v1/consumers';

interface Scenario {
  readonly name: ScenarioName;
  readonly names: RecordedNames;
  /** Consumers that the recording found in place. */
  readonly existing: readonly string[];
  /** The consumer whose agent the recording needs. */
  readonly agentOn?: string;
}

const scenarios: readonly Scenario[] = [
  {
    name: 'consumers',
    names: { words: [], parts: ['rec-west-1', 'rec-tmp', 'cluster1', 'cluster2', 'cluster3'] },
    existing: ['cluster1', 'cluster2', 'cluster3'],
  },
  {
    name: 'lifecycle',
    names: { words: ['demo', 'maestro-cli'], parts: ['hyperfleet-cluster1'] },
    existing: ['cluster1'],
    agentOn: 'cluster1',
  },
  { name: 'rejected', names: { words: ['cluster1', 'maestro-cli'], parts: [] }, existing: ['cluster1'] },
  {
    name: 'outcomes',
    names: { words: ['partial', 'np3', 'maestro-cli'], parts: ['hyperfleet-cluster1'] },
    existing: ['cluster1'],
    agentOn: 'cluster1',
  },
  { name: 'search', names: { words: ['maestro-cli'], parts: ['rec-offline'] }, existing: [] },
];

const target = await openTarget();
const judge = new Judge(target.kind);
afterAll(() => target.close());

describe.each(scenarios)('$name as recorded', (scenario) => {
  const recording = readRecording(scenario.name);
  const withAgent = scenario.agentOn !== undefined && target.agentConsumer !== undefined;
  const names = new RunNames(namesFor(scenario));
  const ownConsumers: string[] = [];
  const createdWorks = new Map<string, string>();
  let stream: EventStream | undefined;
  let seen = 0;
  let lastStatusEventId: string | undefined;

  beforeAll(async () => {
    if (withAgent) {
      stream = target.wire.subscribe(names.forRun('maestro-cli'));
      await stream.header;
      return;
    }
    for (const recorded of scenario.existing) {
      const answer = await target.wire.http('POST', consumersPath, { name: names.name(recorded) });
      ownConsumers.push(((answer as HttpAnswer).body as { id: string }).id);
    }
    if (scenario.name === 'consumers') bindExisting();
  });

  afterAll(async () => {
    stream?.close();
    for (const [id, consumer] of createdWorks) {
      await target.wire.publish(specEvent('delete', { consumer, id, source: names.forRun('maestro-cli') }));
    }
    for (const id of ownConsumers) await target.removeConsumer(id);
  });

  for (const step of recording.steps) {
    const check = `${scenario.name}/${step.step}`;
    const treatment = treatments[check] ?? {};
    const needsAgent = treatment.agent === true || step.response_stream !== undefined;
    const skippedHere = treatment.skip ?? (target.kind === 'real' ? treatment.skipReal : undefined);
    const skipped = skippedHere ?? (needsAgent && !withAgent ? 'needs a consumer with an agent' : undefined);
    it.skipIf(skipped !== undefined)(skipped === undefined ? step.step : `${step.step} (${skipped})`, async () => {
      if (step.response_stream !== undefined) await replayStream(check, step);
      else if (step.request.path !== undefined) await replayHttp(check, step, treatment);
      else await replayPublish(check, step);
    });
  }

  /** The ids of the consumers that list-all found, so that they are the same two pages later. */
  function bindExisting(): void {
    const listed = recording.steps[0]?.response?.body as { items: { id: string }[] };
    listed.items.forEach((item, index) => names.bind(item.id, ownConsumers[index] ?? ''));
  }

  async function replayHttp(check: string, step: Step, treatment: Treatment): Promise<void> {
    const { method = 'GET', path = '', body } = step.request;
    const runPath = names.forRun(path);
    const url = treatment.narrow === undefined ? runPath : treatment.narrow(runPath, names.suffix);
    const expected = comparable(recordedAnswer(step), treatment, url);
    const ask = async (): Promise<unknown> => {
      const answer = await target.wire.http(method, url, body === undefined ? undefined : renamed(body));
      if (method === 'POST') noteConsumer(step, answer);
      return comparable(asRecorded(answer), treatment, url);
    };
    let actual = await ask();
    if (treatment.agent === true) {
      const deadline = Date.now() + settleMs;
      while (!isDeepStrictEqual(actual, expected) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        actual = await ask();
      }
    }
    judge.judge(check, actual, expected);
  }

  async function replayPublish(check: string, step: Step): Promise<void> {
    const event = step.request.event === undefined ? oversizedEvent() : renamed(step.request.event);
    const answer = await target.wire.publish(event);
    const id = event.attributes?.['ce-resourceid']?.['ce_string'];
    if (answer.code === 0 && typeof id === 'string' && event.type?.endsWith('create_request') === true) {
      createdWorks.set(id, event.attributes?.['ce-clustername']?.['ce_string'] as string);
    }
    const actual = normalise(JSON.parse(names.asRecorded(JSON.stringify(answer))) as Json);
    const { code = 0, message = '' } = step.response ?? {};
    judge.judge(check, actual, normalise({ code, message }));
  }

  /** The events since the step before, up to the one that the recording ends with. */
  async function replayStream(check: string, step: Step): Promise<void> {
    if (stream === undefined) throw new Error('no stream is open');
    const { events, until } = stream;
    const recorded = (step.response_stream ?? []).map((entry) => entry.event).filter(isStatusEvent);
    const meaning = step.step === 'status-events-after-delete' ? deletionOf : meaningOf;
    const last = meaning(recorded.at(-1) as WireEvent);
    const resync = step.step === 'events-after-resync';
    const statusEvents = (): readonly WireEvent[] => events.slice(seen).filter(isStatusEvent);
    await until(
      () =>
        statusEvents().some((event) =>
          resync ? event.id === lastStatusEventId : isDeepStrictEqual(meaning(event), last),
        ),
      settleMs,
    );
    const now = statusEvents();
    seen = events.length;
    judge.judge(`${check}#last`, now.length === 0 ? undefined : meaning(now.at(-1) as WireEvent), last);
    judge.judge(
      `${check}#shape`,
      now.map(shapeOf),
      now.map(() => shapeOf(recorded[0] as WireEvent)),
    );
    if (resync) {
      judge.judge(`${check}#replayed`, now.map((event) => event.id).includes(lastStatusEventId), true);
    } else {
      const sequence = now.map(sequenceOf);
      judge.judge(
        `${check}#order`,
        sequence,
        [...sequence].sort((a, b) => (a < b ? -1 : 1)),
      );
    }
    lastStatusEventId = now.at(-1)?.id;
  }

  function renamed<T>(value: T): T {
    return typeof value === 'string' && !value.startsWith('{"')
      ? (names.forRun(value) as T)
      : (JSON.parse(names.forRun(JSON.stringify(value))) as T);
  }

  function asRecorded(answer: HttpAnswer | typeof closedWithoutAnswer): HttpAnswer | typeof closedWithoutAnswer {
    return JSON.parse(names.asRecorded(JSON.stringify(answer))) as HttpAnswer | typeof closedWithoutAnswer;
  }

  function noteConsumer(step: Step, answer: HttpAnswer | typeof closedWithoutAnswer): void {
    const recordedId = (step.response?.body as { id?: string } | undefined)?.id;
    if (typeof answer === 'string' || answer.status !== 201 || recordedId === undefined) return;
    const { id } = answer.body as { id: string };
    names.bind(recordedId, id);
    ownConsumers.push(id);
  }

  /** A ConfigMap of 4.3 MiB, which the recording leaves out. */
  function oversizedEvent(): WireEvent {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big', namespace: 'default' },
      data: { big: 'x'.repeat(4_508_877) },
    };
    return specEvent('create', {
      consumer: names.forRun('cluster1'),
      id: names.id('11111111-1111-5111-8111-111111111111'),
      source: names.forRun('maestro-cli'),
      data: { manifests: [manifest] },
    });
  }
});

describe('differences.json', () => {
  it('declares nothing here that was not compared', () => {
    const needAgent = new Set(['lifecycle', 'outcomes']);
    const topics = scenarios.map((scenario) => scenario.name);
    expect(
      judge.unjudged(topics.filter((topic) => target.agentConsumer !== undefined || !needAgent.has(topic))),
    ).toEqual([]);
  });
});

function namesFor(scenario: Scenario): RecordedNames {
  if (scenario.agentOn === undefined) return scenario.names;
  return target.agentConsumer === undefined
    ? { ...scenario.names, words: [...scenario.names.words, scenario.agentOn] }
    : { ...scenario.names, aliases: { [scenario.agentOn]: target.agentConsumer } };
}

function recordedAnswer(step: Step): HttpAnswer | typeof closedWithoutAnswer {
  if (step.response?.connection_closed_without_answer === true) return closedWithoutAnswer;
  return {
    status: step.response?.status ?? 0,
    headers: step.response?.headers ?? {},
    body: step.response?.body ?? '',
  };
}

function comparable(answer: HttpAnswer | typeof closedWithoutAnswer, treatment: Treatment, url: string): unknown {
  if (typeof answer === 'string') return answer;
  const body = url.includes('orderBy=') ? answer.body : sortItems(answer.body);
  const shown = normalise(answer.status === 200 && treatment.adapt !== undefined ? treatment.adapt(body) : body);
  return {
    status: answer.status,
    'content-type': answer.headers['content-type'],
    'content-encoding': answer.headers['content-encoding'],
    body: shown,
  };
}
