// The process of one share of the tests that nodeTests.mjs deals out.
// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMocha } from './mochaRun.mjs';

const folder = process.env['BACKFILL_TEST_SHARE'] ?? '';
process.setSourceMapsEnabled(true);
const results = await runMocha(JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')));
writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
// What a test left open must not keep the others waiting.
process.disconnect?.();
