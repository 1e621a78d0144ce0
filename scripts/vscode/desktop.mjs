// The tests of the extension host in the desktop VS Code, which @vscode/test-electron downloads: `node scripts/vscode/desktop.mjs
// [VERSION]`. It needs the network and a display; `npm test` does not run it.
// @ts-check
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleHostTests } from './bundle.mjs';
import { ROOT, temporaryFolder } from './server.mjs';

process.chdir(ROOT);
await import('../build.mjs');
process.exitCode = await runTests({
  version: process.argv[2] ?? 'stable',
  extensionDevelopmentPath: ROOT,
  extensionTestsPath: join(await bundleHostTests(globSync('test/vscode/host/*.test.ts')), 'index.js'),
  launchArgs: [temporaryFolder(), '--disable-extensions', '--disable-workspace-trust'],
});
