import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileCoverageCache } from '../../../../src/adapters/files/coverageCache';
import type { KnownCoverage } from '../../../../src/app/session/coverageCache';
import type { Logger } from '../../../../src/base/logger';
import { SILENT } from '../../../support/sessionDeps';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const unavailable = fc.record({ error: fc.string(), since: fc.integer() }, { noNullPrototype: true });

function known<T>(observations: fc.Arbitrary<T>) {
  return fc.record({ key: fc.string(), observations, unavailable }, { requiredKeys: ['key'], noNullPrototype: true });
}

function columns(length: number) {
  const integers = fc.array(integer, { minLength: length, maxLength: length }).map((values) => Int32Array.from(values));
  const doubles = fc.array(fc.double(), { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
  const days = fc.uniqueArray(integer, { minLength: length, maxLength: length }).map((values) => Int32Array.from(values).sort());
  return { integers, doubles, days };
}

const node = fc.nat(20).chain((length) => {
  const { integers, doubles, days } = columns(length);
  const all = {
    days,
    rows: integers,
    entities: integers,
    keys: integers,
    written: doubles,
    checks: fc.array(doubles, { maxLength: 2 }),
    readAt: fc.integer(),
  };
  return known(fc.record(all, { requiredKeys: ['days', 'rows', 'checks', 'readAt'], noNullPrototype: true }));
});
const calendar = fc.nat(20).chain((length) => {
  const { integers, days } = columns(length);
  return known(fc.record({ days, counts: integers, readAt: fc.integer() }, { noNullPrototype: true }));
});
const coverage: fc.Arbitrary<KnownCoverage> = fc
  .record(
    {
      probe: fc.string(),
      memo: fc.string(),
      nodes: fc.dictionary(fc.string(), node),
      calendars: fc.dictionary(fc.string(), calendar),
    },
    { requiredKeys: ['nodes', 'calendars'], noNullPrototype: true },
  )
  .map(({ nodes, calendars, ...rest }) => ({
    ...rest,
    nodes: new Map(Object.entries(nodes)),
    calendars: new Map(Object.entries(calendars)),
  }));

describe('FileCoverageCache', () => {
  const folder = useTemporaryFolder();
  const path = () => join(folder(), 'cache', 'coverage.json');
  let said: string[] = [];
  const logger: Logger = { ...SILENT, info: (message) => said.push(message), warn: (message) => said.push(message) };
  const cache = () => new FileCoverageCache(folder(), logger);
  beforeEach(() => {
    said = [];
  });

  it('gives back what it was given', async () => {
    await fc.assert(
      fc.asyncProperty(coverage, async (known) => {
        await cache().save(known);
        assert.deepEqual(await cache().load(), known);
      }),
      {
        numRuns: 50,
        examples: ['prototype', '__proto__', 'constructor'].map((id): [KnownCoverage] => [
          { nodes: new Map([[id, { key: 'k' }]]), calendars: new Map([[id, { key: 'k' }]]) },
        ]),
      },
    );
    assert.deepEqual(said, []);
    assert.deepEqual(readdirSync(join(folder(), 'cache')), ['coverage.json'], 'and leaves nothing else behind');
  });

  it('has nothing, and nothing to say, before the first save', async () => {
    assert.equal(await cache().load(), undefined);
    assert.deepEqual(said, []);
  });

  it('ignores with one line what it cannot read', async () => {
    await cache().save({
      nodes: new Map([
        ['A', { key: 'k', observations: { days: Int32Array.of(1, 2), rows: Int32Array.of(1, 2), checks: [], readAt: 1 } }],
      ]),
      calendars: new Map(),
    });
    const good = readFileSync(path(), 'utf8');
    assert.notEqual(await cache().load(), undefined);
    const bad = [
      '',
      good.slice(0, -10),
      '[]',
      'null',
      good.replace('"version":2', '"version":1'),
      good.replace('AQAAAAIAAAA=', 'AQAAAA=='),
      good.replace('AQAAAAIAAAA=', 'AgAAAAEAAAA='),
      good.replace('"readAt":1', '"readAt":"1"'),
      '\u0000\u0001',
    ];
    for (const text of bad) {
      assert.notEqual(text, good);
      said = [];
      writeFileSync(path(), text);
      assert.equal(await cache().load(), undefined, text.slice(0, 80));
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', /^Ignoring .*coverage\.json/);
    }
  });

  it('never throws, whatever is in the file', async () => {
    mkdirSync(join(folder(), 'cache'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        writeFileSync(path(), text);
        assert.equal(await cache().load(), undefined);
      }),
    );
  });

  it('says so, and no more, when it cannot be written', async () => {
    writeFileSync(join(folder(), 'cache'), 'a file where the folder should be');
    await cache().save({ nodes: new Map(), calendars: new Map() });
    assert.match(said.join(), /not kept for the next start/);
  });
});
