import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointFolder } from '../../../../src/adapters/checkpoints/checkpointFolder';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const NAME = 'pdc_2021-11-01_2021-11-14.json';
const PATH = 'cp/{job}_{start}_{end}.json';

describe('CheckpointFolder', () => {
  const folder = useTemporaryFolder();
  const at = (...names: string[]) => join(folder(), 'cp', ...names);
  const write = (name: string, text = '{}') => {
    writeFileSync(`${at(name)}.tmp`, text);
    renameSync(`${at(name)}.tmp`, at(name));
  };
  const read = async (path = PATH) =>
    (await new CheckpointFolder(folder()).read(path)).map(({ path: file, content }) => {
      return `${file.slice(folder().length + 1)}: ${typeof content === 'string' ? content : content.text}`;
    });

  beforeEach(() => mkdirSync(at()));

  it('reads what fits its path and nothing that stands beside it, newest first', async () => {
    write(NAME, 'one');
    write('pcf_2021-11-01_2021-11-14.json', 'two');
    utimesSync(at(NAME), 1_600_000_000, 1_600_000_000);
    for (const name of [`${NAME}.lock`, `${NAME}.tmp`, 'pdc_2021-11-01_2021-11-14.lock', 'notes.json'])
      writeFileSync(at(name), 'x');
    mkdirSync(at('mlfs_2021-11-01_2021-11-14.json'));
    assert.deepEqual(await read(), ['cp/pcf_2021-11-01_2021-11-14.json: two', `cp/${NAME}: one`]);
    const [, old] = await new CheckpointFolder(folder()).read(PATH);
    assert.equal(old?.writtenAt, 1_600_000_000_000);
  });

  it('finds them in folders that are named by placeholders, and by absolute paths', async () => {
    mkdirSync(at('pdc'));
    writeFileSync(at('pdc', '2021-11-01.json'), 'deep');
    assert.deepEqual(await read('cp/{job}/{start}.json'), ['cp/pdc/2021-11-01.json: deep']);
    write(NAME);
    assert.equal((await read(join(folder(), PATH))).length, 1);
    assert.deepEqual(await read('nowhere/{job}.json'), []);
  });

  it('says why it takes nothing from a file, and reads the others; a link to nowhere is none', async () => {
    write('mlfs_2021-11-01_2021-11-14.json', 'fine');
    utimesSync(at('mlfs_2021-11-01_2021-11-14.json'), 1_600_000_000, 1_600_000_000);
    write(NAME, 'x'.repeat(4_000_001));
    symlinkSync(at('gone'), at('pcf_2021-11-01_2021-11-14.json'));
    assert.deepEqual(await read(), [
      `cp/${NAME}: It is too large for a checkpoint (4000001 bytes).`,
      'cp/mlfs_2021-11-01_2021-11-14.json: fine',
    ]);
  });

  it('sees each new write, although the file is another one then', async () => {
    const store = new CheckpointFolder(folder());
    const text = async () =>
      (await store.read(PATH)).map(({ content }) => (typeof content === 'string' ? content : content.text));
    write(NAME, 'a');
    assert.deepEqual(await text(), ['a']);
    write(NAME, 'b');
    assert.deepEqual(await text(), ['b']);
    rmSync(at(NAME));
    assert.deepEqual(await text(), []);
  });

  it('tells of writes, also after the folder was removed and made again', async () => {
    const told: (() => void)[] = [];
    const next = () => new Promise<void>((resolve) => told.push(resolve));
    const stop = new CheckpointFolder(folder(), { renewMs: 20 }).watch(PATH, () => {
      for (const tell of told.splice(0)) tell();
    });
    try {
      const first = next();
      write(NAME);
      await first;
      const renewed = next();
      rmSync(at(), { recursive: true });
      await renewed;
      const made = next();
      mkdirSync(at());
      await made;
      const second = next();
      write(NAME);
      await second;
    } finally {
      stop();
    }
  });
});
