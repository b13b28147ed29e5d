// What all pages have in common.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Demo } from './demo.mjs';
import { look } from './look.mjs';
import { Visitor, launch } from './visitor.mjs';

const PARTIES = ['bank-ekyc', 'self-checkout', 'ticket-gate'];

describe('pages', () => {
  let demo, browser;
  before(async () => {
    [demo, browser] = await Promise.all([Demo.start(), launch()]);
  });
  after(() => Promise.all([demo?.stop(), browser?.close()]));

  for (const party of PARTIES) {
    it(`${party} has a page for what is not there, in both languages`, async () => {
      const visitor = await Visitor.arrive(browser, { lang: 'en' });
      const { page } = visitor;
      await page.goto(`${demo.origin(party)}/nothing/here`);
      assert.equal(await page.locator('h1').textContent(), 'This was not accepted');
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      await look(page, 'refusal');
      await page.getByRole('link', { name: '日本語' }).click();
      assert.equal(await page.locator('h1').textContent(), '確認できませんでした');
      assert.equal(await page.getAttribute('html', 'lang'), 'ja');
      assert.equal(new URL(page.url()).search, '');
      assert.deepEqual(visitor.takeRefusals(), Array(2).fill('GET /nothing/here 404'));
      assert.deepEqual(visitor.takeFaults(), []);
      await visitor.leave();
    });
  }
});
