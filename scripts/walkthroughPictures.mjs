// Puts the pictures that `npm run test:vscode -- window/matrix` took into the walkthrough: `node scripts/walkthroughPictures.mjs`.
// @ts-check
import { copyFileSync, globSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const TARGET = 'media/walkthrough';

const taken = globSync('out/screenshots/walkthrough-*.png');
if (taken.length === 0) {
  console.error('There are no pictures: run `npm run test:vscode -- window/matrix` first.');
  process.exit(1);
}
mkdirSync(TARGET, { recursive: true });
for (const file of taken) {
  const name = basename(file).replace('walkthrough-', '');
  copyFileSync(file, join(TARGET, name));
  console.log(`${TARGET}/${name}`);
}
