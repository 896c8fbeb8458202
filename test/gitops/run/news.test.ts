import { expect, test } from 'vitest';
import { mostLines, News, windowMs } from '../../../src/gitops/run/news.ts';
import type { Log } from '../../../src/gitops/run/log.ts';

function setUp() {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const lines: (readonly [string, unknown])[] = [];
  const log = { info: (message: string, fields: unknown) => void lines.push([message, fields]) } as unknown as Log;
  return { clock, lines, news: new News(clock, log) };
}

test('each application is named once for each change of the reason', () => {
  const { lines, news } = setUp();
  for (const reason of ['a', 'a', 'b', 'b', 'a'])
    news.tell('n/app', reason, 'is not delivered', { application: 'n/app', reason });
  expect(lines.map(([, fields]) => (fields as { reason: string }).reason)).toEqual(['a', 'b', 'a']);
});

test('what is over is told anew when it begins again', () => {
  const { lines, news } = setUp();
  expect(news.over('n/app')).toBe(false);
  news.tell('n/app', 'a', 'is not delivered', {});
  expect(news.over('n/app')).toBe(true);
  news.tell('n/app', 'a', 'is not delivered', {});
  expect(lines).toHaveLength(2);
});

test('of thousands at once some are named and the rest counted, and named when they come up again', () => {
  const { clock, lines, news } = setUp();
  const all = Array.from({ length: mostLines + 50 }, (_, index) => `n/app-${String(index)}`);
  for (const application of all) news.tell(application, 'a', 'is not delivered', { application });
  expect(lines).toHaveLength(mostLines);
  clock.nowMs = windowMs;
  for (const application of all) news.tell(application, 'a', 'is not delivered', { application });
  expect(lines).toHaveLength(all.length);
  expect(lines[mostLines]).toEqual(['is not delivered', { application: all[mostLines], untoldBefore: 50 }]);
  expect(new Set(lines.map(([, fields]) => (fields as { application: string }).application)).size).toBe(all.length);
});
