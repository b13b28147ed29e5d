// Pictures of pages, for the READMEs of the examples.
//
// They are written below target/browser; with TASHIKA_BLESS=1 they replace those
// that are committed. What they look like is for people to judge: that every one
// is there, and is shown, is for the tests.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root } from './packages.mjs';

/** Octets of a file: a dozen of them shall not weigh on whoever clones. */
const LARGEST = 40 * 1024;

/** Pixels: what is further down is not in the picture. */
const TALLEST = 1200;

/** From the best to the smallest: quality, and pixels of the picture for one of the page's. */
const SIZES = [[85, 1], [70, 1], [55, 1], [70, 0.75], [55, 0.75], [40, 0.75], [50, 0.6]];

/**
 * Takes what a tab shows as `examples/EXAMPLE/screenshots/NAME.webp`. `whole` makes
 * room for all of it before, for what else would stand in the middle; `from` is the
 * first thing in the picture.
 */
export async function shoot(page, example, name, { whole = false, from = 'body' } = {}) {
  const folder = path.join('examples', example);
  const file = `screenshots/${name}.webp`;
  const picture = whole ? await takeWhole(page) : await take(page, from);
  const bless = process.env.TASHIKA_BLESS === '1';
  const to = path.join(root, bless ? '' : 'target/browser', folder, file);
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, picture);
  assert.ok(existsSync(path.join(root, folder, file)), `${folder}/${file} is not committed: TASHIKA_BLESS=1 writes it`);
}

async function takeWhole(page) {
  const before = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...before, height: Math.min(height, TALLEST) });
  const picture = await take(page, 'body');
  await page.setViewportSize(before);
  return picture;
}

/** In the best quality that is small enough. */
async function take(page, from) {
  const session = await page.context().newCDPSession(page);
  const { cssContentSize, cssLayoutViewport } = await session.send('Page.getLayoutMetrics');
  const y = await page.locator(from).evaluate((element) => element.getBoundingClientRect().top + scrollY);
  const height = Math.min(Math.ceil(cssContentSize.height - y), TALLEST);
  for (const [quality, scale] of SIZES) {
    const clip = { x: 0, y, width: cssLayoutViewport.clientWidth, height, scale };
    const options = { format: 'webp', quality, clip, captureBeyondViewport: true };
    const { data } = await session.send('Page.captureScreenshot', options);
    const picture = Buffer.from(data, 'base64');
    if (picture.length < LARGEST) return picture;
  }
  throw new Error(`${page.url()}: no picture of ${LARGEST} octets`);
}
