import assert from 'node:assert/strict';
import { MatrixFeed } from '../../../src/client/matrixFeed';
import type { ToMatrix } from '../../../src/protocol/matrix';
import type { Snapshot, SnapshotChange } from '../../../src/protocol/snapshot';

const NONE = { i32: new Int32Array(0), u8: new Uint8Array(0) };

function snapshot(version: number): Snapshot {
  return {
    version,
    pipeline: 'p',
    manifest: '/p/backfill.yaml',
    mode: 'backfill',
    source: 'warehouse',
    firstDay: 0,
    dayCount: 0,
    nodes: [],
    seasons: [],
    ...cells(),
  };
}

function change(base: number, version: number): SnapshotChange {
  return { base, version, source: 'warehouse', cells: NONE.i32, ...cells() };
}

function cells() {
  const { i32, u8 } = NONE;
  return {
    status: u8,
    off: u8,
    rows: i32,
    expectedRows: i32,
    flags: u8,
    rootSet: i32,
    rootTexts: [],
    causes: [],
    causeOfSet: i32,
    rootCells: [],
    dates: u8,
    gaps: 0,
  };
}

function feedOf(ask: () => Promise<Snapshot | null>) {
  const posted: ToMatrix[] = [];
  return { posted, feed: new MatrixFeed((message) => void posted.push(message), ask) };
}

function pending() {
  const settle: { resolve?: (snapshot: Snapshot | null) => void; reject?: (error: Error) => void } = {};
  const promise = new Promise<Snapshot | null>((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return { promise, settle };
}

const types = (posted: readonly ToMatrix[]) => posted.map(({ type }) => type);

describe('MatrixFeed', () => {
  it('sends nothing before the page is ready, then the whole, then changes that fit', async () => {
    const { posted, feed } = feedOf(async () => snapshot(1));
    await feed.changed(1, undefined);
    assert.deepEqual(posted, []);
    await feed.ready();
    await feed.changed(2, change(1, 2));
    await feed.changed(3, change(2, 3));
    assert.deepEqual(types(posted), ['snapshot', 'change', 'change']);
  });

  it('asks for the whole when a change belongs to another version', async () => {
    let version = 1;
    const { posted, feed } = feedOf(async () => snapshot(version));
    await feed.ready();
    version = 5;
    await feed.changed(5, change(4, 5));
    assert.deepEqual(types(posted), ['snapshot', 'snapshot']);
    await feed.changed(5, change(4, 5));
    assert.equal(posted.length, 2);
  });

  it('asks again when something newer was announced while the whole was under way', async () => {
    const answers = [snapshot(1), snapshot(2)];
    const { posted, feed } = feedOf(async () => answers.shift() ?? null);
    const ready = feed.ready();
    await feed.changed(2, change(1, 2));
    await ready;
    assert.deepEqual(
      posted.map((message) => message.type === 'snapshot' && message.snapshot.version),
      [2],
    );
  });

  it('asks again when there was nothing and something was announced meanwhile', async () => {
    const answers = [null, snapshot(2)];
    const { posted, feed } = feedOf(async () => answers.shift() ?? null);
    const ready = feed.ready();
    await feed.changed(1, undefined);
    await ready;
    assert.deepEqual(types(posted), ['snapshot']);
  });

  it('asks as often as something newer is announced meanwhile', async () => {
    const announced = [2, 3];
    let version = 0;
    const { posted, feed } = feedOf(async () => {
      const next = announced.shift();
      if (next !== undefined) void feed.changed(next, change(next - 1, next));
      version += 1;
      return snapshot(version);
    });
    await feed.ready();
    assert.deepEqual(
      posted.map((message) => message.type === 'snapshot' && message.snapshot.version),
      [3],
    );
  });

  it('shows something while every answer is overtaken, and the newest in the end', async () => {
    let version = 0;
    const { posted, feed } = feedOf(async () => {
      version += 1;
      if (version < 7) void feed.changed(version + 1, change(version, version + 1));
      return snapshot(version);
    });
    await feed.ready();
    assert.deepEqual(
      posted.map((message) => message.type === 'snapshot' && message.snapshot.version),
      [4, 5, 6, 7],
    );
  });

  it('asks the engine that was started anew, also while the one that ended owes an answer', async () => {
    const first = pending();
    const answers = [() => first.promise, async () => snapshot(1)];
    const { posted, feed } = feedOf(() => answers.shift()?.() ?? Promise.resolve(null));
    const ready = feed.ready();
    await feed.sendAll();
    first.settle.reject?.(new Error('The engine ended.'));
    await ready;
    assert.deepEqual(types(posted), ['snapshot']);
  });

  it('sends the whole to a page that is ready anew while an older one was still to be answered', async () => {
    const first = pending();
    const answers = [first.promise, Promise.resolve(snapshot(1))];
    const { posted, feed } = feedOf(() => answers.shift() ?? Promise.resolve(null));
    const ready = feed.ready();
    feed.hidden();
    first.settle.resolve?.(snapshot(1));
    await ready;
    await feed.ready();
    assert.deepEqual(types(posted), ['snapshot']);
  });

  it('sends nothing to a hidden page, and the whole when it is back', async () => {
    const { posted, feed } = feedOf(async () => snapshot(1));
    await feed.ready();
    feed.hidden();
    await feed.changed(2, change(1, 2));
    assert.deepEqual(types(posted), ['snapshot']);
    await feed.ready();
    assert.deepEqual(types(posted), ['snapshot', 'snapshot']);
  });

  it('keeps a place to reveal until there is something to reveal it in', async () => {
    const { posted, feed } = feedOf(async () => snapshot(1));
    feed.reveal('PDC', '2021-11-05');
    assert.deepEqual(posted, []);
    await feed.ready();
    feed.reveal('PCF', '2021-11-06');
    assert.deepEqual(types(posted), ['snapshot', 'reveal', 'reveal']);
  });

  it('says why there is nothing to show', async () => {
    const { posted, feed } = feedOf(async () => Promise.reject(new Error('The engine is starting.')));
    await feed.ready();
    assert.deepEqual(posted, [{ type: 'empty', message: 'The engine is starting.' }]);
    const empty = feedOf(async () => null);
    await empty.feed.ready();
    assert.deepEqual(types(empty.posted), ['empty']);
  });
});
