import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RollOutRecord } from '../../src/core/roll-out/record.ts';
import type { RollOutFact } from '../../src/core/roll-out/facts.ts';
import { rollOutStates } from '../../src/core/roll-out/work-state.ts';
import { reportPage } from '../../src/output/report/page.ts';
import { Browser, chromium, whyNoBrowser, type LoadedPage } from '../support/browser.ts';
import { fleetRollOut, hostileRollOut, markup } from '../output/report/support.ts';
import { testFolder } from './support/world.ts';

describe.skipIf(chromium === undefined)(`the page of a roll-out in Chromium, without a network${whyNoBrowser}`, () => {
  let browser: Browser;
  beforeAll(() => {
    browser = new Browser();
  }, 30_000);
  afterAll(() => browser.close());

  async function loaded(page: string): Promise<LoadedPage & { readonly url: string }> {
    const file = join(testFolder(), 'page.html');
    writeFileSync(file, page);
    const url = pathToFileURL(file).href;
    return { ...(await browser.load(url)), url };
  }

  function pageOf(told: readonly RollOutFact[], command = 'maestro-cli apply --all-consumers'): string {
    const record = new RollOutRecord();
    for (const fact of told) record.take(fact);
    return reportPage(record.picture(), { exitCode: 7, command, startedWallMs: 0, endedWallMs: 16_000 });
  }

  test('the browser would complain, and tell of what is asked for', async () => {
    const planted = await loaded(
      pageOf([]).replace('</body>', '<script>1</script><img src="http://a.example/x"></body>'),
    );
    expect(planted.complaints.join('\n')).toMatch(/inline script/);
    expect(planted.complaints.join('\n')).toMatch(/loading the image|img-src|default-src/i);
  });

  test.each([
    { what: 'of 60 clusters', told: fleetRollOut(60, 20), command: 'maestro-cli apply -f w.yaml --all-consumers' },
    {
      what: 'of 3,000 clusters',
      told: fleetRollOut(3_000, 300),
      command: `maestro-cli apply ${'--adapter=x '.repeat(40)}`,
    },
    { what: 'whose every text is markup', told: hostileRollOut, command: markup },
    { what: 'of a run that did not begin', told: [], command: 'maestro-cli apply' },
  ])('$what: nothing is asked for, nothing is complained of, and no width cuts it off', async ({ told, command }) => {
    const page = await loaded(pageOf(told, command));
    for (const [width, scheme] of [
      [390, 'light'],
      [1280, 'dark'],
    ] as const) {
      await page.show(width, scheme);
      expect(await page.evaluate('document.documentElement.scrollWidth'), `at ${width}`).toBeLessThanOrEqual(width);
      const dark = 'getComputedStyle(document.body).backgroundColor';
      expect(await page.evaluate(dark)).toBe(scheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
    }
    expect(await page.evaluate('document.querySelectorAll("script, img, iframe, link, a").length')).toBe(0);
    expect(await page.evaluate('document.title')).toBe(await page.evaluate('document.querySelector("h1").innerText'));
    expect(page.requests).toEqual([page.url]);
    expect(page.complaints).toEqual([]);
  });

  test('every sign can be told from its ground, in light and in dark', async () => {
    const page = await loaded(pageOf(fleetRollOut(60, 20)));
    for (const scheme of ['light', 'dark'] as const) {
      await page.show(1280, scheme);
      expect(await page.evaluate(leastContrast), scheme).toBeGreaterThanOrEqual(4.5);
    }
  });
});

/** The least contrast of a sign of any state on its cell, and of text on the page, as WCAG counts it. */
const leastContrast = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  for (const state of ${JSON.stringify(rollOutStates)}) {
    const sign = document.createElement('i');
    sign.className = 'sign s-' + state;
    document.body.append(sign);
  }
  const ground = getComputedStyle(document.body).backgroundColor;
  const signs = [...document.querySelectorAll('.sign')].map((sign) => getComputedStyle(sign));
  const texts = [...document.querySelectorAll('.quiet, h1, dt, th')].map((text) => getComputedStyle(text).color);
  return Math.min(
    ...signs.map(({ color, backgroundColor }) => contrast(color, backgroundColor)),
    ...texts.map((colour) => contrast(colour, ground)),
  );
})()`;
