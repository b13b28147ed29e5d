// A person's browser: Chromium with a profile of its own, and everything that it
// complains of while the person looks around.

import { existsSync } from 'node:fs';
import path from 'node:path';

import { wasShown } from './look.mjs';
import { require } from './packages.mjs';

const { chromium } = require('playwright-core');

/** What works in a container and for root, and asks nobody outside for anything. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** The browser of `TASHIKA_CHROMIUM`, or `chromium` in the path. */
function program() {
  const given = process.env.TASHIKA_CHROMIUM;
  if (given) return given;
  const folders = process.env.PATH.split(path.delimiter);
  const found = folders.map((folder) => path.join(folder, 'chromium')).find((file) => existsSync(file));
  if (!found) throw new Error('no chromium in the path, and no TASHIKA_CHROMIUM');
  return found;
}

export const launch = () => chromium.launch({ executablePath: program(), args: FLAGS });

/** How long a page may take, in milliseconds: two cores may be busy elsewhere. */
const PATIENCE = 10_000;

/**
 * One person with one browser: cookies of its own, and a list of what no page may
 * cause: messages on the console, among them those about content that the policy
 * forbids, errors of scripts, what is the person's in a URL, refusals that no test
 * waited for.
 */
export class Visitor {
  static async arrive(browser, { lang = 'ja', secrets = [], ...options } = {}) {
    const context = await browser.newContext({
      locale: lang === 'ja' ? 'ja-JP' : 'en-GB',
      timezoneId: 'Asia/Tokyo',
      viewport: { width: 1000, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, secrets);
    visitor.page = await context.newPage();
    return visitor;
  }

  constructor(context, secrets) {
    Object.assign(this, { context, secrets, faults: [], refusals: [] });
    context.on('console', (message) => this.#console(message));
    context.on('weberror', (fault) => this.faults.push(`script: ${fault.error().message}`));
    context.on('request', (request) => this.#request(request));
    context.on('response', (response) => this.#response(response));
  }

  #console(message) {
    const text = message.text();
    // A response that was refused is seen as such below.
    if (text.startsWith('Failed to load resource: the server responded with a status of')) return;
    this.faults.push(`console ${message.type()}: ${text}`);
  }

  #request(request) {
    const url = decodeURIComponent(request.url());
    if (url.startsWith('data:')) return;
    if (this.secrets.some((secret) => url.includes(secret))) this.faults.push(`personal data in ${url}`);
  }

  #response(response) {
    const [request, status] = [response.request(), response.status()];
    const html = response.headers()['content-type']?.startsWith('text/html');
    if (request.isNavigationRequest() && html) wasShown(response.url());
    if (status < 400) return;
    this.refusals.push(`${request.method()} ${new URL(response.url()).pathname} ${status}`);
  }

  /** The refusals, in the order of their arrival, since it was asked last. */
  takeRefusals() {
    return this.refusals.splice(0);
  }

  /** What went wrong since it was asked last. */
  takeFaults() {
    const refused = this.takeRefusals().map((refusal) => `not expected: ${refusal}`);
    return [...this.faults.splice(0), ...refused];
  }

  /** Another tab. */
  tab() {
    return this.context.newPage();
  }

  leave() {
    return this.context.close();
  }
}
