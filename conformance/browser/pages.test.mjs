// What the pages of all parties have in common.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

import { look } from './look.mjs';
import { root } from './packages.mjs';
import { suite } from './suite.mjs';

const PARTIES = ['bank-ekyc', 'self-checkout', 'ticket-gate'];

suite('pages', (world) => {
  for (const party of PARTIES) {
    it(`${party} has a page for what is not there, in both languages`, async () => {
      const visitor = await world.arrive({ lang: 'en' });
      const { page } = visitor;
      await page.goto(`${world.demo.origin(party)}/nothing/here`);
      assert.equal(await page.locator('h1').textContent(), 'There is no such page');
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      await look(page);
      await page.getByRole('link', { name: '日本語' }).click();
      assert.equal(await page.locator('h1').textContent(), 'ページが見つかりません');
      assert.equal(await page.getAttribute('html', 'lang'), 'ja');
      assert.equal(new URL(page.url()).search, '');
      await look(page);
      assert.deepEqual(visitor.takeRefusals(), Array(2).fill('GET /nothing/here 404'));
    });
  }

  it('shows every picture in a README', () => {
    for (const picture of globSync('examples/*/screenshots/*.webp', { cwd: root })) {
      const [, example, ...inside] = picture.split('/');
      const shown = (readme, as) => readFileSync(path.join(root, readme), 'utf8').includes(`(${as})`);
      const own = example !== 'stage' && shown(`examples/${example}/README.md`, inside.join('/'));
      assert.ok(own || shown('README.md', picture), `no README shows ${picture}`);
    }
  });
});
