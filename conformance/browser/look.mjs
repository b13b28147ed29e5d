// What every page is looked at for: as axe-core sees it in light and in dark, on
// a small screen, and in the other language.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { require } from './packages.mjs';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The narrowest screen that has to do, in CSS pixels (WCAG 2.2, 1.4.10). */
const NARROW = 320;

/**
 * Findings of axe-core that stand, each with its reason; one that no page has any
 * more fails the run that looked at all pages.
 */
const EXCEPTIONS = [];

/** Looks at what a tab shows now. */
export async function look(page, name) {
  const heading = page.locator('h1');
  assert.equal(await heading.count(), 1, `${name}: one h1`);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await fitsNarrow(page, name);
}

async function violations(page) {
  // As the protocol's evaluation: the page's own policy forbids what is inline.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return violations
    .flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact} ${id}: ${target.join(' ')}`))
    .filter((finding) => !EXCEPTIONS.some(({ text }) => finding.includes(text)));
}

async function fitsNarrow(page, name) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: NARROW, height: 640 });
  const wide = await page.evaluate((width) => {
    const beyond = (element) => element.getBoundingClientRect().right > width + 1;
    const { scrollWidth } = document.documentElement;
    const found = [...document.querySelectorAll('main *')].find(beyond);
    return scrollWidth > width ? `${scrollWidth} px, ${found?.outerHTML.slice(0, 120)}` : null;
  }, NARROW);
  assert.equal(wide, null, `${name} scrolls sideways at ${NARROW} px`);
  await page.setViewportSize(before);
}
