// A file of tests has a demo and a browser of its own, so that the files neither
// meet nor wait for each other; within it one test follows the other.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe } from 'node:test';

import { Demo } from './demo.mjs';
import { notLookedAt } from './look.mjs';
import { Visitor, launch } from './visitor.mjs';

/**
 * `tests` is given a world with `demo`, the `people` in it, and `arrive` for
 * visitors with browsers of their own. No test may leave a fault behind, and no
 * page that nobody looked at.
 */
export function suite(name, tests) {
  const world = {
    visitors: [],
    async arrive(options) {
      const secrets = world.people.flatMap(({ name, address }) => [name, address]);
      const visitor = await Visitor.arrive(world.browser, { secrets, ...options });
      world.visitors.push(visitor);
      return visitor;
    },
  };
  describe(name, { concurrency: false }, () => {
    before(async () => {
      [world.demo, world.browser] = await Promise.all([Demo.start(), launch()]);
      ({ people: world.people } = await world.demo.world());
    });
    afterEach(async () => {
      const visitors = world.visitors.splice(0);
      const faults = visitors.flatMap((visitor) => visitor.takeFaults());
      await Promise.all(visitors.map((visitor) => visitor.leave()));
      assert.deepEqual(faults, []);
    });
    after(async () => {
      await world.browser?.close();
      await world.demo?.stop();
      assert.deepEqual(notLookedAt(), []);
    });
    tests(world);
  });
}
