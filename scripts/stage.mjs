// What a package of the extension holds, as a folder: the tests in VS Code run on it, and `npm run package` packs it.
// @ts-check
import { copyFileSync, globSync, linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './vscode/server.mjs';

/**
 * Puts what `.vscodeignore` allows into an empty folder.
 * @param {string} folder
 */
export function stage(folder) {
  const allowed = readFileSync(join(ROOT, '.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  for (const pattern of allowed) {
    const files = globSync(pattern.slice(1), { cwd: ROOT }).filter((path) => statSync(join(ROOT, path)).isFile());
    if (files.length === 0) throw new Error(`.vscodeignore allows ${pattern.slice(1)}, but there is no such file.`);
    for (const path of files) place(join(ROOT, path), join(folder, path));
  }
}

/** A link where it can be one: the native library is large. @param {string} from @param {string} to */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    // Another file system.
    copyFileSync(from, to);
  }
}
