import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { processTerminal } from '../../../src/cli/processTerminal';
import { toned } from '../../../src/cli/terminal';
import { fitted, padded, plain, textWidth, wrapped } from '../../../src/cli/textWidth';

class FakeStream extends EventEmitter {
  isTTY = true;
  columns = 100;
  rows = 30;
  text = '';

  hasColors(): boolean {
    return true;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

function stage(env: NodeJS.ProcessEnv = {}) {
  const stdout = new FakeStream();
  const fake = Object.assign(new EventEmitter(), { stdin: new FakeStream(), stdout, stderr: new FakeStream(), env });
  return { fake, stdout, terminal: processTerminal(fake as unknown as NodeJS.Process) };
}

describe('the terminal of a process', () => {
  it('has colour on terminals only, and never with NO_COLOR', () => {
    assert.equal(stage().terminal.color, true);
    assert.equal(stage({ NO_COLOR: '1' }).terminal.color, false);
    // An empty value means nothing: https://no-color.org
    assert.equal(stage({ NO_COLOR: '' }).terminal.color, true);
    const { stdout, fake } = stage();
    stdout.isTTY = false;
    assert.equal(processTerminal(fake as unknown as NodeJS.Process).color, false);
    assert.equal(toned({ color: false }, 'bad', 'x'), 'x');
    assert.equal(toned({ color: true }, 'bad', 'x'), '\u001b[31mx\u001b[39m');
  });

  it('is as wide as its window is now', () => {
    const { terminal, stdout } = stage();
    assert.equal(terminal.width, 100);
    stdout.columns = 60;
    assert.equal(terminal.width, 60);
    stdout.columns = 0; // A pseudo-terminal whose size nobody has set.
    assert.equal(terminal.width, 80);
  });

  it('falls silent when its reader is gone, and says so once', () => {
    const { terminal, stdout } = stage();
    let closed = 0;
    terminal.onClosed(() => {
      closed += 1;
    });
    terminal.print('before');
    stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
    stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
    terminal.print('after');
    assert.equal(closed, 1);
    assert.equal(stdout.text, 'before\n');
  });
});

describe('text on a terminal', () => {
  it('is measured in columns', () => {
    assert.equal(textWidth('abc'), 3);
    assert.equal(textWidth('\u001b[31mabc\u001b[39m'), 3);
    assert.equal(textWidth('日本'), 4);
    assert.equal(textWidth('e\u0301'), 1);
    assert.equal(padded('日本', 6), '日本  ');
    assert.equal(padded('7', 3, 'right'), '  7');
    assert.equal(fitted('日本語', 5), '日本…');
    assert.equal(fitted('abc', 3), 'abc');
    assert.equal(fitted('abcd', 3), 'ab…');
    assert.deepEqual(wrapped('one two three', 8), ['one two', 'three']);
    assert.deepEqual(wrapped('unbreakable x', 4), ['unbreakable', 'x']);
  });

  it('cannot steer the terminal', () => {
    assert.equal(plain('a\u001b[2J b\u0007\r\nc\u202ed'), 'a b cd');
    assert.equal(plain('\u001b]0;title\u0007x'), 'x');
  });
});
