// Runs the Node tests: `npm run test:unit [-- PATTERN]`, where PATTERN is a part of a test file's path.
// @ts-check
import { runNodeTests } from './nodeTests.mjs';

const FEW_FILES = 8;

const pattern = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
process.exitCode = await runNodeTests('unit', pattern, FEW_FILES);
