import assert from 'node:assert/strict';
import { statusBarContent } from '../../../src/client/statusBarContent';
import type { ServerState } from '../../../src/protocol/messages';
import { summary } from './summaries';

const STATE: ServerState = {
  reading: false,
  mistakes: 0,
  coverage: { pipeline: 'NBA_seasons', mode: 'backfill', asOf: 0, gaps: 1096, causes: 3 },
};

describe('statusBarContent', () => {
  it('is empty without a pipeline and before anything was read', () => {
    assert.equal(statusBarContent('none', STATE, [], 0), undefined);
    assert.equal(statusBarContent('ready', undefined, [], 0), undefined);
  });

  it('counts gaps', () => {
    const content = statusBarContent('ready', STATE, [], 0);
    assert.equal(content?.text, '$(table) 1,096 gaps');
    assert.equal(content?.warning, false);
    assert.match(content?.tooltip ?? '', /NBA\\_seasons[\s\S]*1,096 gaps, 3 causes[\s\S]*\(command:backfill\.fillGaps\)/);
    const none = { ...STATE, coverage: { pipeline: 'p', mode: 'backfill' as const, asOf: 0, gaps: 0, causes: 0 } };
    assert.equal(statusBarContent('ready', none, [], 0)?.text, '$(pass) No gaps');
  });

  it('shows what runs, with what is done, failed and skipped behind it, and how long it takes', () => {
    const running = summary({ done: 10, failed: 1, skipped: 1, etaSeconds: 190, etaHighSeconds: 290 });
    assert.equal(statusBarContent('ready', STATE, [running], 0)?.text, '$(sync~spin) MLFS 12/25 · 3–5 min left');
    const other = summary({ id: 'b2', processors: ['PDC'], done: 1, total: 10, etaSeconds: 20 });
    assert.equal(statusBarContent('ready', STATE, [running, other], 0)?.text, '$(sync~spin) 2 backfills 13/35 · 3–5 min left');
    assert.equal(statusBarContent('ready', STATE, [summary({ phase: 'cancelling' })], 0)?.text, '$(sync~spin) MLFS ending');
    assert.equal(statusBarContent('ready', undefined, [summary()], 0)?.text, '$(sync~spin) MLFS 0/25');
  });

  it('tells how long is left of what runs, not of what is paused beside it', () => {
    const running = summary({ done: 10, etaSeconds: 190, etaHighSeconds: 290 });
    const paused = summary({ phase: 'paused', total: 850, etaSeconds: 72_000, pause: { cause: 'asked', message: '' } });
    const text = '$(sync~spin) 2 backfills 10/875, 1 paused · 3–5 min left';
    assert.equal(statusBarContent('ready', STATE, [paused, running], 0)?.text, text);
  });

  it('says that it is paused or may hang, and warns where a person is needed', () => {
    const paused = (cause: 'asked' | 'environment' | 'signature') =>
      statusBarContent('ready', STATE, [summary({ phase: 'paused', done: 12, pause: { cause, message: 'no quota' } })], 0);
    assert.deepEqual([paused('asked')?.text, paused('asked')?.warning], ['$(debug-pause) MLFS 12/25 paused', false]);
    assert.match(paused('asked')?.tooltip ?? '', /no quota[\s\S]*command:backfill\.resume\?/);
    assert.deepEqual([paused('environment')?.text, paused('environment')?.warning], ['$(debug-pause) MLFS 12/25 waiting', false]);
    const asks = paused('signature');
    assert.deepEqual([asks?.text, asks?.warning], ['$(debug-pause) MLFS 12/25 paused with a question', true]);
    const jobs = [{ attempt: 'a', name: 'MLFS 2021-11-05', silent: 'its longest silence was 40 s' }];
    const hung = statusBarContent('ready', STATE, [summary({ jobs, etaSeconds: 9 })], 0);
    assert.deepEqual([hung?.text, hung?.warning], ['$(warning) MLFS 0/25 · MLFS 2021-11-05 may hang', true]);
    assert.match(hung?.tooltip ?? '', /its longest silence was 40 s/);
  });

  it('shows what runs although nobody started it here, after what was', () => {
    const elsewhere = [{ processor: 'TDZA', text: '12/58 · ~40 min left' }];
    const content = statusBarContent('ready', { ...STATE, elsewhere }, [], 0);
    assert.deepEqual([content?.text, content?.view], ['$(sync~spin) TDZA elsewhere 12/58 · ~40 min left', 'backfills']);
    assert.match(content?.tooltip ?? '', /TDZA, started elsewhere: running 12\/58/);
    const two = { ...STATE, elsewhere: [...elsewhere, { processor: 'PDC', text: 'for 3 min' }] };
    assert.equal(statusBarContent('ready', two, [], 0)?.text, '$(sync~spin) 2 jobs elsewhere');
    assert.equal(statusBarContent('ready', two, [summary()], 0)?.text, '$(sync~spin) MLFS 0/25 · 2 elsewhere');
  });

  it('warns of a backfill that ended badly until somebody looked, or another one started', () => {
    const failed = summary({ phase: 'failed', endedAt: 50 });
    const warning = statusBarContent('ready', STATE, [failed], 0);
    assert.deepEqual([warning?.text, warning?.warning, warning?.view], ['$(warning) MLFS failed', true, 'backfills']);
    assert.equal(statusBarContent('ready', STATE, [failed], 50)?.warning, false);
    assert.equal(statusBarContent('ready', STATE, [summary({ id: 'b2' }), failed], 0)?.warning, false);
    assert.equal(statusBarContent('ready', STATE, [summary({ phase: 'cancelled', endedAt: 50 })], 0)?.warning, false);
  });

  it('says that the engine does not run', () => {
    const content = statusBarContent('failed', STATE, [], 0);
    assert.equal(content?.warning, true);
    assert.match(content?.tooltip ?? '', /command:backfill\.restartEngine/);
  });

  it('says in its tooltip what takes longer from date to date', () => {
    const growth = ['MLFS: dependency check grows 25 s a date: the 15 dates left would take 1 h 20 min, not 20 min'];
    const content = statusBarContent('ready', undefined, [summary({ growth })], 0);
    assert.match(content?.tooltip ?? '', /dependency check grows 25 s a date: the 15 dates left would take 1 h 20 min/);
  });
});
