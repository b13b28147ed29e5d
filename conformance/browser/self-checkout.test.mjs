// Buying by age at two lanes.

import assert from 'node:assert/strict';
import { before, it } from 'node:test';

import { buttonAt, reach, refused } from './forms.mjs';
import { look } from './look.mjs';
import { shoot } from './screenshots.mjs';
import { suite } from './suite.mjs';
import { answerInWindow, behave, closes, respond } from './wallet.mjs';

const NAME = 'self-checkout';

/** People by their numbers. */
const [ADULT, SIXTEEN] = [0, 1];

suite(NAME, (world) => {
  let shop, staff, terminal;
  before(async () => {
    [shop, staff] = [world.demo.origin(NAME), world.demo.origin(`staff.${NAME}`)];
    const { parties } = await world.demo.world();
    ({ terminal } = parties.find(({ name }) => name === NAME));
  });

  const tap = (place, person, defect = 'none') => world.demo.stage('tap', { terminal, place, person, defect });

  /** A lane's screen in a browser of its own, which the staff has let in. */
  const lane = async (number, options) => {
    const visitor = await world.arrive(options);
    await visitor.page.goto(`${staff}/lane/${number}`);
    await visitor.page.waitForURL(`${shop}/lane/${number}`);
    return visitor;
  };

  /** What the screen shows, soon. */
  const shows = (page, verdict) => page.locator(`[data-verdict="${verdict}"]`).waitFor({ timeout: 6000 });
  const isFree = async (page) => {
    await page.locator('.screen:not([data-verdict])').waitFor();
    assert.equal(await page.locator('[data-verdict]').count(), 0);
  };
  const next = (page) => page.getByRole('button', { name: /次のお客様|Next customer/ }).click();
  const request = (number) => `/lane/${number}/request`;

  it('says what it asks, and of whom nothing is kept', async () => {
    const { page } = await world.arrive();
    await page.goto(shop);
    await look(page);
    await shoot(page, NAME, 'ja-front');
  });

  it('lets nobody open a lane at home', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    const response = await page.goto(`${shop}/lane/1`);
    assert.equal(response.status(), 403);
    assert.equal(await page.locator('.code code').textContent(), 'screen.unknown');
    await look(page);
    assert.equal(visitor.takeRefusals().length, 1);
  });

  it('learns at the reader of a lane whether somebody is of age', async () => {
    const { page } = await lane(1);
    await look(page);
    assert.equal(await page.locator('.qr, form[action="/lane/2/code"]').count(), 0);
    assert.equal((await tap('1', ADULT)).status, 200);
    await shows(page, 'reached');
    await look(page);
    await shoot(page, NAME, 'ja-reached');
    const text = await page.locator('main').textContent();
    const { name, address, born } = world.people[ADULT];
    for (const part of [name, address, born]) assert.ok(!text.includes(part));
    await next(page);
    await isFree(page);
    await tap('1', SIXTEEN);
    await shows(page, 'not-reached');
    await look(page);
    await next(page);
  });

  it('asks the phone from the screen as well', async () => {
    const { page } = await lane(1);
    await answerInWindow(page, buttonAt(page, request(1)), { person: ADULT, look });
    await shows(page, 'reached');
    await next(page);
    await answerInWindow(page, buttonAt(page, request(1)), { decline: true });
    await refused(page, request(1), 'ask.declined', 'undetermined');
    await next(page);
    await isFree(page);
  });

  it('sells nothing by a phone that is broken', async () => {
    const { page } = await lane(1);
    for (const { name: defect, code } of await world.demo.defects('tap')) {
      const said = await tap('1', ADULT, defect);
      // What is sent again is not even readable in another session.
      assert.deepEqual([said.status, said.code], [403, code ?? 'mdoc.session_seal'], defect);
      await shows(page, 'refused');
      await next(page);
      await isFree(page);
    }
  });

  it('shows the next customer nothing of the last', async () => {
    const visitor = await lane(1);
    const { page } = visitor;
    const [window] = await Promise.all([page.waitForEvent('popup'), buttonAt(page, request(1)).click()]);
    await window.locator('#consent').waitFor();
    // Somebody else has the lane freed meanwhile, and is served there.
    const { page: other } = await lane(1);
    await next(other);
    await tap('1', SIXTEEN);
    await shows(other, 'not-reached');
    await window.locator('#consent-button').click();
    await page.locator('[data-status][data-code]:not([data-code=""])').waitFor();
    assert.match(visitor.takeRefusals().join(), /^POST \/lane\/1\/response 4\d\d$/);
    assert.equal(await other.locator('[data-verdict="reached"]').count(), 0);
    await next(other);
    await isFree(other);
  });

  it('keeps lanes apart, whose customers come at once', async () => {
    const lanes = [await lane(1), await lane(2)];
    await Promise.all([tap('1', ADULT), tap('2', SIXTEEN)]);
    await shows(lanes[0].page, 'reached');
    await shows(lanes[1].page, 'not-reached');
    for (const { page } of lanes) await next(page);
  });

  it('shows a code where somebody looks, and says what it cannot exclude', async () => {
    const { page } = await lane(2);
    await page.locator('form[action="/lane/2/code"] button').click();
    await page.locator('.qr svg').waitFor();
    await look(page);
    await shoot(page, NAME, 'ja-code');
    assert.match(await page.locator('.notice.warn').textContent(), /防げません/);
    const link = await page.locator('.screen a').getAttribute('href');

    const phone = await world.arrive();
    await phone.page.goto(link);
    await look(phone.page);
    // Its one hidden field is no place to put something else into.
    await phone.page.evaluate(() => {
      document.querySelector('[name="ticket"]').value = '../../1';
    });
    await buttonAt(phone.page, '/lane/2/phone/request').click();
    await phone.page.locator('[data-status][data-code]:not([data-code=""])').waitFor();
    assert.match(phone.takeRefusals().join(), /^POST \/lane\/2\/phone\/request 4\d\d$/);
    await phone.page.goto(link);
    await answerInWindow(phone.page, buttonAt(phone.page, '/lane/2/phone/request'), { person: ADULT });
    await phone.page.waitForURL(`${shop}/lane/2/phone/done`);
    await look(phone.page);
    await shows(page, 'reached');
    assert.match(await page.locator('.screen').textContent(), /別の端末からの回答/);

    // Whoever photographed the code comes too late.
    const late = await world.arrive();
    await late.page.goto(link);
    await buttonAt(late.page, '/lane/2/phone/request').click();
    await late.page.locator('[data-status][data-code]:not([data-code=""])').waitFor();
    assert.match(late.takeRefusals().join(), /^POST \/lane\/2\/phone\/request 4\d\d$/);
    await next(page);
  });

  it('takes the auth app for a second way', async () => {
    const visitor = await lane(1);
    const { page } = visitor;
    await page.locator('#app').click();
    const person = page.getByRole('button', { name: world.people[ADULT].name });
    await person.waitFor();
    await look(page);
    await person.click();
    await page.waitForURL(`${shop}/lane/1`);
    await shows(page, 'reached');
    await next(page);
    await page.locator('#app').click();
    await page.getByRole('button', { name: '中止する' }).click();
    await page.waitForURL((url) => url.origin === shop);
    await look(page);
    assert.deepEqual(visitor.takeRefusals(), ['GET /app/callback 403']);
  });

  it('makes an age pass, whose codes serve once', async () => {
    const holder = await world.arrive();
    const { page } = holder;
    await page.goto(`${shop}/pass`);
    await look(page);
    await answerInWindow(page, buttonAt(page, '/pass/request'), { person: ADULT });
    await page.locator('#show').click();
    await page.locator('#code').waitFor();
    await look(page);
    await shoot(page, NAME, 'ja-pass');
    const code = await page.locator('#text').textContent();

    const { page: till } = await lane(1);
    const scan = async (text, verdict) => {
      await till.fill('#scanned', text);
      await till.locator('#scanned').press('Enter');
      await shows(till, verdict);
      await next(till);
    };
    const middle = Math.floor(code.length / 2);
    const forged = `${code.slice(0, middle)}${code[middle] === 'A' ? 'B' : 'A'}${code.slice(middle + 1)}`;
    await scan(forged, 'refused');
    await scan(code, 'reached');
    await scan(code, 'refused');
  });

  it('makes no pass for somebody under age, and none by a copied cookie', async () => {
    const young = await world.arrive();
    await young.page.goto(`${shop}/pass`);
    await answerInWindow(young.page, buttonAt(young.page, '/pass/request'), { person: SIXTEEN });
    await refused(young.page, '/pass/request', 'pass.age');
    assert.equal(young.takeRefusals().length, 1);

    const holder = await world.arrive();
    await holder.page.goto(`${shop}/pass`);
    await answerInWindow(holder.page, buttonAt(holder.page, '/pass/request'), { person: ADULT });
    await holder.page.locator('#show').waitFor();
    const thief = await world.arrive();
    await thief.context.addCookies(await holder.context.cookies());
    await thief.page.goto(`${shop}/pass`);
    await thief.page.locator('#show').click();
    await thief.page.locator('[data-status].refused').waitFor();
    assert.equal(await thief.page.locator('#text').textContent(), '');
    assert.equal(thief.takeRefusals().length, 1);
  });

  it("asks the browser's own wallet as well", async () => {
    const { page } = await lane(1, { lang: 'en' });
    const own = page.locator('button[data-means="browser"]');
    await behave(page, 'decline');
    await own.click();
    await refused(page, request(1), 'ask.declined', 'undetermined');
    await respond(page, world.demo, { person: ADULT });
    await own.click();
    await shows(page, 'reached');
    await look(page);
    await next(page);
  });

  it('is used by keyboard alone', async () => {
    const { page } = await lane(1);
    await reach(page, '#ask');
    const [window] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await window.locator('#consent').waitFor();
    await reach(window, '#consent-button');
    await closes(window, () => window.keyboard.press('Enter'));
    await shows(page, 'reached');
    await next(page);
  });

  it('goes on while its lists are within grace, and then has a person look', async () => {
    const { page } = await lane(1);
    const at = async (days) => {
      const now = await world.demo.world();
      await world.demo.change({ lists: 'stopped', responders: 'down', days: now.days + days });
      await tap('1', ADULT);
    };
    await at(2);
    await shows(page, 'reached');
    await page.locator('.tag.warn').waitFor();
    await look(page);
    await next(page);
    await at(4);
    await shows(page, 'undetermined');
    await look(page);
    await shoot(page, NAME, 'ja-undetermined');

    const office = await world.arrive({ lang: 'en' });
    await office.page.goto(staff);
    await look(office.page);
    await shoot(office.page, NAME, 'en-staff');
    await world.demo.stage('world/reset', {});
    await next(page);
    await tap('1', ADULT);
    await shows(page, 'reached');
  });
});
