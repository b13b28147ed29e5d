// Packages from the folder that `conformance/run peers` fills
// (../peers/README.md).

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const folder = path.resolve(process.env.TASHIKA_PEERS_NODE ?? path.join(root, 'target/peers/node'));

/** As a package's own modules would load others. */
export const require = createRequire(path.join(folder, 'package.json'));
