import { describe, expect, it } from 'vitest';
import { nameOn, namingOf, namingText, needLabels, type WorkNaming } from '../../../src/core/fleet/work-naming.ts';
import { usageErrorOf } from '../../command-line/support.ts';

const consumer = { name: 'c1', labels: { env: 'prod', 'a.b/c': 'x' } };
const byAdapter: WorkNaming = { by: 'adapter', adapter: 'np' };

describe('the name of a work on each consumer', () => {
  it.each([
    ['np', 'np'],
    ['np-{{ consumer.name }}', 'np-c1'],
    ['{{ consumer.labels.env }}-{{ consumer.labels["a.b/c"] }}', 'prod-x'],
    ['{{ consumer.name }}', 'c1'],
  ])('%s is %s', (name, made) => {
    expect(namingOf(name)).toEqual({ by: 'name', name });
    expect(nameOn(namingOf(name), consumer)).toBe(made);
  });

  it('is made of the adapter by convention', () => {
    expect(nameOn(byAdapter, consumer)).toBe('hyperfleet-c1-np');
  });

  it.each([
    ['', '--name is empty'],
    ['Np', '"Np" is no name of a work: it must be a DNS label'],
    ['np-{{ consumer.name }}-', '"np-{{ consumer.name }}-" is no name of a work: it must be a DNS label'],
    ['{{ consumer.id }}', '"{{ consumer.id }}" in --name is no expression'],
  ])('%j is none', (name, message) => {
    expect(usageErrorOf(() => namingOf(name)).message).toBe(message);
  });

  it('with an expression that is not known is told those that are', () => {
    expect(usageErrorOf(() => namingOf('{{ consumer.id }}')).hint).toBe(
      'It knows {{ consumer.name }}, {{ consumer.labels.KEY }}, {{ consumer.labels["a.b/c"] }}.',
    );
  });

  it('is not guessed for a consumer without the label', () => {
    expect(usageErrorOf(() => nameOn(namingOf('{{ consumer.labels.tier }}'), consumer)).message).toBe(
      'the consumer c1 has no label tier, which --name asks for',
    );
    expect(usageErrorOf(() => nameOn(namingOf('{{ consumer.labels.toString }}'), consumer)).message).toContain(
      'has no label toString',
    );
  });

  it('needs labels of the consumers only where it asks for one', () => {
    const label = namingOf('{{ consumer.labels.env }}');
    expect([needLabels([]), needLabels([byAdapter, namingOf('np-{{ consumer.name }}')])]).toEqual([false, false]);
    expect([needLabels([label]), needLabels([byAdapter, label])]).toEqual([true, true]);
  });

  it('is shown in questions as it was given', () => {
    expect(namingText(byAdapter)).toBe('hyperfleet-{consumer}-np');
    expect(namingText(namingOf('np-{{ consumer.name }}'))).toBe('np-{{ consumer.name }}');
  });
});
