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
const TALLEST = 1400;

const QUALITIES = [85, 75, 65, 55, 45, 35, 25];

/** Takes what a tab shows as `examples/EXAMPLE/screenshots/NAME.webp`. */
export async function shoot(page, example, name) {
  const folder = path.join('examples', example);
  const file = `screenshots/${name}.webp`;
  const picture = await take(page);
  const bless = process.env.TASHIKA_BLESS === '1';
  const to = path.join(root, bless ? '' : 'target/browser', folder, file);
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, picture);
  assert.ok(existsSync(path.join(root, folder, file)), `${folder}/${file} is not committed: TASHIKA_BLESS=1 writes it`);
}

/** In the best quality that is small enough. */
async function take(page) {
  const session = await page.context().newCDPSession(page);
  const { cssContentSize, cssLayoutViewport } = await session.send('Page.getLayoutMetrics');
  const height = Math.min(Math.ceil(cssContentSize.height), TALLEST);
  const clip = { x: 0, y: 0, width: cssLayoutViewport.clientWidth, height, scale: 1 };
  for (const quality of QUALITIES) {
    const options = { format: 'webp', quality, clip, captureBeyondViewport: true };
    const { data } = await session.send('Page.captureScreenshot', options);
    const picture = Buffer.from(data, 'base64');
    if (picture.length < LARGEST) return picture;
  }
  throw new Error(`${page.url()}: no picture of ${LARGEST} octets`);
}
