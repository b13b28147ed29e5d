// The demo as a process of its own, and its stage without the wallet's pages.

import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';

import { root } from './packages.mjs';

const PROGRAM = process.env.TASHIKA_PROGRAM ?? path.join(root, 'target/debug/tashika');

/** Whose origin it prints last. */
const LAST = 'wallet.localhost';

export class Demo {
  /** On ports that are free; everything behind it is fresh. */
  static async start() {
    const child = spawn(PROGRAM, ['demo', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve, reject) => {
      child.once('exit', resolve);
      child.once('error', reject);
    });
    const origins = await Promise.race([printed(child), ended.then((code) => {
      throw new Error(`the demo ended at once: ${code}`);
    })]);
    return new Demo({ child, ended, origins });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** The origin of a host, which may lack its `.localhost`. */
  origin(name) {
    return this.origins.get(name) ?? this.origins.get(`${name}.localhost`);
  }

  /** Asks the wallet's interface; what it refuses is an error. */
  async stage(path, body) {
    const said = await ask(this.origin('wallet'), `/api/${path}`, body);
    if (said.status !== 200) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said.value;
  }

  /** How the world is: people, parties, time, who answers. */
  world() {
    return this.stage('world');
  }

  /** Has something happen to the world, and waits until all parties have heard. */
  change(what) {
    return this.stage('world', what);
  }

  /** What can be wrong with an answer of a kind, with the code that is due. */
  async defects(kind) {
    const all = await this.stage('defects');
    return all.filter(({ kinds }) => kinds.includes(kind));
  }

  async stop() {
    this.child.kill('SIGINT');
    await this.ended;
  }
}

/** The origins that it prints, by their hosts. */
async function printed(child) {
  const origins = new Map();
  for await (const line of readline.createInterface({ input: child.stdout })) {
    for (const [word] of line.matchAll(/http:\/\/\S+/g)) {
      const { hostname, origin } = new URL(word);
      origins.set(hostname, origin);
    }
    if (origins.has(LAST)) break;
  }
  return origins;
}

/** What is asked of an origin without a browser: status, and its answer in JSON. */
export function ask(origin, target, body) {
  const { port, host } = new URL(origin);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { Host: host, Accept: 'application/json', 'Content-Type': 'application/json' };
  const method = text === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    // Only browsers know where `*.localhost` is.
    const request = http.request({ host: '127.0.0.1', port, path: target, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode, value: JSON.parse(Buffer.concat(chunks)) });
        } catch (error) {
          reject(new Error(`${method} ${target}: ${response.statusCode}, ${error.message}`));
        }
      });
    });
    request.once('error', reject);
    request.end(text);
  });
}
