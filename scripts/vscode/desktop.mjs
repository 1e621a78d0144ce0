// The tests of the extension host in the desktop VS Code, which @vscode/test-electron downloads: `node scripts/vscode/desktop.mjs`.
// It needs the network and a display; `npm test` does not run it.
// @ts-check
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleHostTests } from './bundle.mjs';
import { ROOT } from './server.mjs';

process.chdir(ROOT);
await import('../build.mjs');
const folder = mkdtempSync(join(tmpdir(), 'bfx-host-'));
try {
  process.exitCode = await runTests({
    version: process.argv[2] ?? 'stable',
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: join(await bundleHostTests(globSync('test/vscode/host/*.test.ts')), 'index.js'),
    launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust'],
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
