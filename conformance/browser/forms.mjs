// Forms that ask a phone or a card, as a person sees and uses them.

import assert from 'node:assert/strict';

/** The form whose question is at this path. */
export const formAt = (page, request) => page.locator(`form[data-request="${request}"]`);

/** The button that asks the testbed's wallet. */
export const buttonAt = (page, request) => formAt(page, request).locator('button').first();

/** Waits until a form says why it goes no further, and gives the button back. */
export async function refused(page, request, code, looks = 'refused') {
  const form = formAt(page, request);
  const status = form.locator('[data-status]');
  await form.locator('[data-status][data-code]:not([data-code=""])').waitFor();
  assert.equal(await status.getAttribute('data-code'), code);
  assert.equal(await status.getAttribute('class'), looks);
  assert.notEqual((await status.textContent()).trim(), '');
  assert.equal(await form.locator('button').first().getAttribute('aria-disabled'), 'false');
}

/** How far Tab may be from what is meant. */
const MOST_STEPS = 80;

/** Goes on by Tab until the focus is on what is meant, and can be seen there. */
export async function reach(page, selector) {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [there, seen] = await page.evaluate((wanted) => {
      const { activeElement } = document;
      return [wanted, ':focus-visible'].map((pattern) => activeElement.matches(pattern));
    }, selector);
    if (there) return assert.ok(seen, `the focus on ${selector} cannot be seen`);
    await page.keyboard.press('Tab');
  }
  return assert.fail(`Tab does not lead to ${selector}`);
}
