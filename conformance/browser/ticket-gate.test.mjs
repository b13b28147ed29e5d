// Named tickets, and the gates.

import assert from 'node:assert/strict';
import { before, it } from 'node:test';

import { buttonAt, reach, refused } from './forms.mjs';
import { look } from './look.mjs';
import { shoot } from './screenshots.mjs';
import { suite } from './suite.mjs';
import { answerInWindow, behave, closes, respond } from './wallet.mjs';

const NAME = 'ticket-gate';

/** What a ticket is bought with: what is asked, and where. */
const MEANS = {
  card: { kind: 'challenge', request: '/buy/card/request' },
  phone: { kind: 'present', request: '/buy/phone/request' },
};

suite(NAME, (world) => {
  let hall, staff, terminal;
  before(async () => {
    [hall, staff] = [world.demo.origin(NAME), world.demo.origin(`staff.${NAME}`)];
    const { parties } = await world.demo.world();
    ({ terminal } = parties.find(({ name }) => name === NAME));
  });

  const buy = async (page, means, options) => {
    await page.goto(hall);
    await answerInWindow(page, buttonAt(page, MEANS[means].request), options);
  };
  const bought = (page) => page.waitForURL(`${hall}/ticket`);

  /** Holds a person's phone to a gate's reader: what the house told the reader. */
  const tap = (place, person, defect = 'none') => world.demo.stage('tap', { terminal, place, person, defect });

  /** What a gate's screen says within a second or two. */
  const shows = async (screen, looks) => {
    await screen.locator(`.screen.${looks}`).waitFor({ timeout: 6000 });
    return screen.locator('.screen').textContent();
  };
  const idle = (screen) => screen.locator('.screen:not(.good):not(.refused):not(.undetermined)').waitFor();
  const gate = async (name) => {
    const visitor = await world.arrive();
    await visitor.page.goto(`${staff}/gate/${name}`);
    return visitor;
  };

  for (const [means, person] of [['phone', 0], ['card', 2]]) {
    it(`sells a ticket to whoever shows a ${means}`, async () => {
      const visitor = await world.arrive();
      const { page } = visitor;
      await page.goto(hall);
      await look(page);
      if (means === 'phone') await shoot(page, NAME, 'ja-front');
      await answerInWindow(page, buttonAt(page, MEANS[means].request), { person, look });
      await bought(page);
      await look(page);
      if (means === 'phone') await shoot(page, NAME, 'ja-ticket');
      await buy(page, means, { person });
      await refused(page, MEANS[means].request, 'ledger.issued');
      assert.equal(visitor.takeRefusals().length, 1);
    });

    it(`sells nothing by a ${means} that is broken`, async () => {
      const visitor = await world.arrive();
      const { page } = visitor;
      const { kind, request } = MEANS[means];
      for (const { name: defect, code } of await world.demo.defects(kind)) {
        if (!code) continue;
        await buy(page, means, { person: 5, defect });
        await refused(page, request, code);
        assert.equal(visitor.takeRefusals().length, 1, defect);
      }
      await page.goto(`${hall}/ticket`);
      assert.equal(page.url(), `${hall}/`);
    });
  }

  it('lets whoever bought in, once, and tells nobody else why not', async () => {
    const [{ page: a }, { page: b }] = [await gate('A'), await gate('B')];
    await look(a);
    await look(b);
    assert.equal((await tap('A', 0)).status, 200);
    await shows(a, 'good');
    await look(a);
    await shoot(a, NAME, 'ja-gate');
    assert.equal(await b.locator('.screen.good').count(), 0);

    const told = [];
    for (const [who, defect] of [[0, 'none'], [5, 'none'], [0, 'revoked-signer']]) {
      const { status, detail, code } = await tap('B', who, defect);
      told.push({ status, detail, code });
      assert.doesNotMatch(await shows(b, 'refused'), /失効/);
    }
    assert.deepEqual(told, Array(3).fill(told[0]));
    assert.equal(told[0].code, 'refused');
    await look(b);
    await idle(a);
  });

  it('refuses at the gate whatever is broken, and tells the staff alone what it was', async () => {
    const { page: screen } = await gate('A');
    const defects = await world.demo.defects('tap');
    for (const { name: defect } of defects) {
      const { status, code } = await tap('A', 0, defect);
      assert.deepEqual([status, code], [403, 'refused'], defect);
    }
    await shows(screen, 'refused');
    const { page } = await world.arrive();
    await page.goto(staff);
    await look(page);
    const codes = await page.locator('[aria-labelledby="gate-A"] code').allTextContents();
    for (const { name, code } of defects) {
      // The first part of what is sent again is not even readable in another session.
      const due = code ?? 'mdoc.session_seal';
      assert.ok(codes.some((known) => known.startsWith(due)), `${name}: ${due} in ${codes}`);
    }
  });

  it('finds a holder again whose card was renewed, and counts both as one', async () => {
    await world.demo.stage('life', { person: 2, event: 'renewed' });
    const visitor = await gate('A');
    const { page } = visitor;
    const request = '/gate/A/card/request';
    await answerInWindow(page, buttonAt(page, request), { person: 2 });
    await shows(page, 'good');
    await idle(page);
    await answerInWindow(page, buttonAt(page, request), { person: 2 });
    await shows(page, 'refused');
    assert.deepEqual(visitor.takeRefusals(), ['POST /gate/A/card/answer 403']);
  });

  it('shows what gates that are cut off cannot promise', async () => {
    const buyer = await world.arrive();
    await buy(buyer.page, 'phone', { person: 7 });
    await bought(buyer.page);
    const { page } = await world.arrive({ lang: 'en' });
    await page.goto(staff);
    await look(page);
    const cutB = page.locator('form[action="/cut"] button').nth(1);
    await cutB.click();
    await page.getByText('cut off', { exact: true }).waitFor();
    assert.equal((await tap('A', 7)).status, 200);
    assert.equal((await tap('B', 7)).status, 200);
    await cutB.click();
    await page.locator('dt:has-text("Doubles") + dd').getByText('1', { exact: true }).waitFor();
    await look(page);
    await shoot(page, NAME, 'en-staff');
    assert.notEqual((await tap('B', 7)).status, 200);
  });

  it("asks the browser's own wallet as well", async () => {
    const { page } = await world.arrive({ lang: 'en' });
    await page.goto(hall);
    await look(page);
    const own = page.locator('button[data-means="browser"]');
    await behave(page, 'decline');
    await own.click();
    await refused(page, MEANS.phone.request, 'ask.declined', 'undetermined');
    await respond(page, world.demo, { person: 3 });
    await own.click();
    await bought(page);
    await look(page);
  });

  it('is used by keyboard alone', async () => {
    const { page } = await world.arrive();
    await page.goto(hall);
    await reach(page, `form[data-request="${MEANS.card.request}"] button`);
    const [window] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await window.locator('#consent').waitFor();
    await reach(window, '[name="person"]');
    for (let person = 0; person < 6; person += 1) await window.keyboard.press('ArrowDown');
    await reach(window, '#consent-button');
    await closes(window, () => window.keyboard.press('Enter'));
    await bought(page);
  });
});
