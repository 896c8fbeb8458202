import { describe, expect, it } from 'vitest';
import { difference, quantileOf, readSamples, sumOf, sumsBy } from '../../../src/gitops/fleet-state/prometheus-text.ts';

const text = [
  '# HELP calls_total x',
  '# TYPE calls_total counter',
  'calls_total{verb="get",status="200"} 4',
  'calls_total{verb="list",status="200"} 1 1700000000000',
  'calls_total{verb="get",status="4\\"0\\\\\\n"} 2',
  'lag_bucket{le="0.1"} 10',
  'lag_bucket{le="1"} 90',
  'lag_bucket{le="10"} 99',
  'lag_bucket{le="+Inf"} 100',
  'lag_sum 80.5',
  'lag_count 100',
  'up 1',
  'broken{ 3',
  '',
].join('\n');
const samples = readSamples(text);

describe('a scrape', () => {
  it('reads samples with labels, escapes and times, and leaves out what is none', () => {
    expect(samples).toHaveLength(10);
    expect(samples[2]).toEqual({ name: 'calls_total', labels: { verb: 'get', status: '4"0\\\n' }, value: 2 });
    expect(sumOf(samples, 'calls_total')).toBe(7);
    expect([...sumsBy(samples, 'calls_total', 'verb')]).toEqual([
      ['get', 6],
      ['list', 1],
    ]);
  });

  it.each([
    [0.05, 0.05],
    [0.5, 0.1 + 0.9 * 0.5],
    [0.99, 10],
    // Beyond the last bound nobody knows how far.
    [0.999, 10],
  ])('the quantile %d of a histogram is %d', (share, expected) => {
    expect(quantileOf(samples, 'lag', share)).toBeCloseTo(expected);
  });

  it('has no quantile without observations', () => {
    expect(quantileOf(samples, 'none', 0.5)).toBeUndefined();
    expect(quantileOf(readSamples('lag_bucket{le="1"} 0\nlag_bucket{le="+Inf"} 0'), 'lag', 0.5)).toBeUndefined();
  });

  it('counts between two scrapes, a series that began meanwhile too, and nothing when a process began anew', () => {
    const later = readSamples(
      text.replace('"get",status="200"} 4', '"get",status="200"} 9').concat('calls_total{verb="watch"} 3\n'),
    );
    const counted = difference(samples, later) ?? [];
    expect(sumOf(counted, 'calls_total')).toBe(8);
    expect(sumOf(counted, 'lag_count')).toBe(0);
    // A gauge is no counter.
    expect(counted.some(({ name }) => name === 'up')).toBe(false);
    expect(difference(later, samples)).toBeUndefined();
  });
});
