import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compares a text with the file of that name in test/fixtures; `UPDATE_GOLDEN=1` writes the file instead, to be read before it is committed. */
export function assertGolden(name: string, text: string): void {
  const path = join('test', 'fixtures', name);
  const actual = `${text}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  assert.equal(actual, readFileSync(path, 'utf8'), `${name}: UPDATE_GOLDEN=1 writes it anew`);
}
