import { describe, expect, it } from 'vitest';
import type { WorkRequest } from '../../../src/clients/transport.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import { bundle, fakes, type Fakes } from '../support/fakes.ts';
import { migrate, type Migrated } from '../support/migration-world.ts';

/** Maestro stores what it is sent, and no agent is there to report on it. */
function away(): Fakes {
  const fake = fakes(30_000);
  fake.writer.publish = async (request: WorkRequest) => {
    fake.writer.published.push(request);
    if (request.kind === 'delete') return;
    const { target, work } = request;
    const { name, annotations, manifests, manifestConfigs } = work;
    fake.reader.stored.set(
      target.id,
      bundle({
        id: target.id,
        consumerName: target.consumer,
        version: request.kind === 'create' ? 1 : request.version + 1,
        metadata: { name, annotations },
        manifests,
        manifestConfigs,
      }),
    );
  };
  return fake;
}

const ends = (outcomes: readonly WorkOutcome[]): readonly string[] =>
  outcomes.map(({ consumer, phase, reason, exitCode }) => `${consumer} ${phase} ${reason} ${exitCode}`);

const stages = ({ events }: Migrated): readonly string[] =>
  events.flatMap((event) => (event.kind === 'stageBegun' ? [`${event.stage.name} ${event.stage.number}`] : []));

describe('a migration whose time is up', () => {
  const one = { kind: 'consumers', count: 1 } as const;

  it.each([
    { how: 'while its canary is waited for', options: { canary: 1 }, begun: 'canary 0' },
    { how: 'in its first wave, which is no failure', options: { wave: one, maxFailures: 1 }, begun: 'wave 1' },
  ])('$how begins no other cluster', async ({ options, begun }) => {
    const fake = away();
    const ran = await migrate(fake, ['c1', 'c2', 'c3'], options);
    expect(ran.end).toEqual({
      stoppedBy: 'the time was up',
      notBegun: [
        { consumer: 'c2', manifestWorkName: 'hyperfleet-c2' },
        { consumer: 'c3', manifestWorkName: 'hyperfleet-c3' },
      ],
    });
    expect(ends(ran.outcomes)).toEqual(['c1 InProgress Timeout 6', 'c2 Failed NotBegun 6', 'c3 Failed NotBegun 6']);
    expect(stages(ran)).toEqual([begun]);
    expect(fake.writer.published.map(({ target }) => target.consumer)).not.toContain('c2');
  });

  it('in the middle of a wave leaves out what nothing was sent to', async () => {
    const fake = away();
    const publish = fake.writer.publish.bind(fake.writer);
    fake.writer.publish = async (request, options) => {
      await publish(request, options);
      await fake.clock.sleep(30_000, options.signal);
    };
    const ran = await migrate(fake, ['c1', 'c2'], { maxConcurrency: 1 });
    expect(ends(ran.outcomes)).toEqual(['c1 InProgress Timeout 6', 'c2 Failed NotBegun 6']);
    expect(fake.writer.published).toHaveLength(1);
  });
});
