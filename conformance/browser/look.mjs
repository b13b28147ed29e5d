// What every page is looked at for: as axe-core sees it, in light and in dark, and
// on a small screen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { require } from './packages.mjs';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The narrowest screen that has to do, in CSS pixels (WCAG 2.2, 1.4.10). */
const NARROW = 320;

const [shown, lookedAt] = [new Set(), new Set()];

/** A page by its house and path, whatever number or name is in it. */
function pageOf(url) {
  const { hostname, pathname } = new URL(url);
  return hostname + pathname.replaceAll(/\/[^/]*\d[^/]*/g, '/*');
}

/** Remembers that a browser showed this page. */
export const wasShown = (url) => shown.add(pageOf(url));

/** The pages that were shown and nobody looked at. */
export const notLookedAt = () => [...shown].filter((page) => !lookedAt.has(page));

/** Looks at what a tab shows now. */
export async function look(page) {
  const name = pageOf(page.url());
  lookedAt.add(name);
  assert.equal(await page.locator('h1:visible').count(), 1, `${name}: one h1`);
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
  const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), RULES);
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target }) => `${impact} ${id}: ${target.join(' ')}`));
}

async function fitsNarrow(page, name) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: NARROW, height: 640 });
  const wide = await page.evaluate((width) => {
    const { scrollWidth } = document.documentElement;
    const beyond = (element) => element.getBoundingClientRect().right > width + 1;
    const first = [...document.querySelectorAll('body *')].find(beyond);
    return scrollWidth > width ? `${scrollWidth} px: ${first?.outerHTML.slice(0, 120)}` : null;
  }, NARROW);
  assert.equal(wide, null, `${name} scrolls sideways at ${NARROW} px`);
  await page.setViewportSize(before);
}
