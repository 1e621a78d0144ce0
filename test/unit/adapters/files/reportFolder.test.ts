import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { keptReports, ReportFolder } from '../../../../src/adapters/files/reportFolder';
import { classify } from '../../../../src/core/coverage/classify';
import { type CoverageMemory, rememberCoverage } from '../../../../src/core/handoff/memory';
import { arbitraryInput } from '../../../support/arbitraries';
import { buildInput, READ_AT } from '../../../support/builders';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const input = buildInput({ name: 'p', seasons: [['2021-11-01', '2021-11-09']], nodes: [{ id: 'A' }, { id: 'B' }] });
const grid = classify(input);
const memoryAt = (at: number): CoverageMemory => rememberCoverage(input, grid, at);
const HOUR = 3_600_000;

describe('what reports remember, in files', () => {
  const temporary = useTemporaryFolder();

  it('is read as it was written, whatever the coverage', async () => {
    const folder = new ReportFolder(temporary());
    let at = READ_AT;
    await fc.assert(
      fc.asyncProperty(arbitraryInput, async (spec) => {
        const found = buildInput({ ...spec, name: 'p' });
        at += HOUR;
        const memory = rememberCoverage(found, classify(found), at);
        await folder.save(memory);
        assert.deepEqual(await folder.last('p', memory.mode), { memory });
      }),
      { numRuns: 30 },
    );
  });

  it('gives the newest of the pipeline and mode, also before an instant, and nothing where there is none', async () => {
    const state = temporary();
    const folder = new ReportFolder(state);
    assert.deepEqual(await folder.last('p', 'backfill'), {});
    for (const hours of [0, 2, 1]) await folder.save(memoryAt(READ_AT + hours * HOUR));
    await folder.save({ ...memoryAt(READ_AT + 3 * HOUR), pipeline: 'other' });
    await folder.save({ ...memoryAt(READ_AT + 4 * HOUR), mode: 'production' });
    const last = async (before?: number) => (await folder.last('p', 'backfill', before)).memory?.writtenAt;
    assert.equal(await last(), new Date(READ_AT + 2 * HOUR).toISOString());
    assert.equal(await last(READ_AT + 2 * HOUR), new Date(READ_AT + HOUR).toISOString());
    assert.equal(await last(READ_AT), undefined);
    assert.equal((await folder.last('other', 'backfill')).memory?.pipeline, 'other');
  });

  it('tells of files that are none, passes them over, and goes on', async () => {
    const state = temporary();
    const folder = new ReportFolder(state);
    await folder.save(memoryAt(READ_AT));
    const newer = join(state, 'reports', '20991231T000000000-backfill.json');
    const text = JSON.stringify(memoryAt(READ_AT));
    for (const broken of [text.slice(0, 40), '', '{}', '[]', 'null', text.replace('"version":1', '"version":2')]) {
      writeFileSync(newer, broken);
      const { memory, problem } = await folder.last('p', 'backfill');
      assert.equal(memory?.writtenAt, new Date(READ_AT).toISOString(), broken);
      assert.match(problem ?? '', /20991231T000000000-backfill\.json of an earlier report cannot be read and is passed over/);
      await assert.rejects(folder.read(newer), /20991231T000000000-backfill\.json is not what a report remembers/);
    }
    for (const change of [
      { states: [] },
      { firstDate: 'soon' },
      { processors: [{ id: 'A', runs: [0, 1, 2] }] },
      { processors: [{ id: 'A', runs: [0, 1e12] }] },
      { writtenAt: 'yesterday' },
    ]) {
      writeFileSync(newer, JSON.stringify({ ...memoryAt(READ_AT), ...change }));
      assert.match((await folder.last('p', 'backfill')).problem ?? '', /passed over/, JSON.stringify(change));
    }
    await assert.rejects(folder.read(join(state, 'nothing.json')), /There is no .*nothing\.json/);
  });

  it('never fails on a mangled file', async () => {
    const state = temporary();
    const folder = new ReportFolder(state);
    mkdirSync(join(state, 'reports'));
    const text = JSON.stringify(memoryAt(READ_AT));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 5 }), async (at, cut, put) => {
        const broken = text.slice(0, at) + put + text.slice(at + cut);
        writeFileSync(join(state, 'reports', '20211202T120000000-backfill.json'), broken);
        await folder.last('p', 'backfill');
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the newest and the last of each day', async () => {
    const names = Array.from({ length: 100 }, (_, day) =>
      ['080000000', '200000000'].map((time) => `${20211000 + day}T${time}-backfill.json`),
    ).flat();
    const kept = keptReports(names);
    assert.equal(kept.size, 20 + 50);
    for (const name of names.slice(-20)) assert.ok(kept.has(name));
    assert.ok(kept.has('20211041T200000000-backfill.json'));
    assert.ok(!kept.has('20211041T080000000-backfill.json'));
    assert.ok(!kept.has('20211039T200000000-backfill.json'));

    const state = temporary();
    const folder = new ReportFolder(state);
    for (let minute = 0; minute < 25; minute++) await folder.save(memoryAt(READ_AT + minute * 60_000));
    writeFileSync(join(state, 'reports', 'note.txt'), 'mine');
    await folder.save(memoryAt(READ_AT + HOUR));
    assert.equal(readdirSync(join(state, 'reports')).length, 20 + 1);
  });
});
