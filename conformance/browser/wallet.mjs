// A person's phone and card: the testbed's, in its window and without it, and the
// browser's own, which answers what the testbed's phone would.

/** What the testbed's phone or card answers to a page of this origin. */
export async function answer(demo, origin, question) {
  const asked = { person: 0, defect: 'none', ...question, origin };
  const said = await demo.stage('answer', asked);
  return said.answer;
}

/**
 * Has Chromium's virtual wallet answer what this tab asks next, as a person's
 * phone would. The protocol wants the answer before the question, so the
 * question is read on its way to the page.
 */
export async function respond(page, demo, options = {}) {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', async ({ requestId, responseStatusCode }) => {
    if (responseStatusCode === 200) {
      const body = await session.send('Fetch.getResponseBody', { requestId });
      const { request } = JSON.parse(Buffer.from(body.body, body.base64Encoded ? 'base64' : 'utf8'));
      const { protocol, data } = await answer(demo, new URL(page.url()).origin, { kind: 'present', request, ...options });
      await session.send('DigitalCredentials.setVirtualWalletBehavior', { action: 'respond', protocol, response: data });
    }
    await session.send('Fetch.continueRequest', { requestId });
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/request', requestStage: 'Response' }] });
}

/** Has the virtual wallet decline, or do nothing (`wait`). */
export async function behave(page, action) {
  const session = await page.context().newCDPSession(page);
  await session.send('DigitalCredentials.setVirtualWalletBehavior', { action });
}

/**
 * Presses a button that asks the phone or the card, and answers in the window of
 * the testbed's wallet. `look` may look at that window first.
 */
export async function answerInWindow(page, button, { person = 0, defect = 'none', decline = false, look } = {}) {
  const [window] = await Promise.all([page.waitForEvent('popup'), button.click()]);
  await window.locator('#consent').waitFor();
  if (decline) {
    await close(window, '#decline');
    return;
  }
  await window.locator(`[name="person"][value="${person}"]`).check();
  if (defect !== 'none') {
    await window.locator('#break summary').click();
    await window.locator('#defect').selectOption(defect);
  }
  await look?.(window);
  await close(window, '#consent-button');
}

const close = (window, button) => closes(window, () => window.locator(button).click());

/** Does what closes a window, which may be gone before that has quite ended. */
export async function closes(window, act) {
  const acted = act().catch((error) => {
    if (!window.isClosed()) throw error;
  });
  await Promise.all([window.waitForEvent('close'), acted]);
}
