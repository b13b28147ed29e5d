// What all scripts for Node have in common: JSON lines in, JSON lines out, and
// packages from the folder that `conformance/run peers` fills (../README.md).

import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = path.resolve(
  process.env.TASHIKA_PEERS_NODE ?? path.join(here, '../../../target/peers/node'),
);
const resolve = createRequire(path.join(packages, 'package.json')).resolve;

// The libraries talk on standard output, which is ours.
console.log = console.info = console.error;

/** A package out of that folder. */
export const load = (name) => import(pathToFileURL(resolve(name)));

/** Answers one question a line, in order, until there are no more. */
export async function answerLines(answers) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim()) process.stdout.write(`${JSON.stringify(await answer(answers, line))}\n`);
  }
}

async function answer(answers, line) {
  let id = null;
  try {
    const question = JSON.parse(line);
    id = question.id ?? null;
    const asked = answers[question.op];
    if (!asked) throw new Error(`no op ${question.op}`);
    return { id, ...(await asked(question)) };
  } catch (error) {
    return { id, error: error.message };
  }
}
