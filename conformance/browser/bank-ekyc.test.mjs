// Opening an account.

import assert from 'node:assert/strict';
import { before, it } from 'node:test';

import { buttonAt, formAt, reach, refused } from './forms.mjs';
import { look } from './look.mjs';
import { shoot } from './screenshots.mjs';
import { suite } from './suite.mjs';
import { answerInWindow, behave, closes, respond } from './wallet.mjs';

const NAME = 'bank-ekyc';

/** Where each way begins. */
const REQUESTS = {
  card: '/apply/card/request',
  cms: '/apply/card/request',
  phone: '/apply/phone/request',
  app: '/apply/app/request',
};

/** What the testbed's wallet is asked for, where it is. */
const KINDS = { card: 'sign', cms: 'sign', phone: 'present' };

suite(NAME, (world) => {
  let bank, staff;
  before(() => {
    [bank, staff] = [world.demo.origin(NAME), world.demo.origin(`staff.${NAME}`)];
  });

  /** Comes to the form of a way from the front page. */
  const begin = async (page, way) => {
    await page.goto(bank);
    await page.locator(`a[href="/apply/${way}"]`).click();
    await formAt(page, REQUESTS[way]).waitFor();
  };

  const type = async (page, person, otherwise = {}) => {
    const { name, address, born } = { ...world.people[person], ...otherwise };
    await page.fill('#name', name);
    await page.fill('#address', address);
    await page.fill('#birth', born);
  };

  const button = (page, way) => buttonAt(page, REQUESTS[way]);
  const outcome = (page) => page.locator('.verdict');

  /** Applies, and waits for the outcome. */
  const apply = async (page, way, { person = 0, otherwise, ...answer } = {}) => {
    await begin(page, way);
    await type(page, person, otherwise);
    await answerInWindow(page, button(page, way), { person, ...answer });
  };

  /** An account is opened; whoever has one already gets no second. */
  const opened = async (page) => {
    await outcome(page).waitFor();
    assert.match(await page.locator('h1').textContent(), /^(口座を開設|お客様の口座を確認)しました$/);
    assert.match(await outcome(page).getAttribute('class'), /\bgood\b/);
  };

  /** That nothing came of it, and what was typed is still there. */
  const kept = async (page, way, code, looks) => {
    await refused(page, REQUESTS[way], code, looks);
    assert.notEqual(await page.inputValue('#name'), '');
  };

  it('tells of three ways, and what each needs', async () => {
    const { page } = await world.arrive();
    await page.goto(bank);
    await look(page);
    await shoot(page, NAME, 'ja-front');
  });

  for (const way of Object.keys(KINDS)) {
    it(`opens an account by ${way}`, async () => {
      const { page } = await world.arrive();
      await begin(page, way);
      await look(page);
      await type(page, 0);
      await answerInWindow(page, button(page, way), { look: (window) => seeWallet(window, way) });
      await opened(page);
      await look(page);
      if (way === 'card') await shoot(page, NAME, 'ja-opened');
    });
  }

  const seeWallet = async (window, way) => {
    await look(window);
    if (way !== 'cms') await shoot(window, 'stage', `ja-${KINDS[way]}`, { whole: true });
  };

  for (const [way, kind] of Object.entries(KINDS)) {
    it(`refuses by ${way} whatever is broken, and opens nothing`, async () => {
      const visitor = await world.arrive();
      const { page } = visitor;
      const defects = (await world.demo.defects(kind)).filter(({ code }) => code);
      // Another envelope around the same signature: one defect for each code.
      const codes = new Map(defects.map((defect) => [defect.code, defect]));
      for (const { name: defect, code } of way === 'cms' ? codes.values() : defects) {
        await apply(page, way, { defect });
        await kept(page, way, code);
        assert.equal(visitor.takeRefusals().length, 1, defect);
      }
    });
  }

  /** Applies through the auth app, and comes to an end there. */
  const applyInApp = async (page, name) => {
    await begin(page, 'app');
    await type(page, 5);
    await button(page, 'app').click();
    const choice = page.getByRole('button', { name });
    await choice.waitFor();
    await look(page);
    await choice.click();
    await page.waitForURL((url) => url.origin === bank);
  };

  it('opens an account through the auth app, and opens none when that is cancelled', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    await applyInApp(page, '中止する');
    await look(page);
    assert.deepEqual(visitor.takeRefusals(), ['GET /apply/app/callback 403']);
    await applyInApp(page, world.people[5].name);
    await opened(page);
    await look(page);
  });

  it('takes no for an answer, and the next one', async () => {
    const { page } = await world.arrive();
    await apply(page, 'phone', { decline: true });
    await kept(page, 'phone', 'ask.declined', 'undetermined');
    const [window] = await Promise.all([page.waitForEvent('popup'), button(page, 'phone').click()]);
    await window.locator('#consent').waitFor();
    await window.close();
    await kept(page, 'phone', 'ask.closed', 'undetermined');
    await answerInWindow(page, button(page, 'phone'));
    await opened(page);
  });

  it('shows what differs, and has a person decide', async () => {
    const applicant = await world.arrive();
    const { page } = applicant;
    const otherwise = { address: '東京都清瀬市架空町９－９－９' };
    applicant.secrets.push(otherwise.address);
    await apply(page, 'phone', { otherwise });
    await outcome(page).waitFor();
    assert.equal(await page.locator('h1').textContent(), '担当者が確認します');
    assert.equal(await page.locator('.diff del').textContent(), otherwise.address);
    assert.equal(await page.locator('.diff ins').textContent(), world.people[0].address);
    await look(page);
    await shoot(page, NAME, 'ja-differs');

    const officer = await world.arrive();
    await officer.page.goto(staff);
    await look(officer.page);
    await officer.page.locator('tr:has(.tag.warn) th a').first().click();
    const open = officer.page.getByRole('button', { name: '開設する' });
    await open.waitFor();
    await look(officer.page);
    await shoot(officer.page, NAME, 'ja-case');
    await open.click();
    await officer.page.locator('.tag.good').first().waitFor();

    await page.reload();
    await opened(page);
  });

  it("asks the browser's own wallet, which answers, declines, or waits", async () => {
    const { page } = await world.arrive({ lang: 'en' });
    const own = page.locator('button[data-means="browser"]');
    await begin(page, 'phone');
    await type(page, 0);
    await behave(page, 'decline');
    await own.click();
    await kept(page, 'phone', 'ask.declined', 'undetermined');
    await behave(page, 'wait');
    await own.click();
    await page.waitForFunction(() => document.querySelector('[data-status]').textContent.startsWith('Please continue'));
    assert.equal(await own.getAttribute('aria-disabled'), 'true');
    await page.reload();
    await type(page, 0);
    await respond(page, world.demo);
    await own.click();
    await outcome(page).waitFor();
    assert.equal(await page.locator('h1').textContent(), 'Your account is open');
    await look(page);
    await shoot(page, NAME, 'en-opened');
  });

  it('believes no field that somebody adds to the form', async () => {
    const { page } = await world.arrive();
    await begin(page, 'phone');
    assert.equal(await page.locator('input[type="hidden"]').count(), 0);
    await page.evaluate((fields) => {
      for (const [name, value] of Object.entries(fields)) {
        const field = Object.assign(document.createElement('input'), { type: 'hidden', name, value });
        document.querySelector('form[data-ask]').append(field);
      }
    }, { state: 'opened', decision: 'open', verified: 'true', lane: '1' });
    await type(page, 0, { name: '架空　太郎' });
    await answerInWindow(page, button(page, 'phone'));
    await outcome(page).waitFor();
    assert.equal(await page.locator('h1').textContent(), '担当者が確認します');
    assert.equal(await page.locator('.diff ins').first().textContent(), world.people[0].name);
  });

  it('keeps two tabs apart that end in the other order', async () => {
    const visitor = await world.arrive();
    const tabs = [visitor.page, await visitor.tab()];
    const windows = [];
    for (const [person, page] of tabs.entries()) {
      await begin(page, 'card');
      await type(page, person);
      const [window] = await Promise.all([page.waitForEvent('popup'), button(page, 'card').click()]);
      await window.locator(`[name="person"][value="${person}"]`).check();
      windows.push(window);
    }
    for (const person of [1, 0]) {
      const [page, window] = [tabs[person], windows[person]];
      assert.ok((await window.locator('#text').textContent()).includes(world.people[person].name));
      await window.locator('#consent-button').click();
      await opened(page);
      const [name] = await page.locator('.diff tbody tr:first-child td').allTextContents();
      assert.equal(name, world.people[person].name);
    }
    // The browser is where the last of them was gained.
    const response = await tabs[1].reload();
    assert.equal(response.status(), 404);
    assert.equal(visitor.takeRefusals().length, 1);
    await look(tabs[1]);
  });

  it('takes a click for one, and an answer once', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    const [windows, answers] = [[], []];
    page.on('popup', (window) => windows.push(window));
    page.on('request', (request) => {
      if (new URL(request.url()).pathname.includes('/answer')) answers.push(request);
    });
    await begin(page, 'card');
    await type(page, 0);
    const [window] = await Promise.all([page.waitForEvent('popup'), button(page, 'card').dblclick()]);
    await window.locator('#consent').waitFor();
    await window.locator('#consent-button').click();
    await opened(page);
    assert.equal(windows.length, 1);
    assert.equal(answers.length, 1);
    const [answer] = answers;
    const again = await page.evaluate(async ([url, body]) => {
      const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body });
      return { status: response.status, ...await response.json() };
    }, [answer.url(), answer.postData()]);
    // The cookie of a transaction ends with it.
    assert.equal(again.code, 'transaction.browser');
    assert.deepEqual(visitor.takeRefusals(), [`POST /apply/card/answer ${again.status}`]);
    await opened(page);
  });

  it('goes back after the outcome, and forth', async () => {
    const { page } = await world.arrive();
    await apply(page, 'card');
    await opened(page);
    const { pathname } = new URL(page.url());
    await page.goBack();
    await formAt(page, REQUESTS.card).waitFor();
    assert.notEqual(await button(page, 'card').getAttribute('aria-disabled'), 'true');
    await page.goForward();
    await opened(page);
    assert.equal(new URL(page.url()).pathname, pathname);
  });

  it('shows an outcome in no other browser', async () => {
    const { page } = await world.arrive();
    await apply(page, 'card');
    await opened(page);
    const other = await world.arrive();
    const response = await other.page.goto(page.url());
    assert.equal(response.status(), 404);
    assert.equal(other.takeRefusals().length, 1);
    const text = await other.page.locator('main').textContent();
    for (const secret of [world.people[0].name, world.people[0].address]) assert.ok(!text.includes(secret));
    await look(other.page);
  });

  it('is used by keyboard alone, from the front page to the outcome', async () => {
    const { page } = await world.arrive();
    await page.goto(bank);
    await reach(page, 'a[href="/apply/card"]');
    await page.keyboard.press('Enter');
    await formAt(page, REQUESTS.card).waitFor();
    const { name, address, born } = world.people[0];
    for (const [field, value] of [['#name', name], ['#address', address], ['#birth', born]]) {
      await reach(page, field);
      await page.keyboard.insertText(value);
    }
    await reach(page, 'form[data-ask] button');
    const [window] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await window.locator('#consent').waitFor();
    await reach(window, '[name="person"]');
    await window.keyboard.press('ArrowDown');
    await window.keyboard.press('ArrowUp');
    await reach(window, '#consent-button');
    await closes(window, () => window.keyboard.press('Enter'));
    await opened(page);
  });

  it('finds at night what has become of certificates, and says how to treat it', async () => {
    const { page: customer } = await world.arrive();
    for (const person of [2, 5]) {
      await apply(customer, 'card', { person });
      await outcome(customer).waitFor();
    }
    await world.demo.stage('life', { person: 2, event: 'deregistered' });
    await world.demo.stage('life', { person: 5, event: 'lost' });
    const { page } = await world.arrive();
    await page.goto(staff);
    await page.locator('form[action="/watch"] button').click();
    await page.getByRole('heading', { name: '口座を守る（担当部署へ）' }).waitFor();
    const contact = page.locator('article', { has: page.getByRole('heading', { name: 'お客様への配慮あるご連絡' }) });
    assert.match(await contact.textContent(), /そう決まったわけではありません/);
    await look(page);
    await shoot(page, NAME, 'ja-watch', { from: '#watch' });
    // The customer is told that the certificate is not accepted, and nothing else.
    const visitor = await world.arrive();
    await apply(visitor.page, 'card', { person: 2 });
    await kept(visitor.page, 'card', 'revoked');
    assert.equal(visitor.takeRefusals().length, 1);
  });

  it('refuses an answer that comes too late', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    await begin(page, 'card');
    await type(page, 0);
    const [window] = await Promise.all([page.waitForEvent('popup'), button(page, 'card').click()]);
    await window.locator('#consent').waitFor();
    const { days } = await world.demo.world();
    await world.demo.change({ days: days + 1 });
    await window.locator('#consent-button').click();
    await kept(page, 'card', 'transaction.unknown');
    assert.equal(visitor.takeRefusals().length, 1);
    // What was typed is still there, and serves once more.
    await answerInWindow(page, button(page, 'card'));
    await opened(page);
  });

  it('says what still works when lists stop coming, and opens nothing', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    const { days } = await world.demo.world();
    await world.demo.change({ lists: 'stopped', responders: 'down', days: days + 4 });
    await page.goto(bank);
    await page.locator('.notice.bad').waitFor();
    await look(page);
    await shoot(page, NAME, 'ja-outage');
    await apply(page, 'card');
    await kept(page, 'card', 'revocation.stale', 'undetermined');
    assert.equal(visitor.takeRefusals().length, 1);
    await world.demo.stage('world/reset', {});
    await answerInWindow(page, button(page, 'card'));
    await opened(page);
  });

  it('says what else there is when the auth app does not answer', async () => {
    const visitor = await world.arrive();
    const { page } = visitor;
    await world.demo.change({ provider: 'down' });
    await begin(page, 'app');
    await look(page);
    await type(page, 5);
    await button(page, 'app').click();
    await kept(page, 'app', 'auth_app.unavailable', 'undetermined');
    assert.deepEqual(visitor.takeRefusals(), ['POST /apply/app/request 503']);
    await page.goto(bank);
    await page.locator('.notice.warn').waitFor();
    await apply(page, 'phone', { person: 5 });
    await opened(page);
    await world.demo.stage('world/reset', {});
  });
});
