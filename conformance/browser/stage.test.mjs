// The front page, and the page that is a phone and a card.

import assert from 'node:assert/strict';
import { before, it } from 'node:test';

import { look } from './look.mjs';
import { shoot } from './screenshots.mjs';
import { suite } from './suite.mjs';

const NAME = 'stage';

suite(NAME, (world) => {
  let wallet;
  before(() => {
    wallet = world.demo.origin('wallet');
  });

  const home = async () => {
    const visitor = await world.arrive();
    await visitor.page.goto(wallet);
    return visitor;
  };

  /** What a part of the page says once it is done. */
  const says = async (page, part, looks) => {
    await page.locator(`${part}.${looks}`).waitFor();
    return page.locator(part).textContent();
  };

  for (const lang of ['ja', 'en']) {
    it(`leads everywhere from its front page, in ${lang}`, async () => {
      const { page } = await world.arrive({ lang });
      await page.goto(world.demo.origin('localhost'));
      await look(page);
      if (lang === 'en') await shoot(page, NAME, 'en-front', { whole: true });
      const links = await page.locator('main a').evaluateAll((all) => all.map(({ href }) => new URL(href).origin));
      const { parties } = await world.demo.world();
      const due = parties.flatMap(({ origin, staff }) => [origin, staff]);
      assert.deepEqual([...new Set(links)].sort(), [...due, wallet].sort());
    });
  }

  it('holds a phone to a reader, and tells how it went', async () => {
    const { page } = await home();
    await look(page);
    await page.locator('#desk button[value="1"]').click();
    await says(page, '#said', 'good');
    await page.locator('#break summary').click();
    await page.locator('#defect').selectOption('tampered-element');
    await page.locator('#desk button[value="1"]').click();
    assert.match(await says(page, '#said', 'refused'), /mdoc\.digest/);
  });

  it('lets things happen to a card, and puts the world out of order and in again', async () => {
    const { page } = await home();
    await page.locator('[name="person"][value="3"]').check();
    await page.locator('#life button[value="renewed"]').click();
    await says(page, '#happened', 'good');
    const renewals = async () => (await world.demo.world()).people[3].renewals;
    assert.equal(await renewals(), 1);
    for (const [name, value] of [['lists', 'stopped'], ['responders', 'down'], ['provider', 'down']]) {
      await page.locator(`#world [name="${name}"][value="${value}"]`).check();
      await says(page, '#changed', 'good');
    }
    await page.locator('[data-days="1"]').click();
    await page.locator('#today[data-days="1"]').waitFor();
    const state = async () => {
      const { lists, responders, provider, days } = await world.demo.world();
      return { lists, responders, provider, days };
    };
    assert.deepEqual(await state(), { lists: 'stopped', responders: 'down', provider: 'down', days: 1 });
    await page.locator('#reset').click();
    await page.locator('#world [value="fresh"]:checked').waitFor();
    assert.deepEqual(await state(), { lists: 'fresh', responders: 'up', provider: 'up', days: 1 });
  });

  it('answers nobody when it was opened by nobody', async () => {
    const { page } = await home();
    await page.goto(`${wallet}/present`);
    assert.equal(await page.locator('#consent').isVisible(), false);
    assert.match(await page.locator('#asker').textContent(), /サイトが確認を求めたとき/);
    await look(page);
  });
});
