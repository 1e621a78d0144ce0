import assert from 'node:assert/strict';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import { FollowedFile } from '../../../../src/app/logs/followedFile';
import { JoinedLog, type JoinedMember } from '../../../../src/app/logs/joinedLog';
import { LogWindow } from '../../../../src/app/logs/logWindow';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('the logs of a backfill as one', () => {
  const folder = useTemporaryFolder();
  const member = (name: string, open: boolean): JoinedMember => {
    const path = join(folder(), name);
    return { key: path, title: name, source: new FollowedFile(fileBytes(path)), open };
  };
  const write = (name: string, text: string) => appendFile(join(folder(), name), text);
  const quiet = { begin: () => undefined, line: () => undefined };

  async function whole(log: JoinedLog): Promise<string> {
    const { size } = await log.look();
    return Buffer.from(await log.read(0, size)).toString();
  }

  it('stand one after the other with their titles between them, and grow at the end', async () => {
    const log = new JoinedLog();
    await write('A', 'a1\n');
    await write('B', 'b1\nb2');
    log.setMembers([member('A', false), member('B', true), member('C', true)]);
    assert.equal(await whole(log), '==> A <==\na1\n\n==> B <==\nb1\n');
    log.setMembers([member('A', false), member('B', false)]);
    assert.equal(await whole(log), '==> A <==\na1\n\n==> B <==\nb1\nb2');
    const { member: found, offset } = log.placeOf(24) ?? {};
    assert.deepEqual([found?.title, offset], ['B', 0]);
    assert.equal(log.titledAt(0)?.title, 'A');
    assert.equal(log.memberAt(0), undefined);
    assert.equal(log.memberAt(10)?.title, 'A');
  });

  it('take turns by lines while they are written side by side, and what is shown only grows', async () => {
    const log = new JoinedLog();
    log.setMembers([member('A', true), member('B', true)]);
    const window = new LogWindow(log, quiet);
    await write('A', 'a1\na');
    let shown = await window.openEnd();
    const grow = async () => {
      const growth = await window.grow();
      assert.notEqual(growth.kind, 'replaced');
      if (growth.kind === 'appended') shown += growth.text;
    };
    await write('B', 'b1\n');
    await grow();
    await write('A', '2\n');
    await write('B', 'b');
    await grow();
    await write('B', '2\n');
    await grow();
    assert.equal(shown, '==> A <==\na1\n\n==> B <==\nb1\n\n==> A <==\na2\n\n==> B <==\nb2\n');
  });

  it('are text whatever their encodings, also where one ends within a character', async () => {
    const log = new JoinedLog();
    await write('A', 'ä1\nä2');
    await writeFile(join(folder(), 'B'), Buffer.concat([Buffer.from('\ufeffü1\nĊ2\nü', 'utf16le'), Buffer.from('x')]));
    await write('C', 'ö\n');
    log.setMembers([member('A', false), member('B', false), member('C', false)]);
    assert.equal(await new LogWindow(log, quiet).openEnd(), '==> A <==\nä1\nä2\n==> B <==\nü1\nĊ2\nü\n==> C <==\nö\n');
    const { size } = await log.look();
    for (let at = 0; at < size; at++) {
      const limits = { page: 32, most: 1024, mostLines: 40, before: 16 };
      const text = await new LogWindow(log, quiet, limits).openAt(at);
      assert.doesNotMatch(text, /[\0␀\ufffd]/, `opened at ${at}`);
    }
  });

  it('take turns by lines in UTF-16, too', async () => {
    const log = new JoinedLog();
    const wide = (text: string) => appendFile(join(folder(), 'A'), Buffer.from(text, 'utf16le'));
    await wide('\ufeffone\nt');
    await write('B', 'b\n');
    log.setMembers([member('A', true), member('B', true)]);
    const window = new LogWindow(log, quiet);
    let shown = await window.openEnd();
    await wide('wo\n');
    const growth = await window.grow();
    if (growth.kind === 'appended') shown += growth.text;
    assert.equal(shown, '==> A <==\none\n\n==> B <==\nb\n\n==> A <==\ntwo\n');
  });

  it('are rarely looked at when they have ended, and are seen to be others all the same', async () => {
    const log = new JoinedLog();
    let looks = 0;
    const counted = (name: string, open: boolean): JoinedMember => {
      const path = join(folder(), name);
      const bytes = fileBytes(path);
      const look = () => {
        looks++;
        return bytes.look();
      };
      return {
        key: path,
        title: name,
        open,
        source: new FollowedFile({ look, read: (from, length) => bytes.read(from, length) }),
      };
    };
    const ended = Array.from({ length: 100 }, (_, index) => `ended${index}`);
    for (const name of ended) await write(name, 'x\n');
    await write('last', 'x\n');
    log.setMembers([...ended.map((name) => counted(name, false)), counted('last', true)]);
    const { identity } = await log.look();
    for (let round = 0; round < 20; round++) await log.look();
    assert.equal(looks, 21 * 101, 'what has just ended may get more');
    for (let round = 0; round < 20; round++) await log.look();
    looks = 0;
    for (let round = 0; round < 39; round++) await log.look();
    assert.equal(looks, 39, 'only the one that is written');
    await truncate(join(folder(), 'ended7'), 0);
    let now = identity;
    for (let round = 0; round < 40 && now === identity; round++) now = (await log.look()).identity;
    assert.notEqual(now, identity);
  });

  it('begin anew where one was made shorter', async () => {
    const log = new JoinedLog();
    log.setMembers([member('A', true), member('B', false)]);
    await write('A', 'a1\na2\n');
    await write('B', 'b\n');
    const { identity } = await log.look();
    await truncate(join(folder(), 'A'), 3);
    await writeFile(join(folder(), 'A'), 'new\n');
    assert.notEqual((await log.look()).identity, identity);
    assert.equal(await whole(log), '==> A <==\nnew\n\n==> B <==\nb\n');
  });
});
